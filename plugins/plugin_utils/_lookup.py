# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""The base of both lookups: arguments and variables in, one value for each instance out.

Ansible runs a lookup at every reference, and imports it anew in every worker. So this file imports only what a cached
result needs; the wordings of errors are imported when there is an error.
"""

from __future__ import annotations

import os

from ansible import constants
from ansible.errors import AnsibleLookupError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.lookup import LookupBase
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval import options
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._cached_retrieval import fallback_options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any, ClassVar

PREFIX = "sysdig_token_"
OPTIONS = {**options.OPTIONS, **options.LOOKUP_OPTIONS}


class BaseLookup(LookupBase):
    """A lookup that returns one value for each instance.

    Attributes:
        RETURNS: the key of a result that is returned without ``details``.
        RETRIEVE: ``token_result`` or ``access_key_result`` of ``_cached_retrieval``.
    """

    RETURNS: ClassVar[str]
    RETRIEVE: ClassVar[Callable[..., dict[str, Any]]]

    def __init_subclass__(cls) -> None:
        # Ansible would parse the documentation and its fragments in every worker, to learn of these.
        definitions = options.definitions(OPTIONS)
        constants.config.initialize_plugin_configuration_definitions("lookup", cls.__module__, definitions)

    def run(self, terms: list[Any], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[Any]:
        """Return one token, access key or result for each term.

        Raises:
            AnsibleLookupError: with a text that holds no secret.
        """
        try:
            return self._run(terms, variables or {}, kwargs)
        except Exception as error:
            from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import SysdigError

            if isinstance(error, SysdigError):
                raise AnsibleLookupError(str(error)) from None
            raise

    def _run(self, terms: list[Any], variables: dict[str, Any], arguments: dict[str, Any]) -> list[Any]:
        arguments = {name: value for name, value in arguments.items() if value not in (None, "")}
        instances = [term for term in terms if term not in (None, "")]
        if instances and arguments.setdefault("instance_id", instances[0]) != instances[0]:
            raise _errors().mutually_exclusive("instance_id", "a term of the lookup")
        direct = self._direct(variables, arguments)
        fallback = dict(fallback_options())
        details, use_cache = (self._switch(name, direct, fallback) for name in ("details", "cache"))
        token = direct.pop("token", None)
        directory = constants.DEFAULT_LOCAL_TMP if use_cache else None
        host = variables.get("inventory_hostname")
        results = [
            self.RETRIEVE({**direct, **instance}, os.environ, fallback, directory, token, None, host)
            for instance in [{"instance_id": instance} for instance in instances] or [{}]
        ]
        return results if details else [result[self.RETURNS] for result in results]

    def _direct(self, variables: dict[str, Any], arguments: dict[str, Any]) -> dict[str, Any]:
        """Return the options from the arguments, else from variables, which arrive as templates."""
        for name in arguments:
            if name not in OPTIONS:
                raise _errors().unknown_argument(name, self._name, OPTIONS)
        direct = dict(arguments)
        settled = {name for pair in options.ALTERNATIVES for name in pair if not direct.keys().isdisjoint(pair)}
        for name in OPTIONS.keys() - settled - direct.keys():
            if PREFIX + name in variables:
                value = self._templar.template(variables[PREFIX + name])
                if value not in (None, ""):
                    direct[name] = value
        return direct

    def _switch(self, name: str, direct: dict[str, Any], fallback: dict[str, Any]) -> bool:
        """Take an option of the lookup itself out of the others."""
        candidates = (direct.pop(name, None), fallback.pop(name, None), OPTIONS[name].default)
        value = next(value for value in candidates if value is not None)
        try:
            return bool(boolean(value))
        except TypeError:
            raise _errors().ambiguous_switch(name, value) from None

    @property
    def _name(self) -> str:
        return f"ibmcloud.sysdig.{type(self).__module__.rpartition('.')[2]}"


def _errors() -> ModuleType:
    from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import lookup

    return lookup
