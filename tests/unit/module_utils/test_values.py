# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values in the forms that people have them in: what is accepted, what becomes of it, what is refused and why."""

from __future__ import annotations

import base64
import json
import time

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils import values
from ansible_collections.ibmcloud.sysdig.plugins.module_utils.errors import OptionError

EXPIRED_AT = 1_700_000_000  # 2023-11-14T22:13:20Z


def web_token(**claims):
    parts = ({"alg": "none"}, claims)
    encoded = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
    return ".".join([*encoded, "signature"])


def refusal(check, *arguments):
    with pytest.raises(OptionError) as refused:
        check(*arguments)
    return refused.value


# --- Keys and tokens ---


def test_blanks_around_a_secret_are_taken_off():
    assert values.secret("api_key", "  my-key ") == "my-key"


@pytest.mark.parametrize(
    "bad",
    ["  ", "SECRET\n", "\nSECRET", "\tSECRET", "SEC\r\nSECRET", "SECRET\x00", "SECRET SECRET", "SECRÉT", "“SECRET”"],
)
def test_a_secret_that_could_not_be_one_is_refused_without_being_shown(bad):
    error = refusal(values.secret, "api_key", bad)

    assert error.facts == {"option": "api_key"}
    assert "api_key" in error.problem
    assert "SECR" not in str(error)


@pytest.mark.parametrize(
    "form",
    [
        "{}",
        "Bearer {}",
        "bearer {}",
        "IAM token:  Bearer {}",
        "IAM token: {}",
        "  Bearer  {}  ",
        "IAM token:  Bearer {}\n",
    ],
)
def test_an_iam_token_is_accepted_as_the_command_line_prints_it(form):
    token = web_token(exp=int(time.time()) + 60)

    assert values.iam_token("iam_token", form.format(token)) == token


def test_an_iam_token_that_does_not_tell_its_end_is_accepted():
    assert values.iam_token("iam_token", "opaque") == "opaque"
    assert values.iam_token("iam_token", web_token(iat=1)) == web_token(iat=1)


def test_an_expired_iam_token_is_refused_with_the_time_of_its_end():
    error = refusal(values.iam_token, "iam_token", "Bearer " + web_token(exp=EXPIRED_AT))

    assert "2023-11-14T22:13:20Z" in error.problem
    assert "ibmcloud iam oauth-tokens" in error.remedy


@pytest.mark.parametrize("end", [0, -1, -(10**15)])
def test_an_end_that_is_no_date_is_an_expired_one(end):
    assert "expired" in refusal(values.iam_token, "iam_token", web_token(exp=end)).problem


@pytest.mark.parametrize("bad", ["Bearer ", "Bearer", "IAM token: Bearer  ", "one two", "one\ntwo"])
def test_what_is_no_iam_token_is_refused(bad):
    assert refusal(values.iam_token, "iam_token", bad).facts == {"option": "iam_token"}


@pytest.mark.parametrize(
    ("token", "expiry"),
    [
        (web_token(exp=EXPIRED_AT), EXPIRED_AT),
        (web_token(exp=EXPIRED_AT + 0.5), EXPIRED_AT),
        (web_token(), None),
        (web_token(exp="soon"), None),
        (web_token(exp=None), None),
        ("a.!!!.c", None),
        ("a.W10.c", None),
        ("opaque", None),
        ("", None),
    ],
)
def test_the_expiry_is_read_out_of_a_token_if_it_is_there(token, expiry):
    assert values.token_expiry(token) == expiry


# --- Key files ---


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

    assert values.api_key_from_file("api_key_file", path) == "my-key"


def test_a_key_file_may_be_named_relative_to_the_home_directory(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "key").write_text("my-key", encoding="utf-8")

    assert values.api_key_from_file("api_key_file", "~/key") == "my-key"


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

    error = refusal(values.api_key_from_file, "api_key_file", path)

    assert error.facts == {"option": "api_key_file"}
    assert why in error.problem
    assert str(path) in str(error)
    assert "my-key" not in str(error)


def test_a_directory_is_no_key_file(tmp_path):
    assert "directory" in refusal(values.api_key_from_file, "api_key_file", tmp_path).problem


# --- URLs ---


@pytest.mark.parametrize(
    ("option", "written", "base"),
    [
        ("url", "https://sysdig.example.com", "https://sysdig.example.com"),
        ("url", "https://sysdig.example.com/", "https://sysdig.example.com"),
        ("url", "https://sysdig.example.com/api", "https://sysdig.example.com"),
        ("url", "https://sysdig.example.com/api/", "https://sysdig.example.com"),
        ("url", "https://sysdig.example.com:8443/path/api//", "https://sysdig.example.com:8443/path"),
        ("url", "https://sysdig.example.com/rapi", "https://sysdig.example.com/rapi"),
        ("iam_url", "https://iam.example.com/identity/token", "https://iam.example.com"),
        ("iam_url", "https://iam.example.com/identity/", "https://iam.example.com"),
        ("resource_controller_url", "https://rc.example.com/api", "https://rc.example.com/api"),
        ("url", "http://127.0.0.1:9999", "http://127.0.0.1:9999"),
        ("url", "http://[::1]:9999/", "http://[::1]:9999"),
        ("url", "http://localhost", "http://localhost"),
    ],
)
def test_a_base_url_loses_what_people_copy_along(option, written, base):
    assert values.base_url(option, written, allow_http=False) == base


@pytest.mark.parametrize("url", ["http://sysdig.example.com", "http://10.0.0.1/api", "http://localhost.example.com"])
def test_plain_http_is_refused_except_to_loopback_or_when_it_is_allowed(url):
    error = refusal(values.base_url, "url", url, False)

    assert "not encrypted" in error.problem
    assert "https://" in error.remedy
    assert "allow_http" in error.remedy
    assert values.base_url("url", url, allow_http=True) == url.removesuffix("/api")


@pytest.mark.parametrize(
    "url",
    [
        *("sysdig.example.com", "//sysdig.example.com", "ftp://sysdig.example.com", "https://", "https:///api", "/api"),
        *("https://sysdig.example.com:port", "https://sysdig.example.com:99999", "https://[::1", "https://a b"),
        *("https://sysdig.example.com?x=1", "https://sysdig.example.com#x", "https://sysdig.example.com/?"),
        *("http://127.0.0.1\\@sysdig.example.com", "file:///etc/passwd", "https://:443"),
    ],
)
@pytest.mark.parametrize("allow_http", [False, True])
def test_what_is_no_base_url_is_refused(url, allow_http):
    error = refusal(values.base_url, "url", url, allow_http)

    assert error.facts == {"option": "url"}
    assert "https://host" in error.remedy


@pytest.mark.parametrize(
    "url",
    [
        "https://someone:pass-word@sysdig.example.com",
        "https://pass-word@sysdig.example.com",
        "https://someone:pass-word@sysdig.example.com:port",
        "https://someone:pass-word@sysdig.example.com/?x=1",
        "ftp://someone:pass-word@sysdig.example.com",
        "someone:pass-word@sysdig.example.com",
        "https://someone:pass-word @sysdig.example.com",
    ],
)
def test_a_url_with_a_password_is_refused_without_showing_it(url):
    error = refusal(values.base_url, "url", url, True)

    assert error.facts == {"option": "url"}
    assert "pass-word" not in str(error)


# --- Numbers and truth values ---


@pytest.mark.parametrize("value", [7, "7", " 7 "])
def test_a_whole_number_may_be_written_as_text(value):
    assert values.integer("team_id", value, at_least=1) == 7


@pytest.mark.parametrize("value", [0, -1, "x", "", 1.5, True, None, "1e3", [7]])
def test_what_is_no_whole_number_is_refused_and_shown(value):
    error = refusal(values.integer, "team_id", value, 1)

    assert error.facts == {"option": "team_id"}
    assert str(value) in error.problem


@pytest.mark.parametrize(
    ("spelling", "truth"),
    [
        (True, True),
        ("yes", True),
        ("True", True),
        (1, True),
        (False, False),
        ("no", False),
        ("0", False),
        ("off", False),
    ],
)
def test_a_truth_value_may_be_spelled_as_in_ansible(spelling, truth):
    assert values.boolean("check_token", spelling) is truth
