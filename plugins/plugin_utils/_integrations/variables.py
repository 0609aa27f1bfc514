# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""The variables of a host, each evaluated when it is first looked at, and once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleError
from ansible.module_utils.common.text.converters import to_text
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import entries as errors
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.retrieval import Level

PREFIX, LOOKUP_PREFIX = "sysdig_integrations_", "sysdig_token_"


class Variables:
    """Read the variables of a host as plain values."""

    def __init__(self, templar: Any, task_vars: Mapping[str, Any]) -> None:
        self._templar = templar
        self._task_vars = task_vars
        self._values: dict[str, Any] = {}

    def get(self, name: str) -> Any:
        """Return the value of a variable, None if it is not given: undefined, null, omitted or an empty string.

        Raises:
            OptionError: its expression cannot be evaluated.
        """
        if name not in self._values:
            raw = self._task_vars.get(name)
            self._values[name] = None if raw in (None, "") else self._evaluated(name, raw)
        return self._values[name]

    def _evaluated(self, name: str, raw: Any) -> Any:
        try:
            # In a list, because an expression that omits itself is an error anywhere else from 2.19 on.
            evaluated = self._templar.template([raw])
        except AnsibleError as error:
            raise errors.cannot_evaluate(name, to_text(error)) from None
        values = _without(self._task_vars.get("omit"), plain(evaluated))
        return values[0] if values and values[0] != "" else None


class Prefixed:
    """Read the variables whose names begin with ``prefix``, by the rest of their names."""

    def __init__(self, variables: Variables, prefix: str) -> None:
        self._variables = variables
        self._prefix = prefix

    def get(self, name: str, /) -> Any:
        """Return the value of a variable, or None."""
        return self._variables.get(self._prefix + name)


def entry_list(variables: Variables) -> list[Any]:
    """Return the entries of the role's list, as they were written.

    Raises:
        OptionError: it is no list, or cannot be evaluated.
    """
    listed = variables.get(f"{PREFIX}list") or []
    if not isinstance(listed, list):
        raise errors.not_a_list(f"{PREFIX}list")
    return listed


def levels_below(variables: Variables, module_defaults: Mapping[str, Any]) -> list[Level]:
    """Return where options of a retrieval are named below an entry, the highest level first."""
    return [
        Level(Prefixed(variables, PREFIX), f"{PREFIX}{{}}"),
        Level(module_defaults, "{} (of module_defaults)"),
        Level(Prefixed(variables, LOOKUP_PREFIX), f"{LOOKUP_PREFIX}{{}}"),
    ]


def plain(value: Any) -> Any:
    """Return ``value`` without Ansible's own kinds of text, which carry where they come from and are no YAML."""
    return json.loads(json.dumps(value, default=str))


def _without(placeholder: str | None, value: Any) -> Any:
    """Return ``value`` without what was omitted, for which a text stands before ansible-core 2.19."""
    if placeholder is None:
        return value
    if isinstance(value, list):
        return [_without(placeholder, item) for item in value if item != placeholder]
    if isinstance(value, dict):
        return {key: _without(placeholder, item) for key, item in value.items() if item != placeholder}
    return value
