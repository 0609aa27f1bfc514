# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Find out how a service runs: its state, since when, as whom, and whether an agent is connected."""

import os
import re
import time
from typing import Dict, NamedTuple, Optional

from ansible_collections.ibmcloud.sysdig.plugins.module_utils import _agent
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import host_checks as errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files import command, services
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._host_check.file import Process

_PROPERTIES = (
    *("LoadState", "ActiveState", "SubState", "MainPID", "StateChangeTimestampMonotonic"),
    *("Type", "RemainAfterExit", "Result", "ExecMainStartTimestampMonotonic"),
)
_RUNS = ("active", "reloading")
_READS_ALL = 1 << 1 | 1 << 2  # CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH
# What systemd itself reads for a service, before it starts the program.
_READ_BY_SYSTEMD = re.compile(r"^(?:EnvironmentFile|(LoadCredential(?:Encrypted)?))[ \t]*=(.*)$", re.MULTILINE)
KEPT = 1.0  # seconds that a connection has to last: the collector closes that of a disabled key


class Service(NamedTuple):
    """Hold the state of a service. ``since`` is when it was started or reloaded last (epoch seconds)."""

    name: str
    load: str
    state: str
    process: int
    since: float
    has_ended_well: bool = False

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
    service = Service(
        name,
        found.get("LoadState", ""),
        state,
        int(found.get("MainPID") or 0),
        _as_epoch(changed),
        _has_ended_well(found),
    )
    if not service.is_running and not service.has_ended_well:
        raise errors.not_running(name, state)
    return service


def _has_ended_well(found: Dict[str, str]) -> bool:
    """Return whether a service is one that ends, such as a timer's, and was right when it last ran."""
    ran = int(found.get("ExecMainStartTimestampMonotonic") or 0) > 0
    ends = found.get("Type") == "oneshot" and found.get("RemainAfterExit") == "no"
    return ends and ran and found.get("ActiveState") == "inactive" and found.get("Result") == "success"


def is_read_by_systemd(name: str, path: str) -> bool:
    """Return whether systemd hands a file to a service, as an environment or as a credential."""
    for credential, value in _READ_BY_SYSTEMD.findall(services.unit_files(name)):
        # A credential without a path is looked for in directories for credentials, by its name.
        source = value.partition(":")[2] or value if credential else value.strip().lstrip("-")
        if source.strip().strip("\"'") in (path, os.path.basename(path) if credential else path):
            return True
    return False


def _as_epoch(monotonic: float) -> float:
    return time.time() - time.clock_gettime(time.CLOCK_MONOTONIC) + monotonic


def process_of(service: Service) -> Optional[Process]:
    """Return who reads the files of a service that runs, None if that is not known."""
    user = user_of(service.process)
    if user is None:
        return None
    return Process(user, _root_of(service.process), lambda path: is_read_by_systemd(service.name, path))


def _root_of(process: int) -> Optional[str]:
    """Return the root directory of a process that has the host's, though with other things mounted; else None."""
    root = f"/proc/{process}/root"
    try:
        return None if _shares(process, "mnt") or not os.path.samefile(root, "/") else root
    except OSError:
        return None


def user_of(process: int) -> Optional[command.User]:
    """Return as whom a process reads files: its effective user and groups."""
    try:
        with open(f"/proc/{process}/status") as file:
            lines = dict(line.split(":", 1) for line in file if ":" in line)
        user, group = int(lines["Uid"].split()[1]), int(lines["Gid"].split()[1])
        groups = tuple(int(each) for each in lines["Groups"].split())
        reads_all = int(lines["CapEff"], 16) & _READS_ALL and _shares(process, "user")
    except (OSError, LookupError, ValueError):
        return None
    found = command.User.of(user, group)._replace(group=group, groups=groups)
    return found._replace(identity=0) if reads_all else found


def _shares(process: int, namespace: str) -> bool:
    return os.readlink(f"/proc/{process}/ns/{namespace}") == os.readlink(f"/proc/self/ns/{namespace}")


def is_connected(service: str, configuration: str, port: int) -> bool:
    """Return whether a process of the agent's service keeps a connection to its collector, or to its proxy.

    Raises:
        Finding: the connections of the processes are not ours to see.
    """
    try:
        content = _agent.content_of(configuration) or ""
    except OSError:  # which the line of the file says
        content = ""
    ports = {port, *_agent.collector_ports(content)}
    processes = _agent.agent_processes(service, KEPT)
    if any(ports & set(process["ports"]) for process in processes):
        return True
    if not all(_agent.is_visible(process["pid"]) for process in processes):
        raise errors.hidden_connections(service)
    return False
