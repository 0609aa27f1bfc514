# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the entries that the user wrote to the files they mean. Knows nothing of Ansible, and touches nothing.

Whatever is wrong with an entry is found here, before anything is read or written on any host.
"""

from __future__ import annotations

import dataclasses
import posixpath
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils import environment_file
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils.integration_types import IntegrationType
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils.yaml_merge import MergeRules

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
TOKEN_TEMPLATE = "token_file.j2"
# An empty text means here that there is nothing to run or to restart; elsewhere, that the option is not given.
_MAY_BE_EMPTY = ("validate", "service")


class PlanError(ValueError):
    """What is wrong with an entry, in one sentence that says which entry it is."""


@dataclass(frozen=True)
class PlannedFile:
    """One file on the host, with everything that is needed to write it.

    ``template`` is the name of the role's template, or what the user gave as ``src`` if ``template_is_users``.
    ``entry`` is what the template sees under that name. ``merge`` is there if the file is merged instead of written.
    """

    label: str
    path: str
    state: str
    template: str
    template_is_users: bool
    entry: Mapping[str, Any]
    merge: MergeRules | None
    secret: bool
    owner: str
    group: str
    mode: str
    consumer_group: str
    validate: str
    backup: Any
    service: str
    service_action: str


def plan(entries: Sequence[Any], types: Mapping[str, IntegrationType], result: Mapping[str, Any]) -> list[PlannedFile]:
    """The files that ``entries`` mean, in the order in which they are to be written. Raises PlanError.

    ``result`` is what the retrieval returned; it may be empty if all entries are absent.
    """
    files: list[PlannedFile] = []
    for number, entry in enumerate(entries, start=1):
        for file in _Entry(number, entry, types).files(result):
            if file not in [dataclasses.replace(other, label=file.label) for other in files]:
                _refuse_conflict(file, files)
                files.append(file)
    # A file that names the token file must not be there before it, nor after it.
    return sorted(files, key=lambda file: (file.merge is not None) == (file.state == "present"))


class _Entry:
    """One entry of the user, checked as it is taken apart."""

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
        self.state = self._choice("state", STATES, "present")
        self.path = self._path("path", self.type.path)

    def files(self, result: Mapping[str, Any]) -> list[PlannedFile]:
        """The file that the entry is about, and before it the token file if the type has one."""
        entry = {**self.given, "path": self.path}
        if self.type.token_path:
            entry["token_path"] = self._token_path()
        if self.state == "present":
            self._check_endpoint(result)
            if self.type.variables:
                entry["variables"] = self._variables(result)
        file = PlannedFile(
            label=self.label,
            path=self.path,
            state=self.state,
            template=self.type.template or self._required("src"),
            template_is_users=not self.type.template,
            entry=entry,
            merge=self._merge(),
            secret=self.type.secret,
            owner=str(self.given.get("owner", "")),
            group=str(self.given.get("group", "")),
            mode=self._mode(),
            consumer_group=self.type.group,
            validate=self._validate(),
            backup=self.given.get("backup", False),
            service=str(self.given.get("service", self.type.service)),
            service_action=self._choice("service_action", SERVICE_ACTIONS, self.type.service_action),
        )
        return [_token_file(file), file] if self.type.token_path else [file]

    def _check_options(self) -> None:
        allowed = (*COMMON_OPTIONS, *self.type.options)
        for key in self.given:
            if key not in allowed:
                raise PlanError(f"{self.label}: {key} is not an option of this type, which has {', '.join(allowed)}.")
        for key in ("path", "token_path", "src", "owner", "group", "validate", "service"):
            value = self.given.get(key, "")
            if isinstance(value, (list, dict, bool)) or re.search(r"[\0\r\n]", str(value)):
                raise PlanError(f"{self.label}: {key} must be text in one line.")

    def _required(self, key: str) -> str:
        if key not in self.given:
            raise PlanError(f"{self.label}: {key} is missing.")
        return str(self.given[key])

    def _choice(self, key: str, choices: Sequence[str], default: str) -> str:
        value = self.given.get(key, default)
        if value not in choices:
            raise PlanError(f"{self.label}: {key} must be one of {', '.join(choices)}, not {value!r}.")
        return str(value)

    def _path(self, key: str, default: str) -> str:
        path = str(self.given.get(key, default) or self._required(key))
        if not path.startswith("/") or path.endswith("/"):
            raise PlanError(f"{self.label}: {key} must be the absolute path of a file, not {path!r}.")
        return posixpath.normpath(path)

    def _token_path(self) -> str:
        path = self._path("token_path", posixpath.join(posixpath.dirname(self.path), self.type.token_path))
        if path == self.path:
            raise PlanError(f"{self.label}: token_path and path are the same file, {path}.")
        return path

    def _mapping(self, key: str) -> Mapping[str, Any]:
        value = self.given.get(key, {})
        if not isinstance(value, Mapping):
            raise PlanError(f"{self.label}: {key} must be a mapping.")
        return value

    def _mode(self) -> str:
        """Octal digits. YAML has made a number of a mode that was not quoted."""
        mode = self.given.get("mode", "")
        if isinstance(mode, int) and not isinstance(mode, bool) and 0 <= mode <= 0o777:
            return f"{mode:04o}"
        if (mode and not re.fullmatch("[0-7]{3,4}", str(mode))) or isinstance(mode, (bool, int)):
            raise PlanError(f"{self.label}: mode must be quoted octal digits such as '0640', not {mode!r}.")
        return str(mode)

    def _validate(self) -> str:
        command = str(self.given.get("validate", self.type.validate))
        if command and "%s" not in command:
            raise PlanError(f"{self.label}: validate must contain %s, which stands for the file to check.")
        return command

    def _merge(self) -> MergeRules | None:
        """An element that the user named is found by that name only."""
        rules = self.type.merge
        if rules and rules.match and rules.match[0] in self._mapping(rules.list):
            return dataclasses.replace(rules, match=rules.match[:1])
        return rules

    def _check_endpoint(self, result: Mapping[str, Any]) -> None:
        endpoint = self.type.endpoint
        if endpoint and not result["endpoints"].get(endpoint) and not self._mapping(endpoint).get("url"):
            raise PlanError(
                f"{self.label}: product {result['product']} has no {endpoint} endpoint;"
                f" give {endpoint}.url, or use an instance of monitor."
            )

    def _variables(self, result: Mapping[str, Any]) -> dict[str, str]:
        """The variables of an environment file, each as it stands behind the equals sign."""
        defaults = self.type.variables.get(result.get("product", ""), {})
        variables = self._mapping("variables") or {name: result[key] for name, key in defaults.items()}
        for name, value in variables.items():
            problem = environment_file.problem(name, value)
            if problem:
                raise PlanError(f"{self.label}: in variables, {problem}.")
        return {name: environment_file.quoted(environment_file.text(value)) for name, value in variables.items()}


def _token_file(file: PlannedFile) -> PlannedFile:
    """The token beside the configuration that names it. Its readers see a new token at once: no service is told."""
    return dataclasses.replace(
        file,
        path=file.entry["token_path"],
        template=TOKEN_TEMPLATE,
        entry={},
        merge=None,
        secret=True,
        # The mode of the entry is meant for the configuration, which may well be open to all.
        mode="",
        validate="",
        service="",
        service_action="none",
    )


def _refuse_conflict(file: PlannedFile, others: Sequence[PlannedFile]) -> None:
    """Several entries may merge into one file, but nothing else."""
    for other in others:
        if other.path != file.path:
            continue
        if not (file.merge and other.merge):
            raise PlanError(
                f"{other.label} and {file.label} both write {file.path}; give one of them another path or token_path."
            )
        for key in ("owner", "group", "mode", "validate", "backup", "service", "service_action"):
            if getattr(file, key) != getattr(other, key):
                raise PlanError(
                    f"{other.label} and {file.label} both merge into {file.path}, but with different values of {key}."
                )
