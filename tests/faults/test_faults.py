# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every fault at every step ends as the catalogue says, in time and without a secret, and docs/faults.md says the same.

That nothing shown or left behind holds a secret is seen to by the runs themselves.
"""

from __future__ import annotations

import pytest
from simulator.ids import DISABLED_ACCESS_KEY, ENABLED_ACCESS_KEY

from faults import page
from faults.catalogue import CHANGES, DEADLINE, DISABLING
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


@pytest.mark.parametrize("number", [at for at, cell in enumerate(CELLS) if cell.step in CHANGES])
def test_a_key_is_changed_once_or_not_at_all(matrix, number):
    """What was sent twice would have made two keys."""
    cell, keys = CELLS[number], matrix.outcomes[number].keys

    new = [key for key in keys if key not in (ENABLED_ACCESS_KEY, DISABLED_ACCESS_KEY)]
    assert len(new) <= 1
    assert keys.get(ENABLED_ACCESS_KEY) is True or cell.step == DISABLING
    if cell.survives:
        changed = (len(new) == 1, keys[ENABLED_ACCESS_KEY] is False, DISABLED_ACCESS_KEY not in keys)
        assert changed == tuple(cell.step == change for change in CHANGES)


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
