# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every error says what failed and what to do, whatever file words it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import base
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import SysdigError
from generators import error_table

ERRORS = [error for file in error_table.files() for error in error_table.errors(file)]


@pytest.mark.parametrize("error", ERRORS, ids=str)
def test_every_error_says_what_is_wrong_and_what_to_do(error):
    assert isinstance(error, SysdigError)
    for sentence in (error.problem, error.remedy):
        assert len(sentence.split()) > 1
        assert "None" not in sentence
        assert "O(" not in sentence
        assert not re.search(r"[.:?!] ?[.:?!]|  ", sentence.replace("...", "").replace("::", "")), sentence
    assert error.problem.endswith(".")
    assert error.problem in str(error)
    assert str(error).endswith(error.remedy)
    assert None not in error.facts.values()


def test_errors_import_nothing_of_the_packages_that_raise_them():
    for path in Path(base.__file__).parent.glob("*.py"):
        imported = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom)]
        assert all(node.level < 2 or node.module == "_redact" for node in imported), path
