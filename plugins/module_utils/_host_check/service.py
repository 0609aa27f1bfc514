# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Find out how a service runs: its state, since when, as whom, and whether an agent is connected."""

import time
from typing import NamedTuple, Optional

from ansible_collections.ibmcloud.sysdig.plugins.module_utils import _agent
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import host_checks as errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files import command, services

_PROPERTIES = ("LoadState", "ActiveState", "SubState", "MainPID", "StateChangeTimestampMonotonic")
_RUNS = ("active", "reloading")
KEPT = 1.0  # seconds that a connection has to last: the collector closes that of a disabled key


class Service(NamedTuple):
    """Hold the state of a service. ``since`` is when it was started or reloaded last (epoch seconds)."""

    name: str
    load: str
    state: str
    process: int
    since: float

    @property
    def is_running(self) -> bool:
        """Return whether it is active."""
        return self.state.split(" ")[0] in _RUNS


def look(name: str) -> Service:
    """Ask systemd for a service.

    Raises:
        Finding: it does not run, or that is not known.
    """
    found = services.properties(name, _PROPERTIES)
    if found is None:
        raise errors.no_systemd(name)
    if found.get("LoadState") in services.IS_MISSING:
        raise errors.unknown_service(name)
    state = f"{found.get('ActiveState')} ({found.get('SubState')})"
    changed = int(found.get("StateChangeTimestampMonotonic") or 0) / 1e6
    service = Service(name, found.get("LoadState", ""), state, int(found.get("MainPID") or 0), _as_epoch(changed))
    if not service.is_running:
        raise errors.not_running(name, state)
    return service


def _as_epoch(monotonic: float) -> float:
    return time.time() - time.clock_gettime(time.CLOCK_MONOTONIC) + monotonic


def user_of(process: int) -> Optional[command.User]:
    """Return as whom a process reads files: its effective user and groups."""
    try:
        with open(f"/proc/{process}/status") as file:
            lines = dict(line.split(":", 1) for line in file if ":" in line)
        user, group = int(lines["Uid"].split()[1]), int(lines["Gid"].split()[1])
        groups = tuple(int(each) for each in lines["Groups"].split())
    except (OSError, LookupError, ValueError):
        return None
    return command.User.of(user, group)._replace(group=group, groups=groups)


def is_connected(service: str, configuration: str, port: int) -> bool:
    """Return whether a process of the agent's service keeps a connection to its collector, or to its proxy."""
    ports = {port, *_agent.collector_ports(_agent.content_of(configuration) or "")}
    return any(ports & set(process["ports"]) for process in _agent.agent_processes(service, KEPT))
