# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test that docs/check.md and its picture show the table of the check as it is. tests/integration has the messages."""

from __future__ import annotations

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import host_checks as errors
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.check import as_result
from generators import check_picture


def test_the_picture_is_drawn_from_the_page():
    assert check_picture.PICTURE.read_text(encoding="utf-8") == check_picture.draw(), "run `make options`"


def test_the_page_has_the_columns_of_the_check():
    lines = [{name: value for name, value in row._asdict().items() if value} for row in check_picture.rows()]

    assert "".join(f"{line}\n" for line in as_result(lines)["table"]) == check_picture.example()


def test_the_failure_on_the_page_has_the_words_of_the_check():
    (failed,) = [row for row in check_picture.rows() if row.status == "failed"]
    error = errors.not_reloaded("prometheus", "/etc/prometheus/prometheus.yml")

    assert (failed.check, failed.message, failed.remedy) == (error.step, error.problem, error.remedy)


def test_no_line_of_the_picture_is_too_long():
    longest = max(len(line) for row in check_picture.rows() for line in (row.entry, row.check, row.status))

    assert longest <= len("Entry 1 (prometheus)")
    assert check_picture.COLUMNS["message"] + 7.9 * check_picture.LONGEST < check_picture.WIDTH


def test_the_readme_describes_the_picture_as_its_title_does():
    readme = check_picture.DOCS.parent / "README.md"

    assert f"![{check_picture.TITLE}](" in readme.read_text(encoding="utf-8")
