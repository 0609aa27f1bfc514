# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors of the playbook rotate_access_key."""

from __future__ import annotations

from typing import Any

HEADING = "Rotation of an access key"

OLD, NEW, OTHER = "0123456789abcdef0123", "fedcba98765432100123", "456789abcdef01234567"
FILE = "/opt/draios/etc/dragent.yaml"
TASK = "See that the agent runs with the new access key"

EXAMPLES: dict[str, list[tuple[Any, ...]]] = {
    "no_agents": [()],
    "several_entries": [(2,)],
    "different_instances": [("web1", "web2")],
    "unknown_old_key": [(OTHER, [OLD, NEW])],
    "ambiguous_old_key": [([OLD, NEW],)],
    "several_keys": [([OLD, NEW],)],
    "several_newer_keys": [(OLD, [NEW, OTHER])],
    "nothing_to_rotate": [()],
    "other_team": [(OLD, None, 1502)],
    "undated_keys": [()],
    "not_chosen": [(NEW, OLD)],
    "limited": [("web1",)],
    "sliced": [("Rotate",)],
    "unproven": [(OLD, NEW, {"web1": "it was not reached"})],
    "nothing_proven": [(OLD,)],
    "not_begun": [()],
    "new_key_disabled": [(NEW,)],
    "stopped": [(TASK, "web1", "no process of the service dragent runs", OLD, NEW)],
    "no_configuration": [(FILE,)],
    "key_elsewhere": [(FILE, "the old access key")],
    "not_running": [("dragent",)],
    "not_restarted": [("dragent", FILE)],
    "not_connected": [([6443],)],
    "held_elsewhere": [("the new", ["/etc/default/agent"])],
}
