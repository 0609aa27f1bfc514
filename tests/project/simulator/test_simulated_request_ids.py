# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ids of requests: where each service tells them, and that tests find them in the record."""

from __future__ import annotations

import pytest
from ibm_cloud_sdk_core import ApiException
from ibm_cloud_sdk_core.authenticators import IAMAuthenticator
from simulator.ids import OWNER_API_KEY

LOGIN = {"grant_type": "urn:ibm:params:oauth:grant-type:apikey", "apikey": OWNER_API_KEY}


@pytest.mark.parametrize("form", [LOGIN, {**LOGIN, "apikey": "unknown"}], ids=["accepted", "refused"])
def test_iam_tells_the_id_in_a_header_and_in_errors(call, simulator, form):
    answer = call("POST", "/identity/token", data=form)

    (record,) = simulator.requests("iam")
    assert answer.headers["Transaction-Id"] == record["request_id"]
    assert answer.json().get("context", {}).get("requestId") in (None, record["request_id"])
    assert ("context" in answer.json()) is (form != LOGIN)


@pytest.mark.parametrize("authorized", [True, False])
def test_resource_controller_tells_the_id_in_a_header_and_in_errors(call, simulator, iam_headers, authorized):
    answer = call("GET", "/v2/resource_instances", headers=iam_headers if authorized else {})

    (record,) = simulator.requests("resource_controller")
    assert answer.headers["X-Global-Transaction-Id"] == record["request_id"]
    assert answer.json().get("transaction_id") == (None if authorized else record["request_id"])


def test_an_injected_answer_has_the_id_too(call, simulator):
    simulator.fault("status", status=503)

    answer = call("POST", "/identity/token", data=LOGIN)

    assert answer.status_code == 503
    assert answer.headers["Transaction-Id"] == simulator.requests()[0]["request_id"]


def test_other_services_have_no_such_header(call, api_headers):
    answer = call("GET", "/api/users/me", headers=api_headers)

    assert not {"Transaction-Id", "X-Global-Transaction-Id"} & {*answer.headers}


def test_ids_are_unique_and_the_same_after_every_reset(call, simulator):
    def ids():
        simulator.reset()
        call("POST", "/identity/token", data=LOGIN)
        simulator.forget_requests()
        call("POST", "/identity/token", data=LOGIN)
        call("GET", "/v2/resource_instances")
        return [record["request_id"] for record in simulator.requests()]

    assert ids() == ids() == ["simulated-iam-0002", "simulated-resource_controller-0003"]


def test_ibm_sdk_shows_the_id_of_a_refused_login(simulator, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", simulator.ca_file)
    authenticator = IAMAuthenticator("unknown", url=simulator.url)

    with pytest.raises(ApiException) as failure:
        authenticator.token_manager.get_token()

    assert failure.value.http_response.headers["Transaction-Id"] == simulator.requests("iam")[0]["request_id"]
