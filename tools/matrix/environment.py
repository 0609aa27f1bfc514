# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the tests of one version run: a copy of the checkout and virtual environments, here or in a container."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from run_ansible_test import ROOT, copy_checkout, write_pip_settings

from matrix.versions import Version

WORK = ROOT / ".build" / "matrix"
LOCKS = Path("tools", "locks")


def installed_python(version: str) -> str | None:
    """The path of this machine's Python of a version like "3.8", pyenv's included, or None."""
    command = [f"python{version}", "-c", "import sys; print(sys.executable)"]
    try:
        # pyenv's commands are there for every version, and work for the chosen ones.
        variables = {**os.environ, "PYENV_VERSION": version}
        return subprocess.run(command, env=variables, check=True, capture_output=True, text=True).stdout.strip()
    except (FileNotFoundError, subprocess.CalledProcessError):
        return None


class Environment:
    """The place of one version. A container sees it under the same path, so commands are the same here and there.

    Attributes:
        checkout: the copy that the tests run in.
        python: the Python of the tests, with ansible-core beside it.
        hosts_python: the Python that modules run on.
    """

    def __init__(self, version: Version) -> None:
        self.version = version
        self.directory = WORK / version.series
        self.checkout = self.directory / "checkout"
        self.python = self.directory / "controller" / "bin" / "python"
        self.hosts_python = self.python

    def prepare(self) -> None:
        """Copy the checkout afresh, and install what is needed.

        :raises subprocess.CalledProcessError: if a command fails; it has said why itself.
        """
        copy_checkout(self.checkout)
        if self.version.image:
            write_pip_settings(self.directory / "pip.conf")
            subprocess.run([sys.executable, ROOT / "tools" / "containers", self.version.image], check=True)
        interpreter = "python3" if self.version.image else sys.executable
        self._install(interpreter, self.python, LOCKS / f"ansible-core-{self.version.series}.txt")
        if self.version.hosts_python and (oldest := installed_python(self.version.hosts_python)):
            self.hosts_python = self.directory / "host" / "bin" / "python"
            self._install(oldest, self.hosts_python, LOCKS / "hosts.txt")

    def run(self, *command: str | Path) -> int:
        """Run a command in the copy of the checkout, for playbooks to use ``hosts_python``; its exit code."""
        with_hosts_python = ("env", f"HOSTS_PYTHON={self.hosts_python}", *command)
        return subprocess.run(self._placed(*with_hosts_python), cwd=self.checkout, check=False).returncode

    def python_version(self, python: Path) -> str:
        """The full version of one of the Pythons."""
        command = self._placed(python, "-c", "import platform; print(platform.python_version())")
        return subprocess.run(command, cwd=self.checkout, check=True, capture_output=True, text=True).stdout.strip()

    def _install(self, interpreter: str, python: Path, lock: Path) -> None:
        for command in (
            (interpreter, "-m", "venv", python.parents[1]),
            (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r", lock),
        ):
            subprocess.run(self._placed(*command), cwd=self.checkout, check=True)

    def _placed(self, *command: str | Path) -> list[str | Path]:
        """The command as it has to be called from here."""
        if not self.version.image:
            return list(command)
        return [
            *("podman", "run", "--rm", "--network=host", f"--workdir={self.checkout}"),
            f"--volume={self.directory}:{self.directory}",
            # What lets pip work here lets it work there.
            f"--volume={self.directory / 'pip.conf'}:/etc/pip.conf:ro",
            "--volume=/etc/ssl/certs:/etc/ssl/certs:ro",
            f"localhost/ibmcloud-sysdig/{self.version.image}:latest",
            *command,
        ]
