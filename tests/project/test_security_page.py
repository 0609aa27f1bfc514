# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check docs/SECURITY.md: every promise is there once, and names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "SECURITY.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[tuple[str, str]]:
    """Return the rows of the table below a heading."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [(cells[1].strip(), cells[2].strip()) for cells in (line.split("|") for line in lines[1:])]


PROMISES = rows("What is promised")


def named_in(cell: str) -> list[PurePosixPath]:
    """Return the tests that a cell names. One without a directory is beside the one before it."""
    found: list[PurePosixPath] = []
    for path in map(PurePosixPath, re.findall(r"`([\w./]+\.py)`", cell)):
        found.append(path if len(path.parts) > 1 or not found else found[-1].parent / path)
    return found


def test_the_page_has_both_tables():
    assert len(PROMISES) > 20
    assert len(rows("What is not promised")) > 10


@pytest.mark.parametrize(("promise", "shown_by"), PROMISES, ids=[promise[:40] for promise, _cell in PROMISES])
def test_the_tests_of_a_promise_exist(promise, shown_by):
    tests = named_in(shown_by)

    assert tests
    assert [str(path) for path in tests if not (ROOT / path).is_file()] == []
    assert len(set(tests)) == len(tests)


@pytest.mark.parametrize("heading", ["What is promised", "What is not promised"])
def test_nothing_is_said_twice(heading):
    said = [subject for subject, _cell in rows(heading)]

    assert len(set(said)) == len(said)
