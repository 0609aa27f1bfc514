# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""The options of an entry, each with its type and default, and the function that checks a value of each type.

Beside these, an entry takes every option of the retrieval. What each means is said in the role's argument_specs.yml.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import entries as errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.options import not_a_choice
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval import parse
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations import agent_tags

# Control characters, line breaks of Unicode, and what Python makes of bytes that are not UTF-8.
_NOT_IN_ONE_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class EntryOption(NamedTuple):
    """Hold one option of an entry. ``default`` is None where the type of the entry decides.

    ``may_be_empty``: an empty string means that there is nothing to run or to restart, not that it is left out.
    """

    type: str = "line"
    default: Any = None
    choices: tuple[str, ...] = ()
    may_be_empty: bool = False


OPTIONS: dict[str, EntryOption] = {
    "type": EntryOption(),
    "state": EntryOption(default="present", choices=("present", "absent")),
    "path": EntryOption("path"),
    "name": EntryOption(default="sysdig"),
    "token_path": EntryOption("path"),
    "remote_write": EntryOption("mapping"),
    "tags": EntryOption("tags"),
    "settings": EntryOption("mapping"),
    "exporter": EntryOption("mapping"),
    "pipelines": EntryOption("names"),
    "is_default": EntryOption("boolean"),
    "org_id": EntryOption("number"),
    "preset": EntryOption(choices=("agent_container", "scanner")),
    "variables": EntryOption("mapping"),
    "metrics_url": EntryOption(may_be_empty=True),
    "src": EntryOption(),
    "create": EntryOption("boolean", False),
    "owner": EntryOption(),
    "group": EntryOption(),
    "mode": EntryOption("mode"),
    "backup": EntryOption("boolean", False),
    "unsafe_writes": EntryOption("boolean", False),
    "validate": EntryOption("command", may_be_empty=True),
    "validate_timeout": EntryOption("number"),
    "service": EntryOption(may_be_empty=True),
    "service_action": EntryOption(choices=("restarted", "reloaded", "none")),
}


def checked(name: str, value: Any) -> Any:
    """Return the value of the option ``name`` in the one form that the rest of the code knows.

    Raises:
        OptionError: it is not a value of this option.
    """
    option = OPTIONS[name]
    value = _CHECKS[option.type](name, value)
    if option.choices and value not in option.choices:
        raise not_a_choice(name, value, option.choices)
    return value


def whole(value: Any) -> Any:
    """Return a number like 102.0 as the integer that it is, anything else as it is."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _line(name: str, value: Any) -> str:
    if isinstance(value, (list, dict, bool)) or _NOT_IN_ONE_LINE.search(str(value)):
        raise errors.not_one_line(name)
    return str(whole(value))


def _path(name: str, value: Any) -> str:
    path = _line(name, value)
    if not path.startswith("/") or path.endswith("/"):
        raise errors.not_absolute(name, path)
    return posixpath.normpath(path)


def _mapping(name: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise errors.not_a_mapping(name)
    return value


def _names(name: str, value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise errors.not_names(name)
    return value


def _tags(name: str, value: Any) -> str:
    agent_tags.check(value)
    return agent_tags.text(value)


def _number(name: str, value: Any) -> int:
    return parse.whole_number(name, value, at_least=1, at_most=2**31 - 1)


def _mode(name: str, value: Any) -> str:
    """Octal digits. YAML has made a number of a mode that was not quoted."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 0o777:
        return f"{value:04o}"
    if not isinstance(value, str) or not re.fullmatch("[0-7]{3,4}", value):
        raise errors.not_a_mode(name, value)
    return value


def _command(name: str, value: Any) -> str:
    command = _line(name, value)
    if command and "%s" not in command:
        raise errors.no_placeholder(name)
    return command


_CHECKS: dict[str, Callable[[str, Any], Any]] = {
    "line": _line,
    "path": _path,
    "mapping": _mapping,
    "names": _names,
    "tags": _tags,
    "boolean": parse.boolean,
    "number": _number,
    "mode": _mode,
    "command": _command,
}
