# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Base URLs in the forms that people have them in; what is not encrypted, or no base URL, is refused."""

from __future__ import annotations

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import OptionError
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval import parse


def refusal(check, *arguments):
    with pytest.raises(OptionError) as refused:
        check(*arguments)
    return refused.value


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
    assert parse.base_url(option, written, allow_http=False) == base


@pytest.mark.parametrize("url", ["http://sysdig.example.com", "http://10.0.0.1/api", "http://localhost.example.com"])
def test_plain_http_is_refused_except_to_loopback_or_when_it_is_allowed(url):
    error = refusal(parse.base_url, "url", url, False)

    assert "not encrypted" in error.problem
    assert "https://" in error.remedy
    assert "allow_http" in error.remedy
    assert parse.base_url("url", url, allow_http=True) == url.removesuffix("/api")


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
    error = refusal(parse.base_url, "url", url, allow_http)

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
    error = refusal(parse.base_url, "url", url, True)

    assert error.facts == {"option": "url"}
    assert "pass-word" not in str(error)
