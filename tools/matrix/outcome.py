# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find out how the steps of a version ended, from their JUnit files and exit codes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree


@dataclass(frozen=True)
class Outcome:
    """The numbers of tests of a step that passed, failed and were skipped."""

    passed: int
    failed: int
    skipped: int

    def __str__(self) -> str:
        counts = {"passed": self.passed, "failed": self.failed, "skipped": self.skipped}
        return ", ".join(f"{count} {name}" for name, count in counts.items() if count or name == "passed")


@dataclass(frozen=True)
class Result:
    """The outcomes of one version, by step. ``seconds`` include the wait for its environment."""

    core: str
    python: str
    hosts_python: str
    outcomes: dict[str, Outcome]
    seconds: float

    def row(self, steps: Iterable[str]) -> list[str]:
        """Return the cells of its row in the summary."""
        minutes, seconds = divmod(round(self.seconds), 60)
        cells = [str(self.outcomes.get(step, "-")) for step in steps]
        return [self.core, self.python, self.hosts_python, *cells, f"{minutes}:{seconds:02}"]


def counted(exit_code: int, reports: Iterable[Path]) -> Outcome:
    """Count the tests of the reports. A step that failed otherwise, or tested nothing, counts as one more failure."""
    cases = [case for report in reports for case in ElementTree.parse(report).iter("testcase")]
    failed = sum(case.find("failure") is not None or case.find("error") is not None for case in cases)
    skipped = sum(case.find("skipped") is not None for case in cases)
    passed = len(cases) - failed - skipped
    if not failed and (exit_code or not passed):
        failed = 1
    return Outcome(passed, failed, skipped)
