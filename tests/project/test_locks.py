# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test that the locks match the requirements files, and name nothing of the machine that wrote them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from lock import LOCKS
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from run_ansible_test import ROOT


def written(path: Path) -> Iterator[str]:
    """Return the requirements in a file, and in those that it includes."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("-r "):
            yield from written(path.parent / line.removeprefix("-r "))
        elif line and not line.startswith("#"):
            yield line


def pin(requirement: str) -> str:
    """Return a requirement in the spelling of the locks."""
    parsed = Requirement(requirement)
    return f"{canonicalize_name(parsed.name)}{parsed.specifier}"


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_holds_what_is_required(lock):
    asked_for = {pin(line) for line in [*written(ROOT / lock.requirements), *lock.further]}
    lines = lock.path.read_text(encoding="utf-8").splitlines()

    locked = {pin(line.removesuffix("\\")) for line in lines if line[:1].isalnum()}
    assert asked_for - locked == set(), "run `make lock`"


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_names_no_address(lock):
    text = lock.path.read_text(encoding="utf-8")

    assert "://" not in text
    assert "--index-url" not in text


def test_nothing_else_is_among_the_locks():
    assert set((ROOT / "tools" / "locks").iterdir()) == {lock.path for lock in LOCKS}
