# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes CHANGELOG.rst for the version in galaxy.yml, from changelogs/fragments: `make release-notes`.

antsibull-changelog adds to an entry that is there, and never forgets what it had. Until a version is published its
entry is made anew, so that it says what the fragments say.
"""

from __future__ import annotations

import datetime
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
OUTPUT = ("changelogs/changelog.yaml", "CHANGELOG.rst")


def version(root: Path) -> str:
    """The version that galaxy.yml names."""
    return str(yaml.safe_load((root / "galaxy.yml").read_text(encoding="utf-8"))["version"])


def write(root: Path) -> None:
    """Make the entry of the version in galaxy.yml anew, with the date it had, or else today's.

    Raises:
        subprocess.CalledProcessError: antsibull-changelog refuses a fragment; its output says which.
    """
    path = root / OUTPUT[0]
    changelog = yaml.safe_load(path.read_text(encoding="utf-8"))
    entry = changelog["releases"].pop(version(root), {"release_date": datetime.date.today().isoformat()})
    path.write_text(yaml.safe_dump(changelog), encoding="utf-8")
    tools = Path(sys.executable).parent
    plugins = ["--reload-plugins", "--ansible-doc-bin", tools / "ansible-doc"]
    release = [tools / "antsibull-changelog", "release", *plugins, "--date", entry["release_date"]]
    subprocess.run(release, cwd=root, check=True)


if __name__ == "__main__":
    write(ROOT)
