# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A shell must read back what was written. systemd undoes the same escapes between double quotes, and no others."""

from __future__ import annotations

import subprocess

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.environment_file import quoted

VALUES = [
    "",
    "plain",
    "3f2a-77c1",
    "https://us-south.monitoring.cloud.ibm.com/?a=b&c=d",
    "two words",
    " around ",
    "tab\there",
    "#no comment",
    "it's",
    'say "hi"',
    "$HOME ${HOME} $(id) `id`",
    "back\\slash \\n \\",
    "~/x",
    "a;b|c<d>e*?[f]{g}!",
    "Zürich ☃",
    "100%",
]


@pytest.mark.parametrize("value", VALUES)
def test_a_shell_reads_it_back(tmp_path, value):
    (tmp_path / "file").write_text(f"NAME={quoted(value)}\n", encoding="utf-8")
    script = '. ./file && printf %s "$NAME"'
    assert subprocess.run(["sh", "-c", script], cwd=tmp_path, capture_output=True, check=True).stdout == value.encode()


@pytest.mark.parametrize("value", VALUES)
def test_systemd_reads_it_back(value):
    """As src/basic/env-file.c of systemd does between double quotes."""
    written = quoted(value)
    if not written.startswith('"'):
        assert written == value
        assert not set(value) & set("\"'\\ \t#;")
        return
    read, characters = "", iter(written[1:-1])
    for character in characters:
        assert character != '"'
        if character == "\\":
            character = next(characters)
            assert character in '"\\`$'
        read += character
    assert read == value


def test_tokens_and_urls_need_no_quotes():
    assert quoted("11112222-3333") == "11112222-3333"
    assert quoted("https://eu-de.monitoring.cloud.ibm.com") == "https://eu-de.monitoring.cloud.ibm.com"
