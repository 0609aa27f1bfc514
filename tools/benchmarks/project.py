# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run real playbooks with the collection installed as users install it, and without the caller's settings."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.client import SimulatorClient
from simulator.ids import METRICS

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / ".build" / "benchmarks"
COPIES = WORK / "copies"
BIN = Path(sys.executable).parent
FORKS = 20


class BenchmarkError(Exception):
    """A run did not do what should be measured."""


@dataclass(frozen=True)
class Measurement:
    """One run of a playbook: wall time in seconds, number of requests, and its standard output."""

    seconds: float
    iam_calls: int
    sysdig_calls: int
    output: str


class Project:
    """Run playbooks on hosts that are all this machine, against a simulator."""

    def __init__(self, simulator: SimulatorClient) -> None:
        self.simulator = simulator
        home = WORK / "home"
        home.mkdir(exist_ok=True)
        self._environment = {
            "PATH": f"{BIN}:{os.environ['PATH']}",
            "HOME": str(home),
            "LC_ALL": "C.UTF-8",
            "NO_PROXY": "127.0.0.1",
            "ANSIBLE_HOME": str(home / "ansible"),
            "ANSIBLE_REMOTE_TMP": str(home / "remote"),
            "ANSIBLE_COLLECTIONS_PATH": str(WORK / "collections"),
            "ANSIBLE_LOOKUP_PLUGINS": str(Path(__file__).parent / "lookup_plugins"),
            "ANSIBLE_NOCOLOR": "1",
            "KNOWN_TOKEN": simulator.token(METRICS),
            # What the hosts trust: they are this machine.
            "SSL_CERT_FILE": simulator.ca_file,
        }
        self._install_collection()

    def run(
        self, tasks: list[dict[str, Any]], variables: dict[str, Any], hosts: int, forks: int = FORKS
    ) -> Measurement:
        """Run tasks on so many hosts, and measure that.

        Raises:
            BenchmarkError: a task fails.
        """
        return self.run_play({"tasks": tasks, "vars": variables}, hosts, forks)

    def run_play(self, play: dict[str, Any], hosts: int, forks: int = FORKS) -> Measurement:
        """Run a play with these keywords on so many hosts, and measure that.

        Raises:
            BenchmarkError: a task fails.
        """
        return self._measure(self._command("", play, hosts, forks))

    def run_playbook(self, name: str, variables: dict[str, Any], hosts: int) -> Measurement:
        """Run a playbook of a collection on so many hosts, with variables in their inventory, and measure that.

        Raises:
            BenchmarkError: a task fails.
        """
        return self._measure((*self._ansible_playbook("", hosts, FORKS, variables), name))

    def _measure(self, command: tuple[str, ...]) -> Measurement:
        self.simulator.forget_requests()
        start = time.perf_counter()
        output = self._quietly(*command)
        seconds = time.perf_counter() - start
        iam_calls, sysdig_calls = (len(self.simulator.requests(service)) for service in ("iam", "sysdig"))
        return Measurement(seconds, iam_calls, sysdig_calls, output)

    def run_at_once(
        self, playbooks: dict[str, list[dict[str, Any]]], variables: dict[str, Any], hosts: int
    ) -> dict[str, float]:
        """Start playbooks, each with so many hosts of its own, at the same time.

        Args:
            playbooks: the tasks of each.
            variables: of all of them.
            hosts: of each.

        Returns:
            The processor seconds of each, its workers and modules included.

        Raises:
            BenchmarkError: one fails.
        """
        commands = {
            name: self._command(name, {"tasks": tasks, "vars": variables}, hosts, FORKS)
            for name, tasks in playbooks.items()
        }
        started = {}
        for name, command in commands.items():
            with (WORK / f"{name}.log").open("wb") as log:
                started[name] = subprocess.Popen(
                    command, cwd=WORK, env=self._environment, stdout=log, stderr=subprocess.STDOUT
                )
        used = {}
        for name, process in started.items():
            _pid, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            used[name] = usage.ru_utime + usage.ru_stime
        for name, process in started.items():
            if process.returncode != 0:
                raise BenchmarkError(f"{name} failed:\n{(WORK / f'{name}.log').read_text(encoding='utf-8')[-2000:]}")
        return used

    def _command(self, name: str, play: dict[str, Any], hosts: int, forks: int) -> tuple[str, ...]:
        """Write an inventory and a playbook, and return the command that runs it."""
        self._write(f"{name}playbook.yml", [{"hosts": "all", "gather_facts": False, **play}])
        return (*self._ansible_playbook(name, hosts, forks, {}), f"{name}playbook.yml")

    def _ansible_playbook(self, name: str, hosts: int, forks: int, variables: dict[str, Any]) -> tuple[str, ...]:
        """Write an inventory, and return the command for a playbook. Hosts are called by ``name`` and a number."""
        local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
        names: dict[str, Any] = {f"{name or 'host'}{number:03}": {} for number in range(1, hosts + 1)}
        self._write(f"{name}inventory.yml", {"all": {"hosts": names, "vars": {**local, **variables}}})
        return ("ansible-playbook", "-i", f"{name}inventory.yml", "--forks", str(forks))

    def _install_collection(self) -> None:
        self._quietly("ansible-galaxy", "collection", "build", str(ROOT), "--output-path", str(WORK))
        (archive,) = (str(path) for path in WORK.glob("*.tar.gz"))
        place = str(WORK / "collections")
        self._quietly("ansible-galaxy", "collection", "install", "--offline", archive, "--collections-path", place)

    def _quietly(self, *command: str) -> str:
        done = subprocess.run(command, cwd=WORK, env=self._environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise BenchmarkError(f"{command[0]} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        return done.stdout

    def _write(self, name: str, content: Any) -> None:
        (WORK / name).write_text(json.dumps(content, indent=1), encoding="utf-8")


def start_anew() -> None:
    """Empty WORK."""
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True, mode=0o700)


def remove_copies() -> None:
    """Take the token from every host."""
    shutil.rmtree(COPIES, ignore_errors=True)
    COPIES.mkdir()


def check_copies(token: str, hosts: int) -> None:
    """Check that every host has the token in a file of its own.

    Raises:
        BenchmarkError: one has not.
    """
    copies = list(COPIES.iterdir())
    if len(copies) != hosts or any(copy.read_text(encoding="utf-8") != token for copy in copies):
        raise BenchmarkError("not every host has the token")
