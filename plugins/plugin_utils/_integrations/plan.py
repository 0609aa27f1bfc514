# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""From the entries that the user wrote to the files they mean. Knows nothing of Ansible, and touches nothing.

Whatever is wrong with an entry is found here, before anything is read or written on any host.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations import agent_tags, environment_file
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.entry import (
    SERVICE_ACTIONS,
    Entry,
    PlanError,
)
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.types import IntegrationType
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._yaml.merge import MergeRules

TOKEN_TEMPLATE = "token_file.j2"


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
        for file in _files(Entry(number, entry, types), result):
            if file not in [dataclasses.replace(other, label=file.label) for other in files]:
                _refuse_conflict(file, files)
                files.append(file)
    # A file that names the token file must not be there before it, nor after it.
    return sorted(files, key=lambda file: (file.merge is not None) == (file.state == "present"))


def _files(entry: Entry, result: Mapping[str, Any]) -> list[PlannedFile]:
    """The file that the entry is about, and before it the token file if the type has one."""
    kind, given = entry.type, entry.given
    shown = {**given, "path": entry.file_path, "state": entry.state}
    if kind.token_path:
        shown["token_path"] = entry.token_path()
    for option, read in (("tags", _tags), ("pipelines", lambda listing: listing.names("pipelines"))):
        if option in given:
            shown[option] = read(entry)
    if entry.state == "present":
        _check_result(entry, result)
        if kind.variables:
            shown["variables"] = _variables(entry, result)
    file = PlannedFile(
        label=entry.label,
        path=entry.file_path,
        state=entry.state,
        template=kind.template or entry.required("src"),
        template_is_users=not kind.template,
        entry=shown,
        merge=_merge_rules(entry),
        secret=kind.secret,
        owner=str(given.get("owner", "")),
        group=str(given.get("group", "")),
        mode=entry.mode(),
        consumer_group=kind.group,
        validate=entry.validate(),
        backup=given.get("backup", False),
        service=str(given.get("service", kind.service)),
        service_action=entry.choice("service_action", SERVICE_ACTIONS, kind.service_action),
    )
    return [_token_file(file), file] if kind.token_path else [file]


def _merge_rules(entry: Entry) -> MergeRules | None:
    """An element that the user named is found by that name only."""
    rules = entry.type.merge
    if rules and rules.match and rules.match[0] in entry.mapping(rules.list):
        return dataclasses.replace(rules, match=rules.match[:1])
    return rules


def _check_result(entry: Entry, result: Mapping[str, Any]) -> None:
    """Refuse an instance that has not what the type needs, unless the entry gives it."""
    endpoint, replacement = entry.type.endpoint, entry.type.endpoint_option
    if endpoint and not result["endpoints"].get(endpoint) and not _given_below(entry, replacement):
        raise PlanError(
            f"{entry.label}: product {result['product']} at {result['url']} has no known {endpoint} endpoint;"
            f" give {replacement}."
        )
    replacement = entry.type.access_key_option
    if replacement and not result.get("access_key") and not _given_below(entry, replacement):
        raise PlanError(f"{entry.label}: the access key is missing; give {replacement}.")


def _given_below(entry: Entry, option: str) -> Any:
    """What the entry has under an option that is written like ``settings.collector``."""
    name, key = option.split(".")
    return entry.mapping(name).get(key)


def _tags(entry: Entry) -> str:
    problem = agent_tags.problem(entry.given["tags"])
    if problem:
        raise PlanError(f"{entry.label}: in tags, {problem}.")
    return agent_tags.text(entry.given["tags"])


def _variables(entry: Entry, result: Mapping[str, Any]) -> dict[str, str]:
    """The variables of an environment file, each as it stands behind the equals sign."""
    defaults = entry.type.variables.get(result.get("product", ""), {})
    variables = entry.mapping("variables") or {name: result[key] for name, key in defaults.items()}
    for name, value in variables.items():
        problem = environment_file.problem(name, value)
        if problem:
            raise PlanError(f"{entry.label}: in variables, {problem}.")
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
