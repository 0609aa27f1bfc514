# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cells of the matrix: each a retrieval of its own, through module or lookup, with its faults and its outcome."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import ACCESS_KEY, SysdigError

from .catalogue import ATTEMPTS, COMBINATIONS, ROWS, STEPS, Expected, Row, survived

SHELLS = ("module", "lookup")


@dataclass(frozen=True)
class Cell:
    """One retrieval.

    Attributes:
        shell: what runs it, `module` or `lookup`.
        name: of the fault, or of the combination of faults.
        strikes: `once`, `for good`, or `together` with others.
        step: where it strikes; of a combination, which step fails.
        faults: their kinds and parameters, by step.
        expected: the error.
        calls: how often each step is called, in their order.
    """

    shell: str
    name: str
    strikes: str
    step: str
    faults: dict[str, dict[str, Any]]
    expected: Expected
    calls: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.name}, {self.strikes}, {self.step}, {self.shell}"

    def error(self, url: str) -> SysdigError | None:
        """What it says, of services with this base URL; None if it survives."""
        return self.expected(self.step, url + STEPS[self.step])

    @property
    def survives(self) -> bool:
        """Whether the retrieval succeeds."""
        return self.error("") is None

    @property
    def paths(self) -> list[str]:
        """What is asked for, in order."""
        return [path for path, calls in zip(STEPS.values(), self.calls, strict=False) for _call in range(calls)]


def steps(shell: str) -> list[str]:
    """The module reads no access key."""
    return [step for step in STEPS if shell == "lookup" or step != ACCESS_KEY]


def _of_rows() -> Iterator[Cell]:
    """Step by step, so that those with the same fault do not all run at a time."""
    for shell in SHELLS:
        for step in steps(shell):
            for row in ROWS:
                stays = {step: row.fault}
                yield Cell(shell, row.name, "for good", step, stays, row.expected, _calls(row, shell, step))
                if row.passes:
                    once = {step: {**row.fault, "times": 1}}
                    calls = tuple(ATTEMPTS if each == step else 1 for each in _asked(shell, step))
                    yield Cell(shell, row.name, "once", step, once, survived, calls)


def _of_combinations() -> Iterator[Cell]:
    for name, faults, step, expected, calls in COMBINATIONS:
        for shell in (each for each in SHELLS if step in steps(each)):
            yield Cell(shell, name, "together", step, faults, expected, calls)


def _calls(row: Row, shell: str, step: str) -> tuple[int, ...]:
    """Steps before are called once, and those after it only if the retrieval survives."""
    asked = _asked(shell, step)
    before = asked.index(step)
    after = len(asked) - before - 1 if row.expected(step, "") is None else 0
    return (*[1] * before, row.calls + row.explaining.get(step, 0), *[1] * after)


def _asked(shell: str, step: str) -> list[str]:
    """The steps of a retrieval; only where its own step is concerned is an access key read."""
    return [each for each in steps(shell) if each == step or each != ACCESS_KEY]


CELLS = [*_of_rows(), *_of_combinations()]
