# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A key in a file: alone or in the JSON that the command line writes, and what is no such file."""

from __future__ import annotations

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import OptionError
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval import credentials


def refusal(check, *arguments):
    with pytest.raises(OptionError) as refused:
        check(*arguments)
    return refused.value


@pytest.mark.parametrize(
    "content",
    [
        b"my-key",
        b"my-key\n",
        b"  my-key\r\n",
        b"\xef\xbb\xbfmy-key\n",
        b'{"name": "key", "apikey": "my-key"}',
        b'\n{\n  "id": "ApiKey-1",\n  "apikey": "my-key"\n}\n',
    ],
    ids=["plain", "line end", "Windows line end", "byte order mark", "JSON", "indented JSON"],
)
def test_a_key_is_read_from_a_file_alone_or_in_the_json_of_the_command_line(tmp_path, content):
    path = tmp_path / "key"
    path.write_bytes(content)

    assert credentials.api_key_from_file("api_key_file", path) == "my-key"


def test_a_key_file_may_be_named_relative_to_the_home_directory(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "key").write_text("my-key", encoding="utf-8")

    assert credentials.api_key_from_file("api_key_file", "~/key") == "my-key"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "holds no key"),
        (b" \n", "holds no key"),
        (b'{"apikey": ""}', "holds no key"),
        (b'{"apikey": 5}', "holds no key"),
        (b'{"name": "my-key"}', "without an apikey"),
        (b'{"apikey": "my-key"', "without an apikey"),
        (b"\xff\xfem\x00y\x00", "not text"),
        (b"my-key\nanother\n", "line break"),
        (None, "No such file"),
    ],
)
def test_a_file_that_holds_no_key_is_refused_by_name_without_its_content(tmp_path, content, why):
    path = tmp_path / "credential"
    if content is not None:
        path.write_bytes(content)

    error = refusal(credentials.api_key_from_file, "api_key_file", path)

    assert error.facts == {"option": "api_key_file"}
    assert why in error.problem
    assert str(path) in str(error)
    assert "my-key" not in str(error)


def test_a_directory_is_no_key_file(tmp_path):
    assert "directory" in refusal(credentials.api_key_from_file, "api_key_file", tmp_path).problem
