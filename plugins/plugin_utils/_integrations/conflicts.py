# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""What the files of several entries are together: each once, and no two that contradict each other."""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import entries as errors
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.planned_file import PlannedFile

# What a file has once, however many entries merge into it.
_SHARED = (
    *("owner", "group", "mode", "validate", "validate_timeout", "unsafe_writes", "backup", "create"),
    *("service", "service_action"),
)


def settled(files: Sequence[PlannedFile]) -> list[PlannedFile]:
    """Each of ``files`` once, without an absent one where another entry wants the same to be present.

    Raises:
        OptionError: two entries write the same, each in its own way.
    """
    present = {(file.path, file.name) for file in files if file.state == "present"}
    kept: list[PlannedFile] = []
    for file in files:
        if file.state == "present" or (file.path, file.name) not in present:
            others = [other for other in kept if other.path == file.path]
            for other in others:
                _refuse_conflict(other, file)
            if file not in others:
                kept.append(file)
    return kept


def _refuse_conflict(first: PlannedFile, second: PlannedFile) -> None:
    both_absent = first.state == second.state == "absent"
    if first == second or (both_absent and not first.merge and not second.merge):
        return
    labels = first.label, second.label
    if not (first.merge and second.merge):
        raise errors.conflict(*labels, second.path, second.path_option)
    for option in _SHARED:
        if getattr(first, option) != getattr(second, option):
            raise errors.different_parameters(*labels, second.path, option)
    if first.name == second.name and not both_absent:
        what = f"{second.name} into {second.path}" if second.name else second.path
        raise errors.conflict(*labels, what, "name" if second.name else "path")
