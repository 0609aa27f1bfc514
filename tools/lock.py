# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pin every package of every environment, with the hashes of its files, in tools/locks: `make lock`.

People write requirements files. uv finds their dependencies, for all systems and Pythons at once. What is locked stays
locked. Arguments are passed on to uv: `lock.py --upgrade` takes the newest of what the requirements files leave open.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from matrix.versions import VERSIONS
from run_ansible_test import ROOT


@dataclass(frozen=True)
class Lock:
    """What one environment is installed from.

    Attributes:
        name: the name of the file in tools/locks, without its suffix.
        requirements: the file that people write, from the root of the checkout.
        python: the oldest Python that the environment is made with, as "3.11".
        further: requirements that are not in the file.
    """

    name: str
    requirements: str
    python: str = "3.11"
    further: tuple[str, ...] = ()

    @property
    def path(self) -> Path:
        """Return the file to install from."""
        return ROOT / "tools" / "locks" / f"{self.name}.txt"

    def write(self, options: Sequence[str] = ()) -> None:
        """Write the file, with further options of uv.

        Raises:
            subprocess.CalledProcessError: there is no solution, and uv has said why.
        """
        # Only wheels: to build a package, pip would fetch what nothing pins.
        shape = ("--universal", "--generate-hashes", "--only-binary=:all:", "--emit-build-options")
        # The header would be the command, with the paths of this machine.
        text = ("--no-header", "--annotation-style=line", f"--output-file={self.path}", "--quiet")
        uv = str(Path(sys.executable).parent / "uv")
        command = (uv, "pip", "compile", f"--python-version={self.python}", *shape, *text, *options)
        lines = "\n".join(self.further)
        subprocess.run([*command, self.requirements, "-"], cwd=ROOT, input=lines, text=True, check=True)


LOCKS = (
    Lock("demo", "tools/demo/requirements.txt"),
    Lock("test", "tests/requirements.txt"),
    *(
        Lock(
            f"ansible-core-{version.series}",
            "tools/matrix/requirements.txt",
            # What has an image needs a newer Python than that of this machine.
            python="3.12" if version.image else "3.11",
            further=(f"ansible-core=={version.core}",),
        )
        for version in VERSIONS
    ),
    Lock("galaxy-importer", "tools/release/galaxy_importer.txt"),
    Lock("site", "tools/site/requirements.txt"),
    Lock("hosts", "tools/matrix/hosts-requirements.txt", python="3.8"),
)


if __name__ == "__main__":
    for lock in LOCKS:
        lock.write(sys.argv[1:])
