# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Bring the files of several entries together: each once, and no two that contradict each other."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import conflicts as errors
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.planned_file import PlannedFile

# What a file has once, however many entries merge into it.
_SHARED = (
    *("owner", "group", "mode", "validate", "validate_timeout", "unsafe_writes", "backup", "create"),
    *("service", "service_action"),
)

OTHER_OPTIONS = "other options"

# Another value under such a name is not another place to send to, and it is not for the ledger to hold.
_SECRET = re.compile(r"(token|key|secret|passw(or)?d|credentials?|authorization|auth|bearer)s?$", re.IGNORECASE)


def settled(files: Sequence[PlannedFile]) -> list[PlannedFile]:
    """Each of ``files`` once, without an absent one where another entry wants the same to be present.

    Raises:
        OptionError: two entries write the same, each in its own way.
    """
    present = {_place(file) for file in files if file.state == "present"}
    kept: list[PlannedFile] = []
    for file in files:
        if file.state == "present" or _place(file) not in present:
            others = [other for other in kept if other.path == file.path]
            for other in others:
                _refuse_conflict(other, file)
            if file not in others:
                kept.append(file)
    return kept


def _place(file: PlannedFile) -> tuple[str, str]:
    """Return what an entry takes away: its part, but of a file that is written as a whole, all of it."""
    return file.path, file.name if file.merge else ""


def _refuse_conflict(first: PlannedFile, second: PlannedFile) -> None:
    both_absent = first.state == second.state == "absent"
    if first == second or (both_absent and not first.merge and not second.merge):
        return
    labels = first.label, second.label
    differences = _differences(written(first), written(second), ("in the first", "in the second")) or [OTHER_OPTIONS]
    if not (first.owns_a_part and second.owns_a_part and first.joined == second.joined):
        raise errors.conflict(*labels, second.path, differences, second.path_option)
    for option in _SHARED:
        if getattr(first, option) != getattr(second, option):
            raise errors.different_parameters(*labels, second.path, option)
    if first.name == second.name and not both_absent:
        what = f"{second.name} into {second.path}" if second.name else second.path
        raise errors.conflict(*labels, what, differences, "name" if second.name else "path")


def written(file: PlannedFile) -> dict[str, Any]:
    """Return what the ledger notes of a file: nothing secret, but enough for ``refuse_conflicts``."""
    options = [file.name, file.template, _without_secrets(file.options)]
    permissions = {"owner": file.owner, "group": file.group or file.consumer_group, "mode": file.mode}
    return {
        **{name: getattr(file, name) for name in ("label", "path", "name", "state")},
        "merged": file.merge is not None,
        "facts": {**file.origin, **permissions},
        "options": hashlib.sha256(json.dumps(options, sort_keys=True, default=str).encode()).hexdigest(),
    }


def refuse_conflicts(files: Sequence[PlannedFile], earlier: Sequence[Mapping[str, Any]]) -> None:
    """Compare ``files`` with those that ``earlier`` calls have ``written``.

    Raises:
        OptionError: two of them write the same, each in its own way.
    """
    for file in files:
        ours = written(file)
        for theirs in earlier:
            if ours["path"] == theirs["path"] and ours["state"] == theirs["state"] == "present":
                _refuse_other(file, ours, theirs)


def _refuse_other(file: PlannedFile, ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> None:
    both_merge = ours["merged"] and theirs["merged"]
    if both_merge and ours["name"] != theirs["name"]:
        return
    differences = _differences(ours, theirs, ("here", "there"))
    if differences:
        name, option = (file.name, "name") if both_merge and file.name else ("", file.path_option)
        what = f"{name} into {file.path}" if name else file.path
        raise errors.conflict_between_calls(file.label, theirs["label"], what, differences, option)


def _differences(first: Mapping[str, Any], second: Mapping[str, Any], places: tuple[str, str]) -> list[str]:
    """Say in what two of ``written`` differ. ``places`` stand for the first and the second."""
    facts = first["facts"], second["facts"]
    found = [
        f"{name} {facts[0][name] or 'not named'} {places[0]}, {facts[1][name] or 'not named'} {places[1]}"
        for name in facts[0]
        if facts[0][name] != facts[1][name]
    ]
    return found or ([OTHER_OPTIONS] if first["options"] != second["options"] else [])


def _without_secrets(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return [_without_secrets(item) for item in value] if isinstance(value, list) else value
    return {
        name: "" if _SECRET.search(str(name)) and not isinstance(item, (Mapping, list)) else _without_secrets(item)
        for name, item in value.items()
    }
