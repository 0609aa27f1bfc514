# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test that the changelog is up to date, and that its newest version is the one that is built."""

from __future__ import annotations

import shutil
from pathlib import Path

import yaml
from release import notes

ROOT = Path(__file__).resolve().parents[2]


def test_the_changelog_is_up_to_date(tmp_path):
    copy = tmp_path / "ansible_collections" / "ibmcloud" / "sysdig"
    copy.mkdir(parents=True)
    for name in ("changelogs", "meta", "playbooks", "plugins", "roles"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    shutil.copy(ROOT / "galaxy.yml", copy)

    notes.write(copy)

    for name in notes.OUTPUT:
        assert (ROOT / name).read_text("utf-8") == (copy / name).read_text("utf-8"), "run `make release-notes`"


def test_the_newest_version_is_that_of_the_collection():
    changelog = yaml.safe_load((ROOT / "changelogs" / "changelog.yaml").read_text(encoding="utf-8"))

    versions = [tuple(map(int, version.split("."))) for version in changelog["releases"]]
    assert max(versions) == tuple(map(int, notes.version(ROOT).split(".")))
