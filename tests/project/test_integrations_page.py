# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/integrations.md shows every type once, with an example that can be planned as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.plan import plan
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.types import IntegrationType

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "integrations.md").read_text(encoding="utf-8")
TABLE = yaml.safe_load((ROOT / "roles" / "sysdig_integrations" / "vars" / "main" / "types.yml").read_text())
TYPES = {name: IntegrationType.from_row(row) for name, row in TABLE["sysdig_integrations_types"].items()}
SPECIFICATION = yaml.safe_load((ROOT / "roles" / "sysdig_integrations" / "meta" / "argument_specs.yml").read_text())
ENTRY = SPECIFICATION["argument_specs"]["main"]["options"]["sysdig_integrations_list"]["options"]
SECTIONS = dict(re.findall(r"^## (\w+)\n\n```yaml\n(.*?)```", PAGE, re.MULTILINE | re.DOTALL))
RESULT = {
    "token": "t",
    "access_key": "a",
    "product": "monitor",
    "url": "https://u",
    "endpoints": {"remote_write": "https://w", "collector": "c"},
}


def test_every_type_has_a_row_and_a_section_in_the_order_of_the_table():
    assert list(SECTIONS) == list(TYPES)
    assert re.findall(r"^\| \[`(\w+)`\]\(#\w+\)", PAGE, re.MULTILINE) == list(TYPES)


@pytest.mark.parametrize("name", TYPES)
def test_the_row_names_the_default_path(name):
    (row,) = re.findall(rf"^\| \[`{name}`\].*$", PAGE, re.MULTILINE)
    assert row.split(" | ")[2] == (f"`{TYPES[name].path}`" if TYPES[name].path else "none")


@pytest.mark.parametrize("name", TYPES)
def test_the_example_is_an_entry_of_its_type(name):
    (entry,) = yaml.safe_load(SECTIONS[name])
    assert entry["type"] == name
    assert set(entry) <= set(ENTRY)
    files = plan([entry], TYPES, RESULT)
    assert files[-1].path == entry.get("path", TYPES[name].path)
