# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests are reported, a line each, without a secret; a failure names the service's own ID of the request."""

from __future__ import annotations

import contextlib
import re

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import SysdigError
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval import response
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.access_keys import disable_key
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.connection import RawResponse
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.retrieve import retrieve
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.retrieve_access_key import (
    list_access_keys,
    retrieve_access_key,
)
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.settings import resolve
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.transport import opened
from simulator.ids import DISABLED_ACCESS_KEY, KEYS_IAM_ONLY, OWNER_API_KEY, SAAS, SAAS_ADMIN

TIME = re.compile(r", \d+ ms\Z")


def lines_of(call, *arguments, **keywords):
    """What is reported, without what differs from run to run."""
    lines = []
    with contextlib.suppress(SysdigError):
        call(*arguments, on_request=lines.append, **keywords)
    assert all(TIME.search(line) for line in lines), lines
    return [TIME.sub("", line) for line in lines]


def test_every_request_is_a_line_with_method_address_status_time_and_id(options, simulator):
    lines = lines_of(retrieve, resolve({**options, "instance_id": None, "instance_name": "metrics"}, {}))

    iam, resource_controller, _token = simulator.requests()
    assert lines == [
        f"POST {simulator.url}/identity/token: 200, request ID {iam['request_id']}",
        f"GET {simulator.url}/v2/resource_instances: 200, request ID {resource_controller['request_id']}",
        f"GET {simulator.url}/api/token: 200",
    ]


def test_every_attempt_is_a_line(options, simulator, clock):
    simulator.fault("status", status=503, service="iam")
    simulator.fault("reset", path="/api/token")

    lines = lines_of(retrieve, resolve({**options, "retries": 1}, {}))

    assert [line.partition(": ")[2].partition(",")[0] for line in lines] == [
        "503",
        "200",
        "no response (the connection broke off)",
        "200",
    ]


def test_a_request_that_ends_in_an_error_is_a_line_too(options, simulator):
    lines = lines_of(retrieve, resolve({**options, "iam_url": simulator.expired_url}, {}))

    assert lines == [f"POST {simulator.expired_url}/identity/token: no response"]


def test_ids_keys_and_people_in_paths_are_not_in_the_lines(options, simulator):
    admin = simulator.customer_token(SAAS, SAAS_ADMIN)
    other = {"api_key": None, "instance_id": None, "sysdig_api_token": admin, "username": SAAS_ADMIN, "team_id": 9101}
    for_user = lines_of(retrieve, resolve({**options, **other}, {}))
    simulator.fault("status", status=403, path="/api", times=None)
    by_resource_key = lines_of(retrieve_access_key, resolve({**options, "instance_id": KEYS_IAM_ONLY}, {}))

    assert for_user[0].startswith(f"GET {simulator.url}/api/token/...: 200")
    assert any(
        line.startswith(f"GET {simulator.url}/v2/resource_instances/.../resource_keys:") for line in by_resource_key
    )
    assert KEYS_IAM_ONLY not in "".join(by_resource_key)


def test_an_access_key_in_a_path_is_in_no_line_and_no_error(options, simulator):
    def disable(settings, on_request):
        with opened(settings, on_request) as transport:
            listed = list_access_keys(settings, transport)
            simulator.fault("echo", path="/api/customer", status=404)
            disable_key(listed.sysdig, DISABLED_ACCESS_KEY)

    lines = []
    with pytest.raises(SysdigError) as failed:
        disable(resolve(options, {}), lines.append)

    shown = str(failed.value) + repr(failed.value) + str(failed.value.facts) + "".join(lines)
    assert "/disable" in shown
    assert DISABLED_ACCESS_KEY not in shown
    assert not [secret for secret in simulator.secrets.values() if secret in shown]


@pytest.mark.parametrize("header", response.REQUEST_ID_HEADERS)
def test_a_secret_that_comes_back_as_an_id_is_not_in_the_lines(network_with, options, header):
    token = "e30.e30.the-iam-token"
    network_with({"/identity/token": (200, {"access_token": token}, {header: token})})

    lines = lines_of(retrieve, resolve({**options, "url": "https://sysdig.example.com"}, {}))

    assert "request ID" in lines[0]
    assert "the-iam" not in "".join(lines)


def test_nothing_is_reported_without_somebody_who_listens(options, simulator, retrieved, capfd):
    retrieved()

    assert capfd.readouterr() == ("", "")


# --- IDs ---


def raw(headers=None, body=b"", status=400):
    return RawResponse(status, "", headers or {}, body)


@pytest.mark.parametrize(
    ("headers", "body", "request_id"),
    [
        ({"Transaction-Id": "a-1"}, b"", "a-1"),
        ({"X-Global-Transaction-Id": "b.2"}, b"", "b.2"),
        ({"Transaction-Id": "a-1", "X-Global-Transaction-Id": "b-2"}, b"", "a-1"),
        ({}, b'{"context": {"requestId": "c-3"}}', "c-3"),
        ({}, b'{"transaction_id": "d-4"}', "d-4"),
        ({}, b'{"trace": "e-5"}', "e-5"),
        ({"Transaction-Id": "two words"}, b'{"context": {"requestId": "c-3"}}', "c-3"),
        ({"Transaction-Id": "x" * 129}, b"", None),
        ({"Transaction-Id": "\x1b[31m"}, b"", None),
        ({}, b'{"context": {"requestId": 7}}', None),
        ({}, b'{"context": "c-3"}', None),
        ({}, b"<html>", None),
    ],
)
def test_an_id_is_read_where_services_have_it(headers, body, request_id):
    assert response.request_id_of(raw(headers, body)) == request_id


@pytest.mark.parametrize("kind", ["html", "redirect", "huge", "echo"])
def test_whatever_is_wrong_with_a_response_its_id_is_reported(simulator, failure, kind):
    simulator.fault(kind, path="/identity/token")

    error = failure()

    assert error.facts["request_id"] == simulator.requests()[-1]["request_id"]


def test_json_that_is_not_the_services_own_is_reported_with_its_id(simulator, failure):
    simulator.fault("status", status=200, path="/identity/token", body="{}")

    assert failure().facts["request_id"] == simulator.requests()[-1]["request_id"]


def test_the_reader_of_an_error_finds_the_id_at_its_end(simulator, failure):
    error = failure(api_key="unknown")

    assert str(error).endswith(f"Request ID: {simulator.requests()[-1]['request_id']}.")
    assert OWNER_API_KEY not in str(error)
