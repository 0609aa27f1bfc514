# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Word the errors of the playbook that rotates the access key."""

from __future__ import annotations

from typing import Iterable, Mapping

from .base import OptionError, ServiceError, SysdigError
from .phrases import abbreviated, rotate_again

ROTATION = "Rotation of the access key"  # a step
RESTART = "Restart the agent"  # a task of the playbook
SHOWN_ABOVE = "its own message is above"
UNREACHABLE = "it was not reached"
NOT_LOOKED_AT = "it was not looked at to the end"
_MODULE = "the module ibmcloud.sysdig.sysdig_access_key"


# --- What to rotate ---------------------------------------------------------------------------------------------------


def no_agents() -> OptionError:
    return OptionError(
        "sysdig_integrations_list",
        "No host has an entry with `type: agent`, so that there is no agent to give a new access key to.",
        "Check the inventory, and sysdig_integrations_list in it.",
    )


def several_entries(count: int) -> OptionError:
    return OptionError(
        "sysdig_integrations_list",
        f"sysdig_integrations_list has {count} entries with `type: agent` for one host.",
        "Leave one: the playbook looks at one agent of a host.",
    )


def different_instances(first: str, second: str) -> OptionError:
    return OptionError(
        "instance_id",
        f"The agents of {first} and {second} are of different instances, teams or addresses.",
        "Rotate the access key of one instance at a time, with an inventory of its hosts.",
    )


def unknown_old_key(given: str, keys: Iterable[str]) -> ServiceError:
    return ServiceError(
        ROTATION,
        f"no access key of the instance is or begins with old_access_key={abbreviated(given)}"
        f" (it has {_listed(keys)}).",
        "Give the old access key, or at least its first 4 characters.",
    )


def ambiguous_old_key(keys: Iterable[str]) -> ServiceError:
    return ServiceError(
        ROTATION,
        f"several access keys of the instance begin like that: {_listed(keys)}.",
        "Give more of the old access key as old_access_key.",
    )


def several_keys(keys: Iterable[str]) -> ServiceError:
    """``keys`` are those that are enabled and fit, the oldest first."""
    return ServiceError(
        ROTATION,
        f"several access keys are enabled (the oldest first: {_listed(keys)}), and it is not said which one is old.",
        "Give the old one, or its first characters, as old_access_key; a key that is newer than it is taken for the new"
        " one.",
    )


def several_newer_keys(old: str, keys: Iterable[str]) -> ServiceError:
    return ServiceError(
        ROTATION,
        f"several enabled access keys are newer than {abbreviated(old)}: {_listed(keys)}.",
        f"Disable those that are out of use with {_MODULE}, and {rotate_again(old)}.",
    )


def nothing_to_rotate() -> ServiceError:
    return ServiceError(
        ROTATION,
        "no access key that fits is enabled, so that there is none to rotate.",
        f"Create one with {_MODULE}, and run the role.",
    )


def other_team(old: str, team_id: int | None, wanted: int | None) -> ServiceError:
    return ServiceError(
        ROTATION,
        f"the access key {abbreviated(old)} is of {_team(team_id)}, and the entry of the agent is for {_team(wanted)}.",
        "Correct old_access_key, or O(team_id) of the entry.",
    )


def undated_keys() -> ServiceError:
    return ServiceError(
        ROTATION,
        "the service does not tell when each access key was created, so that it cannot be told which one is newer.",
        f"Disable all that are out of use with {_MODULE}, or rotate by hand.",
    )


def not_chosen(new: str, chosen: str) -> ServiceError:
    """``chosen`` is the key that the role would give to agents."""
    return ServiceError(
        ROTATION,
        f"agents would get the access key {abbreviated(chosen)}, not the new one {abbreviated(new)}: it has no limit of"
        " agents, or is newer.",
        "Take the limit off the new access key in the settings of Sysdig, or disable the other one.",
    )


# --- What is not whole ------------------------------------------------------------------------------------------------


def limited(limit: str) -> OptionError:
    return OptionError(
        "disable_old",
        f"The old access key is not disabled under --limit={limit}: agents of other hosts may still use it.",
        "Run the playbook without --limit, or without disable_old.",
    )


def sliced(name: str) -> OptionError:
    return OptionError(
        "disable_old",
        f"The old access key is not disabled in a slice of the job {name}: agents of other slices may still use it.",
        "Set the job template to one slice for this, or run it without disable_old.",
    )


def unproven(old: str, new: str, reasons: Mapping[str, str]) -> SysdigError:
    """``reasons`` say by host why its agent is not known to run with the new key."""
    listed = "; ".join(f"{host}: {reason}" for host, reason in list(reasons.items())[:10])
    more = f"; and {len(reasons) - 10} more" if len(reasons) > 10 else ""
    return SysdigError(
        ROTATION,
        f"not every host is known to run with the new access key {abbreviated(new)} ({listed}{more}). Both it and the"
        f" old one {abbreviated(old)} are enabled.",
        f"Mend these hosts, and {rotate_again(old)}.",
    )


def nothing_proven(old: str) -> SysdigError:
    return SysdigError(
        ROTATION,
        "no agent was seen running with the new access key in this playbook run. Both access keys are enabled.",
        f"Run all of the playbook, without --tags and --start-at-task: {rotate_again(old)}.",
    )


def not_begun() -> SysdigError:
    return SysdigError(
        ROTATION,
        "its first step did not run in this playbook run, so that nothing is known of the access keys.",
        "Run all of the playbook, without --tags and --start-at-task.",
    )


def new_key_disabled(new: str) -> SysdigError:
    return SysdigError(
        ROTATION,
        f"the new access key {abbreviated(new)} is not enabled any more, so that the old one is left as it is.",
        f"Enable it with {_MODULE}, restart the agents, and run the playbook again.",
    )


def stopped(where: str, host: str, message: str, old: str, new: str) -> SysdigError:
    """``where`` is the task that failed on a host, and ``message`` what it said."""
    return SysdigError(
        ROTATION,
        f"it stopped on {host}, at «{where}»: {message.rstrip('.')}. Both access keys are enabled, the old one"
        f" {abbreviated(old)} and the new one {abbreviated(new)}, so that no agent is cut off.",
        f"Mend that, and {rotate_again(old)}: it goes on with the same new key.",
    )


# --- Why an agent is not known to run with the new key ----------------------------------------------------------------


def no_configuration(path: str) -> SysdigError:
    return SysdigError(ROTATION, f"there is no {path}.", "Install the agent, or correct `path` of its entry.")


def key_elsewhere(path: str, which: str) -> SysdigError:
    """``which`` is what the file has instead of the new key."""
    return SysdigError(
        ROTATION,
        f"{path} has {which}.",
        "If `settings.customerid` of its entry names a key, remove it there; if the host has no entry, add one.",
    )


def not_running(service: str) -> SysdigError:
    return SysdigError(
        ROTATION, f"no process of the service {service} runs.", "Start it, or correct `service` of the agent's entry."
    )


def not_restarted(service: str, path: str) -> SysdigError:
    return SysdigError(
        ROTATION, f"the service {service} was started before {path} was written.", f"Restart {service} on that host."
    )


def not_connected(ports: Iterable[int]) -> SysdigError:
    listed = ", ".join(map(str, ports))
    return SysdigError(
        ROTATION,
        f"the agent has no lasting connection to its collector (port {listed}).",
        "Look into the agent's log; and run the playbook with --become, or the connections of a service are not seen.",
    )


def held_elsewhere(which: str, paths: Iterable[str]) -> SysdigError:
    """``which`` is «the new» or «the old»."""
    return SysdigError(
        ROTATION,
        f"{', '.join(paths)} has {which} access key, and whether its reader uses it cannot be seen.",
        f"See to its reader yourself, and disable the old key with {_MODULE}.",
    )


def _listed(keys: Iterable[str]) -> str:
    return ", ".join(map(abbreviated, keys)) or "none"


def _team(team_id: int | None) -> str:
    return "no team" if team_id is None else f"the team {team_id}"
