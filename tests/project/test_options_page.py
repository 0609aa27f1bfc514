# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test that docs/options.md is what the generator writes."""

from __future__ import annotations

from generators import options_table


def test_the_page_is_up_to_date():
    assert options_table.PAGE.read_text(encoding="utf-8") == options_table.page(), "run `make options`"
