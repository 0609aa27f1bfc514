# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every fault at every step ends as the catalogue says, in time and without a secret, and docs/faults.md says the same.

That nothing shown or left behind holds a secret is seen to by the runs themselves.
"""

from __future__ import annotations

import pytest

from faults import page
from faults.catalogue import DEADLINE
from faults.cells import CELLS, SHELLS

MARGIN = 3  # seconds, for a process to end on a machine that has much else to do


@pytest.mark.parametrize("number", range(len(CELLS)), ids=map(str, CELLS))
def test_a_retrieval_ends_as_it_should(matrix, number):
    cell, outcome = CELLS[number], matrix.outcomes[number]

    error = cell.error(outcome.url)

    assert outcome.status == ("failed" if error else "ok"), outcome.message
    assert str(error or "") in outcome.message
    assert "Traceback" not in outcome.message
    assert outcome.paths == cell.paths
    assert outcome.seconds < DEADLINE + MARGIN


@pytest.mark.parametrize("shell", SHELLS)
def test_the_run_goes_on_and_what_survives_gets_the_right_token(matrix, shell):
    run = matrix.runs[shell]

    assert run.rc == 0, run.output
    assert "Traceback" not in run.output


def test_nobody_follows_a_redirect(matrix):
    assert not matrix.elsewhere.was_called


def test_the_page_says_what_was_found(matrix):
    found = page.write(list(zip(CELLS, matrix.outcomes, strict=True)))
    written = page.PAGE.read_text(encoding="utf-8") if page.PAGE.exists() else ""
    page.PAGE.write_text(found, encoding="utf-8")
    assert written == found, "docs/faults.md said something else, and has been written anew: see what has changed"
