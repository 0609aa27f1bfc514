# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the real ansible-playbook, in a directory and an environment of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from role_plays import DATA, GIVEN, play
from simulator.client import OWNER_API_KEY, SimulatorClient
from tasks import METRICS

HERE = Path(__file__).resolve().parent
COLLECTIONS = HERE.parent.parent / ".build" / "collections"
BIN = Path(sys.executable).parent
LONGEST_RUN = 120  # seconds


@dataclass(frozen=True)
class TaskResult:
    """How one task ended on one host, as callbacks see it. ``status`` is ok, failed, skipped or unreachable."""

    status: str
    task: str
    host: str
    result: dict[str, Any]

    @property
    def message(self) -> str:
        """What a failed task says."""
        return str(self.result.get("msg", ""))


@dataclass(frozen=True)
class Run:
    """What one run of ansible-playbook left behind."""

    rc: int
    stdout: str
    stderr: str
    results: list[TaskResult]

    @property
    def output(self) -> str:
        """Everything that a person or a log sees."""
        return self.stdout + self.stderr

    def task(self, name: str, host: str = "localhost") -> TaskResult:
        """The result of the one task of that name on a host."""
        (found,) = [result for result in self.results if result.task.endswith(name) and result.host == host]
        return found

    def fact(self, name: str, host: str = "localhost") -> Any:
        """The last value that a task of the run has set a fact to."""
        facts = [result.result.get("ansible_facts", {}) for result in self.results if result.host == host]
        return [each[name] for each in facts if name in each][-1]

    def succeeded(self) -> Run:
        """This run; shows its output when it failed."""
        assert self.rc == 0, self.output
        return self


@dataclass
class Playbook:
    """A project directory, and ansible-playbook in it.

    ``directory`` is where the playbook lies and runs; what a test puts beside it (group_vars, templates, ansible.cfg,
    inventory.yml) is used as in a real project. ``environment`` is all that the run sees of the environment.
    """

    directory: Path
    environment: dict[str, str] = field(default_factory=dict)

    def write(self, name: str, content: Any) -> Path:
        """Put a file into the project: text as it is, anything else as JSON, which is YAML."""
        path = self.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content, indent=1), encoding="utf-8")
        return path

    def hosts(self, *names: str) -> None:
        """The inventory: these hosts, all of them this machine, with the Python that the tests run on."""
        local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
        self.write("inventory.yml", {"all": {"hosts": {name: {} for name in names}, "vars": local}})

    def run(self, tasks: list[dict[str, Any]], *arguments: str, **play: Any) -> Run:
        """Run tasks on localhost; ``play`` has further keywords of the play, like ``vars`` or ``environment``."""
        return self.run_plays([{"hosts": "localhost", "gather_facts": False, "tasks": tasks, **play}], *arguments)

    def run_plays(self, plays: list[dict[str, Any]], *arguments: str) -> Run:
        """Run whole plays; ``arguments`` go to ansible-playbook (``-vvv``, ``--check``, ``--diff``)."""
        self.write("playbook.yml", plays)
        return self.run_playbook("playbook.yml", *arguments)

    def run_playbook(self, name: str, *arguments: str) -> Run:
        """Run a playbook that is there already: a file of the project, or one of a collection by its full name."""
        results_file = self.directory / "task_results.jsonl"
        results_file.write_text("", encoding="utf-8")
        done = subprocess.run(
            [str(BIN / "ansible-playbook"), "-i", "inventory.yml", name, *arguments],
            cwd=self.directory,
            env={**self.environment, "TASK_RESULTS_FILE": str(results_file)},
            capture_output=True,
            text=True,
            timeout=LONGEST_RUN,
            check=False,
        )
        lines = results_file.read_text(encoding="utf-8").splitlines()
        return Run(done.returncode, done.stdout, done.stderr, [TaskResult(**json.loads(line)) for line in lines])


@pytest.fixture
def playbook(tmp_path: Path) -> Playbook:
    """An empty project with localhost as its inventory; nothing of the caller's home or environment reaches it."""
    directory, home = tmp_path / "project", tmp_path / "home"
    home.mkdir()
    project = Playbook(
        directory,
        {
            "PATH": f"{BIN}:{os.environ['PATH']}",
            "HOME": str(home),
            "LC_ALL": "C.UTF-8",
            "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
            "ANSIBLE_HOME": str(home / "ansible"),
            "ANSIBLE_LOCAL_TEMP": str(tmp_path / "local"),
            "ANSIBLE_REMOTE_TEMP": str(tmp_path / "remote"),
            "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callback_plugins"),
            "ANSIBLE_CALLBACKS_ENABLED": "task_results",
            "ANSIBLE_NOCOLOR": "1",
        },
    )
    project.hosts("localhost")
    return project


@pytest.fixture
def at_simulator(simulator: SimulatorClient) -> dict[str, Any]:
    """The options that say where the simulator is; each call is made once."""
    return {
        "url": simulator.url,
        "iam_url": simulator.url,
        "resource_controller_url": simulator.url,
        "ca_path": simulator.ca_file,
        "retries": 0,
    }


@pytest.fixture
def options(at_simulator: dict[str, Any]) -> dict[str, Any]:
    """The owner's API key and the monitor instance."""
    return {**at_simulator, "api_key": OWNER_API_KEY, "instance_id": METRICS}


@pytest.fixture
def etc(tmp_path: Path) -> Path:
    """The host's configuration directory, with a Prometheus that somebody looks after."""
    directory = tmp_path / "etc"
    (directory / "prometheus").mkdir(parents=True)
    (directory / "prometheus" / "prometheus.yml").write_bytes((DATA / "prometheus.yml").read_bytes())
    (directory / "prometheus" / "prometheus.yml").chmod(0o644)
    return directory


@pytest.fixture
def wire(playbook, etc):
    """Run the role once with entries, whose paths are below the host's /etc."""

    def run(entries, *arguments, **variables):
        entries = [
            {key: f"{etc}/{value}" if key in ("path", "token_path") else value for key, value in entry.items()}
            for entry in entries
        ]
        return playbook.run_plays([play({**GIVEN, **variables}, entries)], *arguments)

    return run


@pytest.fixture
def template(playbook):
    return playbook.write(
        "templates/mine.conf.j2",
        "{{ sysdig.endpoints.collector }}:{{ sysdig.endpoints.collector_port }} {{ sysdig.token }}\n",
    )
