# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test that the summary of the matrix shows no failed step as passed."""

from __future__ import annotations

import pytest
from matrix.outcome import Outcome, Result, counted

PASSED = "<testcase/>"
FAILED = "<testcase><failure/></testcase>"
BROKEN = "<testcase><error/></testcase>"
SKIPPED = "<testcase><skipped/></testcase>"


@pytest.fixture
def report(tmp_path):
    def write(*cases):
        path = tmp_path / "report.xml"
        path.write_text(f"<testsuites><testsuite>{''.join(cases)}</testsuite></testsuites>", encoding="utf-8")
        return [path]

    return write


@pytest.mark.parametrize(
    ("exit_code", "cases", "expected"),
    [
        (0, [PASSED, PASSED, SKIPPED], Outcome(passed=2, failed=0, skipped=1)),
        (1, [PASSED, FAILED, BROKEN], Outcome(passed=1, failed=2, skipped=0)),
        (3, [PASSED], Outcome(passed=1, failed=1, skipped=0)),
        (0, [SKIPPED], Outcome(passed=0, failed=1, skipped=1)),
    ],
    ids=["passed", "failed", "broken off", "nothing tested"],
)
def test_tests_are_counted(report, exit_code, cases, expected):
    assert counted(exit_code, report(*cases)) == expected


def test_a_step_without_report_has_failed():
    assert counted(0, []) == Outcome(passed=0, failed=1, skipped=0)


def test_the_row_of_a_version():
    outcomes = {"unit": Outcome(1523, 1, 2), "sanity": Outcome(25, 0, 0)}
    row = Result("2.16.19", "3.11.7", "3.8.18", outcomes, seconds=372.4).row(("unit", "integration", "sanity"))
    assert row == ["2.16.19", "3.11.7", "3.8.18", "1523 passed, 1 failed, 2 skipped", "-", "25 passed", "6:12"]
