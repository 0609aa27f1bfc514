# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""The variables of a host: each evaluated when it is first looked at, and once; and those that may be misspelt."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ansible.errors import AnsibleError
from ansible.module_utils.common.text.converters import to_text
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import entries as errors

PREFIX = "sysdig_integrations_"
_MOST_LETTERS = 2  # that a misspelt name is away from the right one


class Variables:
    """The variables of a host as plain values."""

    def __init__(self, templar: Any, task_vars: Mapping[str, Any]) -> None:
        self._templar = templar
        self._task_vars = task_vars
        self._values: dict[str, Any] = {}

    def get(self, name: str) -> Any:
        """The value of a variable, None if it is not given: undefined, null, omitted or an empty string.

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
        # Plain values: Ansible's own kinds of text, which carry where they come from, cannot be written as YAML.
        values = _without(self._task_vars.get("omit"), json.loads(json.dumps(evaluated, default=str)))
        return values[0] if values and values[0] != "" else None


class Prefixed:
    """Those variables whose names begin with ``prefix``, by the rest of their names."""

    def __init__(self, variables: Variables, prefix: str) -> None:
        self._variables = variables
        self._prefix = prefix

    def get(self, name: str, /) -> Any:
        """The value of a variable, or None."""
        return self._variables.get(self._prefix + name)


def misspelt(names: Iterable[str], options: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """Variables that are none of the role's ``options`` but nearly, each with those that may be meant."""
    options = [PREFIX + option for option in options]
    for name in names:
        if name.startswith(PREFIX[:-2]) and name not in options:
            near = [option for option in options if _is_near(name, option)]
            if near:
                yield name, near


def _is_near(name: str, option: str) -> bool:
    is_beginning = len(name) > len(PREFIX) and option.startswith(f"{name}_")
    return is_beginning or (abs(len(name) - len(option)) <= _MOST_LETTERS and _distance(name, option) <= _MOST_LETTERS)


def _distance(first: str, second: str) -> int:
    """How many letters must be replaced, added or left out (Levenshtein)."""
    row = list(range(len(second) + 1))
    for number, letter in enumerate(first, start=1):
        previous, row[0] = row[0], number
        for column, other in enumerate(second, start=1):
            previous, row[column] = row[column], min(row[column] + 1, row[column - 1] + 1, previous + (letter != other))
    return row[-1]


def _without(placeholder: str | None, value: Any) -> Any:
    """``value`` without what was omitted, for which a text stands before ansible-core 2.19."""
    if placeholder is None:
        return value
    if isinstance(value, list):
        return [_without(placeholder, item) for item in value if item != placeholder]
    if isinstance(value, dict):
        return {key: _without(placeholder, item) for key, item in value.items() if item != placeholder}
    return value
