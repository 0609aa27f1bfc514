# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""The base of both lookups: arguments and variables in, one value for each instance out.

Ansible runs a lookup at every reference, and imports it anew in every worker. So this file imports only what a cached
result needs; what an error or a warning needs is imported when there is one.
"""

from __future__ import annotations

import os

from ansible import constants, errors
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.lookup import LookupBase
from ansible.utils.display import Display
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval import options
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._cached_retrieval import (
    Retrieval,
    fallback_options,
    is_given,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType
    from typing import Any, ClassVar

PREFIX = "sysdig_token_"
OPTIONS = {**options.OPTIONS, **options.LOOKUP_OPTIONS}
ENVIRONMENT_NOTE = "A lookup does not see the `environment` of a task or play, which Ansible sets for modules."
ANSIBLE_CFG = "section [sysdig_token] of ansible.cfg"
# What a variable that is `omit` raises from ansible-core 2.19 on.
OMITTED = getattr(errors, "AnsibleValueOmittedError", ())

display = Display()
_hosts_with_checked_variables: set[str | None] = set()  # of this worker


class BaseLookup(LookupBase):
    """Return one value for each instance.

    Attributes:
        RETURNS: the key of a result that is returned without ``details``.
        RETRIEVE: the method of ``Retrieval`` that is called for each.
    """

    RETURNS: ClassVar[str]
    RETRIEVE: ClassVar[staticmethod[[Retrieval], dict[str, Any]]]

    def __init_subclass__(cls) -> None:
        # Ansible would parse the documentation and its fragments in every worker, to learn of these.
        definitions = options.definitions(OPTIONS)
        constants.config.initialize_plugin_configuration_definitions("lookup", cls.__module__, definitions)

    def run(self, terms: list[Any], variables: Mapping[str, Any] | None = None, **kwargs: Any) -> list[Any]:
        """Return one token, access key or result for each term.

        Raises:
            AnsibleLookupError: with a text that holds no secret.
        """
        self._from_variables: set[str] = set()
        try:
            return self._run(terms, variables or {}, kwargs)
        except Exception as error:
            from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import SysdigError

            if isinstance(error, SysdigError):
                raise errors.AnsibleLookupError(str(error.named(self._variable))) from None
            raise

    def _variable(self, option: str) -> str | None:
        """Return the variable that an option was taken from, if it was one: people search for what they wrote."""
        return PREFIX + option if option in self._from_variables else None

    def _run(self, terms: list[Any], variables: Mapping[str, Any], arguments: dict[str, Any]) -> list[Any]:
        host = variables.get("inventory_hostname")
        _check_variables(variables, host)
        instances = self._instances(terms, arguments)
        direct = self._direct(variables, arguments, instances[0])
        fallback = fallback_options()
        details, use_cache = (self._switch(name, direct, fallback) for name in ("details", "cache"))
        directory = constants.DEFAULT_LOCAL_TMP if use_cache else None
        run = {
            "token": direct.pop("token", None),
            "on_request": self._show if display.verbosity > 2 else None,
            "host": host,
            "environment_note": ENVIRONMENT_NOTE,
        }
        results = [
            self.RETRIEVE(Retrieval({**direct, **instance}, os.environ, fallback, directory, **run))
            for instance in instances
        ]
        return results if details else [result[self.RETURNS] for result in results]

    def _instances(self, terms: list[Any], arguments: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the option that each term stands for; without any term, there is one result without it."""
        for number, term in enumerate(terms, start=1):
            if not is_given(term):
                raise _wordings().empty_term(number)
            if isinstance(term, (list, tuple)):
                raise _wordings().list_as_term(number, self._name)
        if terms and is_given(arguments.get("instance_id")):
            raise _wordings().instance_beside_term()
        return [{"instance_id": term} for term in terms] or [{}]

    def _direct(
        self, variables: Mapping[str, Any], arguments: dict[str, Any], instance: dict[str, Any]
    ) -> dict[str, Any]:
        """Return the options from the arguments, else from variables, which arrive as templates.

        ``instance`` is the option that a term stands for. An option that is an argument replaces the variables of its
        group, and a CRN those that it says itself.
        """
        arguments.pop("wantlist", None)  # Ansible's own: before ansible-core 2.19, with_... leaves it in
        for name in arguments:
            if name not in OPTIONS:
                raise _wordings().unknown_argument(name, self._name, OPTIONS)
        direct = {name: value for name, value in arguments.items() if is_given(value)}
        named = {**direct, **instance}
        replaced = {name for group in options.GROUPS.values() if not named.keys().isdisjoint(group) for name in group}
        if str(named.get("instance_id", "")).strip().lower().startswith("crn:"):
            replaced |= {"product", "region"}
        for name in OPTIONS.keys() - replaced - direct.keys():
            if PREFIX + name in variables:
                value = self._templated(variables[PREFIX + name])
                if is_given(value):
                    direct[name] = value
                    self._from_variables.add(name)
        return direct

    def _templated(self, value: Any) -> Any:
        try:
            return self._templar.template(value)
        except OMITTED:
            return None

    def _switch(self, name: str, direct: dict[str, Any], fallback: dict[str, Any]) -> bool:
        """Take an option of the lookup itself out of the others."""
        own, stated = direct.pop(name, None), fallback.pop(name, None)
        value = next(value for value in (own, stated, OPTIONS[name].default) if value is not None)
        try:
            return bool(boolean(value))
        except TypeError:
            from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.options import not_a_choice

            error = not_a_choice(name, value, ("true", "false"))
            raise error if own is not None else error.traced(lambda _name: (name, ANSIBLE_CFG)) from None

    def _show(self, line: str) -> None:
        display.vvv(f"{self._name}: {line}")

    @property
    def _name(self) -> str:
        return f"ibmcloud.sysdig.{type(self).__module__.rpartition('.')[2]}"


def _check_variables(variables: Mapping[str, Any], host: str | None) -> None:
    """Warn of variables that nearly are an option, once for each host. Ansible shows equal warnings once."""
    if host in _hosts_with_checked_variables:
        return
    _hosts_with_checked_variables.add(host)
    suspects = [name for name in variables if name.startswith(PREFIX) and name[len(PREFIX) :] not in OPTIONS]
    if suspects:
        from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._near_misses import near_misses

        for name, suggestion in near_misses(suspects, PREFIX, [PREFIX + option for option in OPTIONS]):
            display.warning(str(_wordings().misspelt_variable(name, suggestion)))


def _wordings() -> ModuleType:
    from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import lookup

    return lookup
