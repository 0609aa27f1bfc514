# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs of the real ansible-playbook, one for all cells of each module and one for those of the lookups."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from ansible_playbook import Playbook, Run
from simulator.ids import METRICS
from simulator.world import TokenSlot

from .catalogue import ELSEWHERE, TEAM_ID
from .cells import SHELLS, Cell
from .plays import TASK, plays
from .services import Authority, Services

FORKS = 24


class Outcome(NamedTuple):
    """What came of a cell.

    Attributes:
        status: of the task, `ok` or `failed`.
        message: what it said.
        url: of the cell's services.
        paths: what was requested, in order.
        seconds: from the first connection until the client had given up the last one.
        keys: the access keys that there are then, and whether each is enabled.
    """

    status: str
    message: str
    url: str
    paths: list[str]
    seconds: float
    keys: dict[str, bool]


class Matrix:
    """The services of every cell, and what came of them.

    Attributes:
        outcomes: in the order of the cells.
        runs: of ansible-playbook, by shell.
        elsewhere: the host that redirects point to.
    """

    def __init__(self, cells: list[Cell], directory: Path) -> None:
        self._directory = directory
        self._authority = Authority(directory)
        self.elsewhere = Services(self._authority, {})
        there = f"https://localhost:{self.elsewhere.server_address[1]}/"
        self._cells = {f"cell{number}": cell for number, cell in enumerate(cells)}
        self._services = {host: Services(self._authority, cell.faults, there) for host, cell in self._cells.items()}
        self.runs = {shell: self._run(shell) for shell in SHELLS}
        self.outcomes = []
        for host, services in self._services.items():
            task = self.runs[self._cells[host].shell].task(TASK, host)
            message = task.message.replace(there, ELSEWHERE)
            keys = {key.key: key.enabled for key in services.simulator.world.access_keys.of(METRICS)}
            self.outcomes.append(Outcome(task.status, message, services.url, services.paths, services.seconds, keys))

    @property
    def secrets(self) -> dict[str, str]:
        """All that no output may hold, by name: what is the same everywhere, and what each IAM has issued."""
        issued = {
            f"{name} of {host}": secret
            for host, services in self._services.items()
            for name, secret in services.simulator.world.secrets().items()
            if "IAM token" in name
        }
        return {**self.elsewhere.simulator.world.secrets(), **issued}

    def _run(self, shell: str) -> Run:
        mine = {host: cell for host, cell in self._cells.items() if cell.shell == shell}
        world = self.elsewhere.simulator.world
        variables = {
            "urls": {host: self._services[host].url for host in mine},
            "ca_file": self._authority.ca_file,
            "token": world.api_token(TokenSlot(METRICS, TEAM_ID)),
            "access_key": next(key.key for key in world.tenant(METRICS).access_keys if key.enabled),
        }
        playbook = Playbook.at(self._directory / shell, self)
        playbook.environment["ANSIBLE_PIPELINING"] = "1"
        playbook.hosts(*mine)
        return playbook.run_plays(plays(shell, mine, variables), "--forks", str(FORKS))
