# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Look at the agent of this host: its access key, its processes and their connections. Runs on Python 3.6, on Linux.

Sysdig has no public API for the agents that are connected with a key, so that a host is the place to look.
"""

import os
import re
import time
from contextlib import suppress
from typing import Any, Dict, Iterable, List, Optional, Set

LARGEST_FILE = 1000000  # bytes that are searched
_SETTING = r"(?m)^{}[ \t]*:[ \t]*[\"']?([^\s\"'#]+)"
_ESTABLISHED = "01"  # of TCP, in /proc/net/tcp
_BOOTTIME = 7  # time.CLOCK_BOOTTIME, which Python 3.6 does not name
_PORT = "6443"


def content_of(path: str) -> Optional[str]:
    """Return what a file holds, None if there is none."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read(LARGEST_FILE)
    except FileNotFoundError:
        return None


def setting(content: str, name: str) -> Optional[str]:
    """Return a setting of a dragent.yaml, which is a plain or quoted value on a line of its own; of two, the last."""
    found = re.findall(_SETTING.format(re.escape(name)), content)
    return found[-1] if found else None


def collector_ports(content: str) -> Set[int]:
    """Return the ports by which an agent reaches its collector: the collector's own, or a proxy's."""
    proxy = re.findall(r"(?m)^[ \t]+proxy_port[ \t]*:[ \t]*(\d+)", content)
    return {int(port) for port in (setting(content, "collector_port") or _PORT, *proxy) if port.isdigit()}


def written_at(path: str) -> float:
    """Return when a file was written (epoch seconds)."""
    return os.stat(path).st_mtime


def agent_processes(service: str, seconds: float) -> List[Dict[str, Any]]:
    """Return the processes of a service: ``pid``, ``started_at`` (epoch seconds) and ``ports``.

    The ports are those of the other ends of its connections.

    A connection counts if it is there now and after so many ``seconds``: one that is refused is soon closed.
    """
    before = {pid: _connections(pid) for pid in _pids(service)}
    time.sleep(seconds)
    found = []
    for pid in before:
        with suppress(OSError, ValueError, IndexError):
            now = _connections(pid)
            ports = sorted({port for inode, port in now.items() if inode in before[pid]})
            found.append({"pid": pid, "started_at": _started_at(pid), "ports": ports})
    return found


def _pids(service: str) -> List[int]:
    numbers = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    return [pid for pid in sorted(numbers) if _is_of_service(pid, service)]


def _is_of_service(pid: int, service: str) -> bool:
    """Return whether systemd has started a process for the service, or its name is the service's."""
    try:
        groups = _read(f"/proc/{pid}/cgroup")
        arguments = _read(f"/proc/{pid}/cmdline").split("\0")
    except OSError:  # it has ended, or is not for us to see
        return False
    name = service[: -len(".service")] if service.endswith(".service") else service
    unit = f"/{name}.service"
    in_unit = any(line.endswith(unit) or unit + "/" in line for line in groups.splitlines())
    return in_unit or os.path.basename(arguments[0]) == name


def _connections(pid: int) -> Dict[str, int]:
    """Return the established connections of a process: the port of the other end by the socket's inode."""
    sockets = set(_sockets(pid))
    connections = {}
    for table in ("tcp", "tcp6"):
        with suppress(OSError):
            for line in _read(f"/proc/{pid}/net/{table}").splitlines()[1:]:
                fields = line.split()
                if fields[3] == _ESTABLISHED and fields[9] in sockets:
                    connections[fields[9]] = int(fields[2].rpartition(":")[2], 16)
    return connections


def _sockets(pid: int) -> Iterable[str]:
    directory = f"/proc/{pid}/fd"
    with suppress(OSError):
        for descriptor in os.listdir(directory):
            with suppress(OSError):
                target = os.readlink(os.path.join(directory, descriptor))
                if target.startswith("socket:["):
                    yield target[len("socket:[") : -1]


def is_visible(pid: int) -> bool:
    """Return whether the connections of a process are ours to see: they are those of its user and of root."""
    return os.access(f"/proc/{pid}/fd", os.R_OK) or not os.path.isdir(f"/proc/{pid}")


def _started_at(pid: int) -> float:
    """Return when a process was started (epoch seconds)."""
    # What follows the name, which is in parentheses and may hold anything, begins with the third field.
    fields = _read(f"/proc/{pid}/stat").rpartition(")")[2].split()
    seconds_after_boot = int(fields[19]) / os.sysconf("SC_CLK_TCK")
    return time.time() - (time.clock_gettime(_BOOTTIME) - seconds_after_boot)


def _read(path: str) -> str:
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()
