# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/faults.md: what came of every fault, without what differs from run to run."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.connection import LARGEST_BODY
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.options import OPTIONS

from .catalogue import CHANGES, COMBINATIONS, DEADLINE, RETRIES, ROWS, STEPS, TIMEOUT, named, shown_path_of
from .cells import Cell
from .runs import Outcome

PAGE = Path(__file__).resolve().parents[2] / "docs" / "faults.md"
Found = list[tuple[Cell, Outcome]]


def write(found: Found) -> str:
    """The page."""
    default_deadline = OPTIONS["timeout"].default * (OPTIONS["retries"].default + 2)
    return f"""# When services fail

Whatever IAM, the resource controller, Sysdig or the network in between do:

* **A retrieval ends in time**: within `timeout` * (`retries` + 2) seconds, with all its requests, attempts and backoff.
  That is {default_deadline} unless you say otherwise.
* **Transient failures are retried**: 429, 500, 502, 503, 504, a connection that fails or breaks off, and a missing
  response. `Retry-After` is respected, if there is time. A refusal and an invalid response are not retried.
* **A failure is one message**: which step, which address, what the service said, what to do. No traceback, no secret,
  even if the service repeats it.
* **A credential goes nowhere else**: no redirect is followed, and a certificate that does not fit ends the retrieval
  before anything is sent. At most {LARGEST_BODY // 1_000_000} MB of a response is read.

`make faults` tests this in a checkout, and writes this page: {len(found)} retrievals by `ansible-playbook`, through the
modules and the lookups, each from services of its own that have a fault. Of every one it checks how it ends, what it
says, which requests it makes, and that it ends in {DEADLINE} seconds (`timeout: {TIMEOUT}`, `retries: {RETRIES}`).

## Each fault, at each step

The last column has what the error says after step and address, for each step where it differs. The module and the
lookup `sysdig_token` give the same result. The lookup `sysdig_access_key` reads the access key, in other ways if IAM is
refused. **Once** is the result of a fault that passes, at any step; **requests** is how many reach the step if the
fault stays.

{_table(["fault", "once", "requests", "what the error says"], _rows(found))}

## Each fault, where access keys are changed

By the module `sysdig_access_key`, after it has listed the keys. What may have had its effect is not sent again, unless
the answer is 429: a lost answer never makes a second key, and the error says that there may be a first one.

{_table(["fault", "what the error says"], _changes(found))}

## Several faults in one retrieval

{_table(["faults", "step that fails", "what the error says"], _combinations(found))}
"""


def _rows(found: Found) -> Iterable[list[str]]:
    for row in ROWS:
        of_row = [each for each in found if each[0].name == row.name and each[0].step in STEPS]
        once = [_short(*each) for each in of_row if each[0].strikes == "once"]
        stays = [each for each in of_row if each[0].strikes == "for good"]
        calls = [str(outcome.paths.count(STEPS[cell.step])) for cell, outcome in stays]
        by_step = {step: _alike(_short(*each) for each in stays if each[0].step == step) for step in STEPS}
        yield [row.name, _alike(once), _alike(calls), _by_text(by_step)]


def _changes(found: Found) -> Iterable[list[str]]:
    for row in ROWS:
        stays = [each for each in found if (each[0].name, each[0].strikes) == (row.name, "for good")]
        yield [
            row.name,
            _by_text({change: _alike(_short(*e) for e in stays if e[0].step == change) for change in CHANGES}),
        ]


def _combinations(found: Found) -> Iterable[list[str]]:
    for combination in COMBINATIONS:
        ends = [each for each in found if each[0].name == combination.name]
        steps = [step for _cell, outcome in ends for step in STEPS if f"{step} failed: " in outcome.message]
        yield [combination.name, _alike(steps), _alike(_short(*each) for each in ends)]


def _short(cell: Cell, outcome: Outcome) -> str:
    """The first clause of an error, which says what was wrong."""
    if outcome.status == "ok":
        return "survived"
    said = outcome.message.partition(f"{named(cell.step)} failed: ")[2].replace("sysdig_token_", "")
    url = outcome.url + shown_path_of(cell.step)
    said = said.replace(f" of {url}", "").replace(f"{url} ", "")
    return re.split(r"\. |, which|, longer", said)[0]


def _by_text(texts: dict[str, str]) -> str:
    """What the steps say: one text if all say the same, else each text after the steps that say it."""
    steps: dict[str, list[str]] = {}
    for step, text in texts.items():
        steps.setdefault(text, []).append(step)
    said = {text: names for text, names in steps.items() if text}
    if len(said) < 2 and len(steps) == len(said):
        return "".join(said)
    return "<br>".join(f"**{', '.join(names)}**: {text}" for text, names in said.items())


def _alike(texts: Iterable[str]) -> str:
    """The texts, each once."""
    return " / ".join(dict.fromkeys(texts))


def _table(header: list[str], rows: Iterable[list[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
