# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write CHANGELOG.rst for the version in galaxy.yml, from changelogs/fragments: `make release-notes`.

antsibull-changelog adds to an existing entry, and removes nothing from it. Until a version is published its
entry is made anew, so that it says what the fragments say.
"""

from __future__ import annotations

import datetime
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
TOOLS = Path(sys.executable).parent
OUTPUT = ("changelogs/changelog.yaml", "CHANGELOG.rst")


def version(root: Path) -> str:
    """Return the version that galaxy.yml names."""
    return str(yaml.safe_load((root / "galaxy.yml").read_text(encoding="utf-8"))["version"])


def write(root: Path) -> None:
    """Make the entry of the version in galaxy.yml anew, with the date it had, or else today's.

    Internal modules are left out: antsibull-changelog lists every module, and has no setting for that.

    Raises:
        subprocess.CalledProcessError: antsibull-changelog refuses a fragment; its output says which.
    """
    changelog = _load(root)
    entry = changelog["releases"].pop(version(root), {"release_date": datetime.date.today().isoformat()})
    _save(root, changelog)
    plugins = ("--reload-plugins", "--ansible-doc-bin", str(TOOLS / "ansible-doc"))
    _antsibull_changelog(root, "release", *plugins, "--date", entry["release_date"])

    changelog = _load(root)
    entry = changelog["releases"][version(root)]
    entry["modules"] = [module for module in entry["modules"] if not module["description"].startswith("[INTERNAL]")]
    _save(root, changelog)
    _antsibull_changelog(root, "reformat")
    _antsibull_changelog(root, "generate")


def _load(root: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((root / OUTPUT[0]).read_text(encoding="utf-8"))
    return loaded


def _save(root: Path, changelog: dict[str, Any]) -> None:
    (root / OUTPUT[0]).write_text(yaml.safe_dump(changelog), encoding="utf-8")


def _antsibull_changelog(root: Path, *arguments: str) -> None:
    subprocess.run([TOOLS / "antsibull-changelog", *arguments], cwd=root, check=True)


if __name__ == "__main__":
    write(ROOT)
