# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""One entry of the user, each option checked as it is read."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.types import IntegrationType

COMMON_OPTIONS = (
    "type",
    "path",
    "owner",
    "group",
    "mode",
    "validate",
    "service",
    "service_action",
    "backup",
    "state",
)
STATES = ("present", "absent")
SERVICE_ACTIONS = ("restarted", "reloaded", "none")
# An empty text means here that there is nothing to run or to restart; elsewhere, that the option is not given.
_MAY_BE_EMPTY = ("validate", "service")

# Control characters, line breaks of Unicode, and what Python makes of bytes that are not UTF-8.
_NOT_IN_ONE_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class PlanError(ValueError):
    """What is wrong with an entry, in one sentence that says which entry it is."""


class Entry:
    """One entry of the user: ``given`` are its options less the empty ones, ``label`` is how messages call it.

    Everything here raises PlanError when an option cannot be used.
    """

    def __init__(self, number: int, given: Any, types: Mapping[str, IntegrationType]) -> None:
        self.label = f"Entry {number}"
        if not isinstance(given, Mapping):
            raise PlanError(f"{self.label} must be a mapping of options, such as type and path.")
        self.given = {
            key: value for key, value in given.items() if value is not None and (value != "" or key in _MAY_BE_EMPTY)
        }
        name = str(self.given.get("type", ""))
        if name not in types:
            said = f"{name!r} is not one of the types" if name else "type is missing; the types are"
            raise PlanError(f"{self.label}: {said} {', '.join(types)}.")
        self.label += f" ({name})"
        self.type = types[name]
        self._check_options()
        self.state = self.choice("state", STATES, "present")
        self.file_path = self.path("path", self.type.path)

    def _check_options(self) -> None:
        allowed = (*COMMON_OPTIONS, *self.type.options)
        for key in self.given:
            if key not in allowed:
                raise PlanError(f"{self.label}: {key} is not an option of this type, which has {', '.join(allowed)}.")
        for key in ("path", "token_path", "src", "name", "owner", "group", "validate", "service"):
            value = self.given.get(key, "")
            if isinstance(value, (list, dict, bool)) or _NOT_IN_ONE_LINE.search(str(value)):
                raise PlanError(f"{self.label}: {key} must be text in one line.")
        for key in self.type.mappings:
            self.mapping(key)

    def required(self, key: str) -> str:
        """An option that must be given."""
        if key not in self.given:
            raise PlanError(f"{self.label}: {key} is missing.")
        return str(self.given[key])

    def choice(self, key: str, choices: Sequence[str], default: str) -> str:
        """One of a few values."""
        value = self.given.get(key, default)
        if value not in choices:
            raise PlanError(f"{self.label}: {key} must be one of {', '.join(choices)}, not {value!r}.")
        return str(value)

    def path(self, key: str, default: str) -> str:
        """The absolute path of a file."""
        path = str(self.given.get(key, default) or self.required(key))
        if not path.startswith("/") or path.endswith("/"):
            raise PlanError(f"{self.label}: {key} must be the absolute path of a file, not {path!r}.")
        return posixpath.normpath(path)

    def token_path(self) -> str:
        """Where the token file is: by default beside the file that names it."""
        path = self.path("token_path", posixpath.join(posixpath.dirname(self.file_path), self.type.token_path))
        if path == self.file_path:
            raise PlanError(f"{self.label}: token_path and path are the same file, {path}.")
        return path

    def mapping(self, key: str) -> Mapping[str, Any]:
        """A mapping, empty if it is not given."""
        value = self.given.get(key, {})
        if not isinstance(value, Mapping):
            raise PlanError(f"{self.label}: {key} must be a mapping.")
        return value

    def mode(self) -> str:
        """Octal digits. YAML has made a number of a mode that was not quoted."""
        mode = self.given.get("mode", "")
        if isinstance(mode, int) and not isinstance(mode, bool) and 0 <= mode <= 0o777:
            return f"{mode:04o}"
        if (mode and not re.fullmatch("[0-7]{3,4}", str(mode))) or isinstance(mode, (bool, int)):
            raise PlanError(f"{self.label}: mode must be quoted octal digits such as '0640', not {mode!r}.")
        return str(mode)

    def names(self, key: str) -> list[str]:
        """A list of names, empty if it is not given."""
        value = self.given.get(key, [])
        if not isinstance(value, list) or not all(isinstance(name, str) and name for name in value):
            raise PlanError(f"{self.label}: {key} must be a list of names.")
        return value

    def validate(self) -> str:
        """The command that checks the new file, or nothing."""
        command = str(self.given.get("validate", self.type.validate))
        if command and "%s" not in command:
            raise PlanError(f"{self.label}: validate must contain %s, which stands for the file to check.")
        return command
