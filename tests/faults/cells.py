# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cells of the matrix: each a retrieval of its own, through module or lookup, with its faults and its outcome."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import ACCESS_KEY, SysdigError

from .catalogue import ATTEMPTS, COMBINATIONS, GIVEN, OTHER_WAYS, ROWS, STEPS, Expected, Row, steps_to, survived

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
        paths: what is requested, in order.
    """

    shell: str
    name: str
    strikes: str
    step: str
    faults: dict[str, dict[str, Any]]
    expected: Expected
    paths: list[str]

    def __str__(self) -> str:
        return f"{self.name}, {self.strikes}, {self.step}, {self.shell}"

    def error(self, url: str) -> SysdigError | None:
        """What it says, of services with this base URL; None if it survives."""
        error = self.expected(self.step, url + STEPS[self.step])
        if error is None or self.shell == "module":
            return error
        return error.named({option: f"sysdig_token_{option}" for option in GIVEN}.get)

    @property
    def survives(self) -> bool:
        """Whether the retrieval succeeds."""
        return self.error("") is None


def steps(shell: str) -> list[str]:
    """The module reads no access key."""
    return [step for step in STEPS if shell == "lookup" or step != ACCESS_KEY]


def _of_rows() -> Iterator[Cell]:
    """Step by step, so that those with the same fault do not all run at a time."""
    for shell in SHELLS:
        for step in steps(shell):
            for row in ROWS:
                stays = {step: row.fault}
                is_read_otherwise = row.refuses and step == ACCESS_KEY
                expected = survived if is_read_otherwise else row.expected
                yield Cell(shell, row.name, "for good", step, stays, expected, _paths(row, step))
                if row.passes:
                    once = {step: {**row.fault, "times": 1}}
                    paths = [STEPS[each] for each in steps_to(step) for _call in range(ATTEMPTS if each == step else 1)]
                    yield Cell(shell, row.name, "once", step, once, survived, paths)


def _of_combinations() -> Iterator[Cell]:
    for name, faults, step, expected, calls in COMBINATIONS:
        paths = [path for path, number in zip(STEPS.values(), calls, strict=False) for _call in range(number)]
        for shell in (each for each in SHELLS if step in steps(each)):
            yield Cell(shell, name, "together", step, faults, expected, paths)


def _paths(row: Row, step: str) -> list[str]:
    """Steps before are called once, and those after it only if the retrieval survives."""
    to_there = steps_to(step)
    before = to_there.index(step)
    after = to_there[before + 1 :] if row.expected(step, "") is None else []
    calls = row.calls + row.explaining.get(step, 0)
    paths = [STEPS[each] for each in [*to_there[:before], *[step] * calls, *after]]
    return [*paths, *OTHER_WAYS] if row.refuses and step == ACCESS_KEY else paths


CELLS = [*_of_rows(), *_of_combinations()]
