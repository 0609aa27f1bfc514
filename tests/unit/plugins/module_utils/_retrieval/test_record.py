# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A record of requests has names and types, and no value."""

from __future__ import annotations

import json

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.connection import RawResponse
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.record import Record

GUID = "11111111-1111-4111-8111-111111111111"
API = "https://us-south.monitoring.cloud.ibm.com"


def recorded(url=API, content=b"", params=None, raw=None):
    """The one request of a record, as it is read again."""
    record = Record()
    record.note("GET", url, params or {}, raw or RawResponse(200, "OK", {"Content-Type": "text/html"}, content))
    (request,) = json.loads(record.as_text())["requests"]
    return request


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (
            {"a": "x", "b": 1, "c": 1.5, "d": True, "e": None},
            dict(zip("abcde", ["string", "integer", "number", "boolean", "null"], strict=True)),
        ),
        ([{"id": 1}, {"id": 2}, {"id": None}], [{"id": "integer"}, {"id": "null"}]),
        ([], []),
        ({"Sysdig Access Key": "x"}, {"Sysdig Access Key": "string"}),
    ],
)
def test_a_body_is_recorded_as_names_and_types(value, kind):
    assert recorded(content=json.dumps(value).encode())["body"] == kind


@pytest.mark.parametrize(
    "name", [GUID, "me@example.com", "iam-ServiceId-12345", "crn:v1:bluemix", "192.0.2.1", "Straße"]
)
def test_a_name_that_may_be_a_value_is_hashed(name):
    text = json.dumps(recorded(content=json.dumps({name: 1}).encode(), params={name: "x"}))

    assert name not in text
    assert json.dumps(name) not in text


def test_a_page_an_empty_body_and_no_response():
    assert recorded(content=b"<html>Sign in</html>")["body"] == "no JSON"
    assert recorded(content=b"[" * 100_000)["body"] == "no JSON"
    assert "body" not in recorded()
    record = Record()
    record.note("GET", API, {}, None)
    assert json.loads(record.as_text())["requests"][0]["status"] is None


def test_a_body_without_an_end_is_cut():
    text = json.dumps(recorded(content=b'{"a":' * 200 + b"1" + b"}" * 200)["body"])

    assert "nested" in text
    assert text.count("a") == 20


def test_ids_and_names_in_a_path_and_hosts_of_ones_own_are_hashed_alike_in_one_record_only():
    record, other = Record(), Record()
    for each in (record, record, other):
        each.note("GET", f"https://sysdig.example.com/own/api/token/me%40example.com/{GUID}", {}, None)

    first, second = json.loads(record.as_text())["requests"]
    (third,) = json.loads(other.as_text())["requests"]
    assert first == second != third
    _start, _own, api, token, user, guid = first["path"].split("/")
    assert (api, token, len(user), len(guid)) == ("api", "token", 10, 10)
    assert first["host"].startswith("<")
    assert recorded(f"{API}/api/users/me")["host"] == "us-south.monitoring.cloud.ibm.com"
