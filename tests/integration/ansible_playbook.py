# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the real ansible-playbook in a project directory, and searches what each run shows and leaves.

For secrets, and for warnings that something is deprecated.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from secrecy.scan import files, search, search_files
from simulator.client import SimulatorClient

HERE = Path(__file__).resolve().parent
COLLECTIONS = HERE.parent.parent / ".build" / "collections"
BIN = Path(sys.executable).parent
HOSTS_PYTHON = os.environ.get("HOSTS_PYTHON", sys.executable)  # tools/matrix names another
LONGEST_RUN = 300  # seconds, on a machine that has much else to do

# What Ansible says of anything, and what Python says of this collection's files.
DEPRECATION = re.compile(r"\[DEPRECATION WARNING\].*|\S*/ibmcloud/sysdig/\S+:\d+: \w*DeprecationWarning.*")


@dataclass(frozen=True)
class TaskResult:
    """How one task ended on one host, as callbacks see it. ``status`` is ok, failed, skipped or unreachable."""

    status: str
    task: str
    action: str
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

    A run that shows a secret, or leaves one in a file in or beside the project, raises AssertionError. Secrets are the
    simulator's, and the further ``secrets`` by name. Files that were there before the run do not count, nor do those
    whose path from beside the project matches one of ``secret_files``: they hold a secret on purpose. A run that
    warns of something deprecated raises AssertionError too.

    ``watched_by`` is a command that runs ansible-playbook and watches it.
    """

    directory: Path
    environment: dict[str, str]
    simulator: SimulatorClient
    secrets: dict[str, str] = field(default_factory=dict)
    secret_files: set[str] = field(default_factory=set)
    watched_by: tuple[str, ...] = ()

    @classmethod
    def at(cls, place: Path, simulator: SimulatorClient) -> Playbook:
        """An empty project below ``place``, with localhost as its inventory.

        Nothing of the caller's home or environment reaches it, and all that a run leaves is below ``place``.
        """
        home, temporary = place / "home", place / "tmp"
        home.mkdir(parents=True)
        temporary.mkdir()
        environment = {
            "PATH": f"{BIN}:{os.environ['PATH']}",
            "HOME": str(home),
            "TMPDIR": str(temporary),
            "LC_ALL": "C.UTF-8",
            "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
            "ANSIBLE_HOME": str(home / "ansible"),
            "ANSIBLE_LOCAL_TEMP": str(place / "local"),
            "ANSIBLE_REMOTE_TEMP": str(place / "remote"),
            "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callback_plugins"),
            "ANSIBLE_CALLBACKS_ENABLED": "task_results",
            "ANSIBLE_LOG_PATH": str(place / "ansible.log"),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_DEPRECATION_WARNINGS": "1",
            "PYTHONWARNINGS": "default::DeprecationWarning",
        }
        playbook = cls(place / "project", environment, simulator)
        playbook.hosts("localhost")
        return playbook

    def write(self, name: str, content: Any) -> Path:
        """Put a file into the project: text as it is, anything else as JSON, which is YAML."""
        path = self.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content, indent=1), encoding="utf-8")
        return path

    def hosts(self, *names: str) -> None:
        """The inventory: these hosts, all of them this machine."""
        local = {"ansible_connection": "local", "ansible_python_interpreter": HOSTS_PYTHON}
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
        before = self._files()
        # What hosts remember of their services: they have no /run of their own.
        place = f"{self.directory.parent}/run/{{{{ inventory_hostname }}}}"
        own_run = ["--extra-vars", f"sysdig_integrations_pending_directory={place}"]
        done = subprocess.run(
            [*self.watched_by, str(BIN / "ansible-playbook"), "-i", "inventory.yml", *own_run, name, *arguments],
            cwd=self.directory,
            env={**self.environment, "TASK_RESULTS_FILE": str(results_file)},
            capture_output=True,
            text=True,
            timeout=LONGEST_RUN,
            check=False,
        )
        lines = results_file.read_text(encoding="utf-8").splitlines()
        results_file.unlink()
        run = Run(done.returncode, done.stdout, done.stderr, [TaskResult(**json.loads(line)) for line in lines])
        self._search(run, before)
        assert not DEPRECATION.findall(run.output), run.output
        return run

    def _files(self) -> dict[Path, tuple[int, int]]:
        """What lies in and beside the project, with what tells whether it was changed."""
        return {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in files(self.directory.parent)}

    def _search(self, run: Run, before: dict[Path, tuple[int, int]]) -> None:
        """Fail if there is a secret in what the run has shown, passed to callbacks, or left."""
        secrets = {**self.simulator.secrets, **self.secrets}
        # To set a fact is how a test looks at a secret.
        results = [vars(result) for result in run.results if result.action != "ansible.builtin.set_fact"]
        shown = {"stdout": run.stdout, "stderr": run.stderr, "task results": json.dumps(results)}
        leaks = [leak for place, text in shown.items() for leak in search(place, text.encode(), secrets)]
        beside = self.directory.parent
        left = [
            path
            for path, version in self._files().items()
            if before.get(path) != version
            and not any(fnmatch(str(path.relative_to(beside)), pattern) for pattern in self.secret_files)
        ]
        leaks += search_files(left, secrets)
        if leaks:
            raise AssertionError("secrets leaked:\n" + "\n".join(map(str, leaks)))
