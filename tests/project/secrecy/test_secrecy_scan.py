# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test that the search for secrets finds every leak that is planted, and never shows what it found."""

from __future__ import annotations

import base64
import html
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote, quote_plus, urlencode

import pytest
import yaml
from secrecy.scan import Leak, search, search_files

TOOL = Path(__file__).resolve().parents[3] / "tools" / "secrecy"
SECRET = "odd'key/with+signs=\"and\\more$&<x>~%"
SECRETS = {"the API key": SECRET, "another": "never-written-anywhere"}
JSON_OF_JSON = json.dumps(json.dumps({"key": SECRET}))

WRITTEN = {
    "plain": f"apikey: {SECRET}\n",
    "in a URL": f"https://iam.invalid/?{urlencode({'apikey': SECRET})}",
    "in a path of a URL": f"https://iam.invalid/{quote(SECRET)}/x",
    "in a URL, in lower case": re.sub("%..", lambda escape: escape.group().lower(), quote_plus(SECRET)),
    "JSON": json.dumps({"key": SECRET}),
    "JSON within JSON": JSON_OF_JSON,
    "Python": repr({"key": SECRET}),
    "YAML": yaml.safe_dump({"key": SECRET + " #"}),
    "HTML": f"<td>{html.escape(SECRET)}</td>",
    "shell": f"curl -d {shlex.quote(SECRET)}",
    "hexadecimal": f"xxd {SECRET.encode().hex()}",
    **{f"Base64 after {n} bytes": base64.b64encode(b"x" * n + SECRET.encode() + b"y" * n).decode() for n in range(6)},
    "Base64 for URLs": base64.urlsafe_b64encode(SECRET.encode()).decode(),
    "basic authentication": "Basic " + base64.b64encode(f"apikey:{SECRET}".encode()).decode(),
}


@pytest.mark.parametrize("text", WRITTEN.values(), ids=WRITTEN)
def test_a_planted_secret_is_found_in_every_spelling(tmp_path, text):
    place = tmp_path / "deep" / ".hidden" / "file.log"
    place.parent.mkdir(parents=True)
    place.write_bytes(b"\xff\x00" + text.encode() + b"\nmore")

    (leak,) = search_files([tmp_path], SECRETS)

    assert (leak.place, leak.secret) == (str(place), "the API key")
    assert SECRET not in str(leak)


def test_base64_is_found_by_the_characters_that_stand_for_the_secret_alone():
    """Look at every alignment, whatever is beside the secret."""
    for length in range(10, 16):
        secret = "0123456789abcdef"[:length]
        for before in ("", "a", "ab", "abc"):
            for after in ("", "c", "cd"):
                encoded = base64.b64encode((before + secret + after).encode())
                assert search("here", encoded, {"it": secret}) == [Leak("here", "it", "Base64")], (before, after)


def test_a_secret_in_the_name_of_a_file_is_found(tmp_path):
    (tmp_path / "never-written-anywhere").touch()

    assert [leak.secret for leak in search_files([tmp_path], SECRETS)] == ["another"]


def test_nothing_is_found_where_nothing_is(tmp_path):
    (tmp_path / "file").write_text(SECRET[:-1] + base64.b64encode(SECRET[:-4].encode()).decode())

    assert search_files([tmp_path], SECRETS) == []


@pytest.mark.parametrize(("text", "code"), [(SECRET, 1), ("quiet", 0)])
def test_the_command_says_where_but_not_what(tmp_path, text, code):
    (tmp_path / "log").write_text(text)

    done = subprocess.run(
        [sys.executable, TOOL, tmp_path], input=json.dumps(SECRETS), capture_output=True, text=True, check=False
    )

    assert done.returncode == code
    found = [f"{tmp_path}/log: the API key, plain"] if code else []
    assert done.stdout.splitlines() == [*found, f"{code} leaks of 2 secrets in 1 files"]
    assert SECRET not in done.stdout + done.stderr


@pytest.mark.parametrize(("secrets", "path"), [("{}", "."), ('{"a": "b"}', "no-such-directory")])
def test_a_search_for_nothing_or_nowhere_fails(tmp_path, secrets, path):
    done = subprocess.run(
        [sys.executable, TOOL, tmp_path / path], input=secrets, capture_output=True, text=True, check=False
    )

    assert done.returncode == 2
    assert done.stdout == ""
