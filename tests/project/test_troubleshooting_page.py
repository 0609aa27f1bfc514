# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/troubleshooting.md has every error of the catalogue, as it is worded there."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import retrieval as errors
from generators import error_table

PLUGINS = Path(__file__).resolve().parents[2] / "plugins"
REFUSALS = {"refused", "access_denied", "refused_outside", "refused_profile"}


def test_the_page_is_up_to_date():
    assert error_table.PAGE.read_text(encoding="utf-8") == error_table.page(), "run `make options`"


def test_every_error_is_shown():
    functions = {
        name
        for name, function in inspect.getmembers(errors, inspect.isfunction)
        if function.__module__ == errors.__name__ and not name.startswith("_")
    }

    shown = {*error_table.INPUT, *error_table.NETWORK, *error_table.INSTANCES_AND_TEAMS, *REFUSALS}
    assert shown == functions - {"from_dict"}


def test_every_remedy_of_a_refusal_is_shown():
    page = error_table.PAGE.read_text(encoding="utf-8")

    for remedy in [*errors._REMEDIES.values(), errors._GENERAL_REMEDIES[5]]:
        assert f"| {remedy} |" in page


ROLES_OWN = error_table.PAGE.read_text(encoding="utf-8").partition("## From the role")[2].partition("\n## ")[0]
MESSAGES = re.findall(r"^\| `([^`]+)` \|", ROLES_OWN, re.MULTILINE)


@pytest.mark.parametrize("message", MESSAGES)
def test_the_role_still_says_so(message):
    sources = [
        path for folder in ("action", "plugin_utils", "module_utils") for path in (PLUGINS / folder).rglob("*.py")
    ]

    endings = (message, message.replace("remote_write", "{endpoint}"))
    assert any(ending in path.read_text(encoding="utf-8") for path in sources for ending in endings)
