# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The agents that are connected to the collector, each by a connection that stays open."""

from __future__ import annotations

import contextlib
import select
import socket
import time
from typing import Any

FAREWELL = b"the access key is disabled\n"


class ConnectedAgent:
    """One agent and its connection."""

    def __init__(self, access_key: str, hostname: str, tenant_id: str, team_id: int | None) -> None:
        self.access_key = access_key
        self._description = {
            "access_key": access_key,
            "hostname": hostname,
            "tenant": tenant_id,
            "team_id": team_id,
            "time": time.time(),
        }
        self._wakes, self._woken = socket.socketpair()

    def describe(self) -> dict[str, Any]:
        """What tests see of it: access_key, hostname, tenant, team_id and time (when it connected, epoch seconds)."""
        return self._description

    def cut_off(self) -> None:
        """Make `stay` end the connection."""
        self._wakes.close()

    def stay(self, connection: socket.socket) -> None:
        """Read what the agent sends until it leaves or is cut off. The caller closes the connection."""
        connection.settimeout(None)
        with self._woken, contextlib.suppress(OSError):
            while True:
                readable, _writable, _failed = select.select([connection, self._woken], [], [])
                if self._woken in readable:
                    connection.sendall(FAREWELL)
                    return
                if not connection.recv(65536):
                    return


class ConnectedAgents:
    """All agents. Not thread-safe: the simulator calls it under its lock."""

    def __init__(self) -> None:
        self._agents: list[ConnectedAgent] = []

    def describe(self) -> list[dict[str, Any]]:
        """What tests see, in the order in which the agents connected."""
        return [agent.describe() for agent in self._agents]

    def count(self, access_key: str) -> int:
        """How many agents are connected with a key."""
        return sum(agent.access_key == access_key for agent in self._agents)

    def add(self, agent: ConnectedAgent) -> None:
        """An agent has connected."""
        self._agents.append(agent)

    def forget(self, agent: ConnectedAgent) -> None:
        """An agent's connection has ended, for whatever reason."""
        agent.cut_off()
        if agent in self._agents:
            self._agents.remove(agent)

    def cut_off(self, access_key: str | None = None) -> None:
        """End the connections of a key's agents, or of all."""
        for agent in [agent for agent in self._agents if access_key in (None, agent.access_key)]:
            self.forget(agent)
