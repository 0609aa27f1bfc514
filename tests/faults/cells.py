# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cells of the matrix: each a retrieval of its own, through module or lookup, with its faults and its outcome."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import ACCESS_KEY, SysdigError

from .catalogue import (
    ATTEMPTS,
    CHANGES,
    COMBINATIONS,
    DELETION,
    GIVEN,
    ONCE,
    OTHER_WAYS,
    ROWS,
    STEPS,
    Expected,
    Row,
    in_change,
    path_of,
    shown_path_of,
    steps_to,
    survived,
)

SHELLS = ("module", "lookup", "key_module")

# Faults in a body, which the answer to a deletion does not have.
IN_BODY = ("truncated", "hang_in_body", "slow", "values", "content_type")


@dataclass(frozen=True)
class Cell:
    """One retrieval.

    Attributes:
        shell: what runs it: `module`, `lookup`, or `key_module`, the module of access keys.
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
        error = in_change(self.step, self.expected(self.step, url + shown_path_of(self.step)))
        if error is None or self.shell != "lookup":
            return error
        return error.named({option: f"sysdig_token_{option}" for option in GIVEN}.get)

    @property
    def survives(self) -> bool:
        """Whether the retrieval succeeds."""
        return self.error("") is None


def steps(shell: str) -> list[str]:
    """The module reads no access key, and the other one is concerned with what it changes."""
    if shell == "key_module":
        return list(CHANGES)
    return [step for step in STEPS if shell == "lookup" or step != ACCESS_KEY]


def _of_rows() -> Iterator[Cell]:
    """Step by step, so that those with the same fault do not all run at a time."""
    for shell in SHELLS:
        for step in steps(shell):
            for row in (each for each in ROWS if step != DELETION or each.fault["kind"] not in IN_BODY):
                stays = {step: row.fault}
                is_read_otherwise = row.refuses and step == ACCESS_KEY
                expected = survived if is_read_otherwise else row.expected
                yield Cell(shell, row.name, "for good", step, stays, expected, _paths(row, step))
                if row.passes and _is_repeated(row, step):
                    once = {step: {**row.fault, "times": 1}}
                    paths = [
                        path_of(each) for each in steps_to(step) for _call in range(ATTEMPTS if each == step else 1)
                    ]
                    paths += [STEPS[ACCESS_KEY]] if step == DELETION else []
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
    calls = (row.calls if _is_repeated(row, step) else min(row.calls, 1)) + row.explaining.get(step, 0)
    paths = [path_of(each) for each in [*to_there[:before], *[step] * calls, *after]]
    if step == DELETION and _is_looked_at(row):
        paths.append(STEPS[ACCESS_KEY])
    return [*paths, *OTHER_WAYS] if row.refuses and step == ACCESS_KEY else paths


def _is_repeated(row: Row, step: str) -> bool:
    """Whether a call is made again after this fault."""
    return step not in ONCE or row.fault.get("status") == 429


def _is_looked_at(row: Row) -> bool:
    """Whether a deletion has had an answer after which the keys are listed again."""
    error = row.expected(DELETION, "")
    return error is None or "still there" in str(error)


CELLS = [*_of_rows(), *_of_combinations()]
