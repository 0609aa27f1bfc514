# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs as AWX runs them: a private data directory, and ansible-runner in it, on the execution node or in a pod."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ansible_runner
from credentials import PROJECT

BIN = Path(sys.executable).parent
LONGEST_RUN = 120  # seconds
PLAYBOOK = "wire.yml"
# What a job shows and leaves behind at the most: the highest verbosity, and "Show changes".
ARGUMENTS = "-vvvvv --diff"


@dataclass(frozen=True)
class Finished:
    """A job that is over. ``left`` is the private data directory with its artifacts."""

    status: str
    left: Path

    @property
    def events(self) -> list[dict[str, Any]]:
        """The events, in order."""
        paths = self.left.glob("artifacts/*/job_events/*.json")
        events = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
        return sorted(events, key=lambda event: event["counter"])

    @property
    def stdout(self) -> str:
        """What the job's page shows."""
        return self._artifact("stdout").read_text(encoding="utf-8")

    @property
    def start(self) -> dict[str, Any]:
        """How it was started: command, cwd, env. AWX masks the env before it keeps it."""
        start: dict[str, Any] = json.loads(self._artifact("command").read_text(encoding="utf-8"))
        return start

    @property
    def kept(self) -> list[Path]:
        """All else that is kept of it."""
        return [path for path in self.left.glob("artifacts/*/*") if path.name != "command"]

    def _artifact(self, name: str) -> Path:
        (path,) = self.left.glob(f"artifacts/*/{name}")
        return path

    @property
    def failures(self) -> list[str]:
        """The messages of failed tasks."""
        return [event["event_data"]["res"]["msg"] for event in self.events if event["event"] == "runner_on_failed"]

    def succeeded(self) -> Finished:
        """This job; shows its output when it failed."""
        assert self.status == "successful", self.stdout
        return self


@dataclass
class Job:
    """One job: the example project, the collection as users install it, an inventory, and answers to the survey.

    ``environment`` is what the credential injects, and what the administrator sets for all jobs. ``plays`` take the
    place of the example project's playbook.
    """

    directory: Path
    collections: Path
    environment: dict[str, str]
    inventory: dict[str, Any]
    answers: dict[str, str] = field(default_factory=dict)
    plays: list[dict[str, Any]] | None = None

    def lay_out(self) -> Path:
        """The private data directory, as AWX makes it."""
        private = self.directory / "private"
        shutil.copytree(PROJECT, private / "project")
        if self.plays is not None:
            (private / "project" / PLAYBOOK).write_text(json.dumps(self.plays), encoding="utf-8")
        shutil.copytree(self.collections, private / "requirements_collections")
        for name in ("env", "inventory"):
            (private / name).mkdir()
        (private / "inventory" / "hosts").write_text(json.dumps(self.inventory), encoding="utf-8")
        # Answers are data to Ansible, and no templates.
        answers = ", ".join(f"{name}: !unsafe {json.dumps(answer)}" for name, answer in self.answers.items())
        (private / "env" / "extravars").write_text(f"{{{answers}}}\n", encoding="utf-8")
        (private / "env" / "cmdline").write_text(ARGUMENTS, encoding="utf-8")
        return private

    def run(self) -> Finished:
        """Run it on the execution node: ansible-runner run."""
        private = self.lay_out()
        variables = private / "env" / "envvars"
        variables.touch(mode=stat.S_IRUSR | stat.S_IWUSR)
        variables.write_text(json.dumps(self._variables(private)), encoding="utf-8")
        self._ansible_runner("run", str(private), "--playbook", PLAYBOOK, "--omit-env-files")
        return _finished(private)

    def run_in_container_group(self) -> Finished:
        """Run it as AWX does in a pod: transmit from the controller, work there, process what comes back."""
        private, there = self.lay_out(), self.directory / "there"
        result = self.directory / "result"
        with (self.directory / "transmitted").open("w+b") as transmitted:
            ansible_runner.run(
                streamer="transmit",
                _output=transmitted,
                private_data_dir=str(private),
                playbook=PLAYBOOK,
                envvars=self._variables(there),
                suppress_env_files=True,
                ident="1",
            )
            transmitted.seek(0)
            output = self._ansible_runner("worker", f"--private-data-dir={there}", stdin=transmitted)
        received = self.directory / "received"
        received.write_bytes(output)
        with received.open("rb") as stream:
            ansible_runner.run(streamer="process", _input=stream, private_data_dir=str(result), ident="1", quiet=True)
        return _finished(result)

    def _variables(self, private: Path) -> dict[str, str]:
        """The whole environment of the job."""
        return {**self.environment, "ANSIBLE_COLLECTIONS_PATH": str(private / "requirements_collections")}

    def _ansible_runner(self, *arguments: str, stdin: Any = None) -> bytes:
        """Run the command with next to no environment of its own; returns its standard output."""
        home = self.directory / "home"
        home.mkdir()
        return subprocess.run(
            [str(BIN / "ansible-runner"), *arguments],
            env={"PATH": f"{BIN}:{os.environ['PATH']}", "HOME": str(home), "LC_ALL": "C.UTF-8"},
            stdin=stdin,
            stdout=subprocess.PIPE,
            timeout=LONGEST_RUN,
            check=False,
        ).stdout


def _finished(left: Path) -> Finished:
    (status,) = left.glob("artifacts/*/status")
    return Finished(status.read_text(encoding="utf-8"), left)
