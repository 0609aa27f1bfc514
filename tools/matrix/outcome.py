# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the steps of a version ended: what their JUnit files say, and their exit codes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree


@dataclass(frozen=True)
class Outcome:
    """How many tests of a step passed, failed and were skipped."""

    passed: int
    failed: int
    skipped: int

    def __str__(self) -> str:
        counts = {"passed": self.passed, "failed": self.failed, "skipped": self.skipped}
        return ", ".join(f"{count} {name}" for name, count in counts.items() if count or name == "passed")


@dataclass(frozen=True)
class Result:
    """What came of one version; ``outcomes`` are by step, ``seconds`` with everything that was prepared."""

    core: str
    python: str
    hosts_python: str
    outcomes: dict[str, Outcome]
    seconds: float

    def row(self, steps: Iterable[str]) -> list[str]:
        """The cells of its row in the summary."""
        minutes, seconds = divmod(round(self.seconds), 60)
        cells = [str(self.outcomes.get(step, "-")) for step in steps]
        return [self.core, self.python, self.hosts_python, *cells, f"{minutes}:{seconds:02}"]


def counted(exit_code: int, reports: Iterable[Path]) -> Outcome:
    """Count what the reports say; a step that failed otherwise, or tested nothing, counts as one more failure."""
    cases = [case for report in reports for case in ElementTree.parse(report).iter("testcase")]
    failed = sum(case.find("failure") is not None or case.find("error") is not None for case in cases)
    skipped = sum(case.find("skipped") is not None for case in cases)
    passed = len(cases) - failed - skipped
    if not failed and (exit_code or not passed):
        failed = 1
    return Outcome(passed, failed, skipped)
