# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test that the tables of docs/ways_in.md name options that exist. tests/integration/documented runs its examples."""

from __future__ import annotations

import re
from pathlib import Path

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.options import LOOKUP_OPTIONS, OPTIONS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "ways_in.md"


def test_the_tables_name_options_that_exist_and_every_one_that_is_a_way_in():
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    cells = [row.split("|")[2] for row in rows]
    named = {word.partition(":")[0] for cell in cells for word in re.findall(r"`([^`]+)`", cell)}

    assert named <= {*OPTIONS, *LOOKUP_OPTIONS}
    elsewhere = {"iam_url", "resource_controller_url", "check_token", "validate_certs", "allow_http"}
    assert {*OPTIONS} - named == elsewhere | {"timeout", "retries"}
