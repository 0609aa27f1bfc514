# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test that docs/troubleshooting.md has every error of the collection, as it is worded in the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import services
from generators import error_table

PLUGINS = Path(__file__).resolve().parents[2] / "plugins"


def test_the_page_is_up_to_date():
    assert error_table.PAGE.read_text(encoding="utf-8") == error_table.page(), "run `make options`"


@pytest.mark.parametrize("file", error_table.files())
def test_every_error_has_an_example(file):
    examples = error_table.examples(file).EXAMPLES

    assert set(examples) == set(error_table.functions(file)), f"see tools/generators/error_examples/{file}.py"
    assert all(examples.values())


def test_every_file_of_examples_belongs_to_a_file_of_errors():
    folder = Path(error_table.__file__).parent / "error_examples"

    assert {path.stem for path in folder.glob("*.py")} == {"__init__", *error_table.files()}


def test_every_remedy_of_a_refusal_is_shown():
    remedies = {error.remedy for error in error_table.errors("services")}

    assert {re.sub(r"O\((\w+)\)", r"\1", remedy) for remedy in services.REMEDIES.values()} <= remedies
    assert services.SERVER_ERROR in remedies


ROLES_OWN = error_table.PAGE.read_text(encoding="utf-8").partition("## From the role")[2].partition("\n## ")[0]
MESSAGES = re.findall(r"^\| `([^`]+)` \|", ROLES_OWN, re.MULTILINE)


@pytest.mark.parametrize("message", MESSAGES)
def test_the_role_still_says_so(message):
    sources = [
        path for folder in ("action", "plugin_utils", "module_utils") for path in (PLUGINS / folder).rglob("*.py")
    ]

    endings = (message, message.replace("remote_write", "{endpoint}"))
    assert any(ending in path.read_text(encoding="utf-8") for path in sources for ending in endings)
