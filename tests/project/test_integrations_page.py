# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test that docs/integrations.md shows every type once, with an example that can be planned as it is written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.plan import plan
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.result import Result
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.types import TYPES

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "integrations.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (\w+)\n\n```yaml\n(.*?)```", PAGE, re.MULTILINE | re.DOTALL))
RESULT = {
    "token": "t",
    "product": "monitor",
    "url": "https://u",
    "endpoints": {"remote_write": "https://w", "collector": "c", "collector_port": 6443},
}


def planned(text):
    def result_of(entry, label):
        product = "secure" if "protection" in str(entry.retrieval) else "monitor"
        return Result({**RESULT, "product": product}, {"access_key": lambda: "a"})

    return plan(yaml.safe_load(text), result_of)


def test_every_type_has_a_row_and_a_section_in_the_order_of_the_table():
    assert list(SECTIONS) == list(TYPES)
    assert re.findall(r"^\| \[`(\w+)`\]\(#\w+\)", PAGE, re.MULTILINE) == list(TYPES)


@pytest.mark.parametrize("name", TYPES)
def test_the_row_names_the_default_path(name):
    (row,) = re.findall(rf"^\| \[`{name}`\].*$", PAGE, re.MULTILINE)
    path = TYPES[name].path.replace("{name}", "NAME")
    assert row.split(" | ")[2] == (f"`{path}`" if path else "none")


@pytest.mark.parametrize("name", TYPES)
def test_the_example_is_an_entry_of_its_type(name):
    (entry,) = yaml.safe_load(SECTIONS[name])
    assert entry["type"] == name
    assert planned(SECTIONS[name])[-1].label == f"Entry 1 ({name})"


def test_every_other_example_is_a_list_that_can_be_planned():
    others = [text for text in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL) if text not in SECTIONS.values()]
    assert others
    for text in others:
        assert planned(text)
