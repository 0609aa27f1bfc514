# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Find out how a service runs: its state, since when, its processes and as whom, and what they are connected to."""

import os
import re
import socket
import struct
import time
from contextlib import suppress
from typing import Iterator, List, NamedTuple, Optional, Set, Tuple

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import checks as errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files import command, services

_PROPERTIES = ("LoadState", "ActiveState", "SubState", "MainPID", "StateChangeTimestampMonotonic")
_RUNS = ("active", "reloading")
_ESTABLISHED = "01"


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


def is_connected(service: str, numbers: Set[str], port: int) -> bool:
    """Return whether a process of a service has an established connection to one of the IP addresses, and the port."""
    wanted = {_normal(number) for number in numbers}
    sockets = {
        inode for inode, remote, remote_port in _connections() if remote_port == port and _normal(remote) in wanted
    }
    return any(sockets & _sockets_of(process) for process in _processes(service))


def _normal(number: str) -> str:
    """Return an IP address in the one form that it is compared in: one of IPv4 without the prefix of IPv6."""
    return number.rpartition("::ffff:")[2] if number.startswith("::ffff:") else number


def _processes(service: str) -> Iterator[int]:
    unit = service if "." in service else f"{service}.service"
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with suppress(OSError), open(f"/proc/{entry}/cgroup") as file:
                if f"/{unit}" in file.read():
                    yield int(entry)


def _sockets_of(process: int) -> Set[str]:
    found: Set[str] = set()
    with suppress(OSError):
        for descriptor in os.listdir(f"/proc/{process}/fd"):
            with suppress(OSError):
                matched = re.match(r"socket:\[(\d+)\]", os.readlink(f"/proc/{process}/fd/{descriptor}"))
                found.update(matched.groups() if matched else ())
    return found


def _connections() -> Iterator[Tuple[str, str, int]]:
    """Yield the inode, and the remote address and port, of each established connection of TCP."""
    for name, family in (("tcp", socket.AF_INET), ("tcp6", socket.AF_INET6)):
        with suppress(OSError):
            with open(f"/proc/net/{name}") as file:
                lines = file.read().splitlines()[1:]
            for fields in map(str.split, lines):
                if fields[3] == _ESTABLISHED:
                    number, _colon, port = fields[2].partition(":")
                    yield fields[9], _address(number, family), int(port, 16)


def _address(number: str, family: "socket.AddressFamily") -> str:
    """Return the IP address that the kernel shows as words of the machine's byte order."""
    words: List[int] = [int(number[start : start + 8], 16) for start in range(0, len(number), 8)]
    return socket.inet_ntop(family, struct.pack(f"={len(words)}I", *words))
