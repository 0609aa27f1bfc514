# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A bare 403 is explained by what is known, the cheapest cause first, and no instance is opened before the others."""

from __future__ import annotations

import json

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import ServiceError
from simulator.ids import (
    ACCOUNT,
    IAM_ONLY,
    METRICS,
    METRICS_CRN,
    OTHER_ACCOUNT_ID,
    OTHER_ACCOUNT_KEY,
    PROTECTION,
    READER_KEY,
    RETIRED,
    VIEWER_KEY,
    WRITER_KEY,
)

INSTANCES = "/v2/resource_instances"


@pytest.fixture
def denied(failure, simulator):
    """The error of a retrieval that ends with 403, and the paths of its requests."""

    def denied(**options):
        error = failure(**options)
        assert isinstance(error, ServiceError)
        assert error.facts["status"] == 403
        assert error.is_refusal
        return error, [request["path"] for request in simulator.requests()]

    return denied


def opened(error):
    """Whether the error advises to let the instance give API tokens."""
    return "external_api_auth to ANY" in error.remedy


def test_a_key_of_another_account_is_recognised_by_the_crn_without_a_further_call(denied):
    error, paths = denied(api_key=OTHER_ACCOUNT_KEY, instance_id=METRICS_CRN)

    assert f"of the account {OTHER_ACCOUNT_ID}, and the instance of the account {ACCOUNT}" in error.problem
    assert paths == ["/identity/token", "/api/token"]
    assert not opened(error)


def test_a_key_of_another_account_is_recognised_by_its_own_account_where_there_is_only_a_guid(denied):
    error, paths = denied(api_key=OTHER_ACCOUNT_KEY)

    assert f"of the account {OTHER_ACCOUNT_ID}, sees no instance with the GUID {METRICS}" in error.problem
    assert paths == ["/identity/token", "/api/token", INSTANCES]
    assert not opened(error)


def test_an_unknown_guid_is_recognised(denied):
    error, _paths = denied(instance_id="01234567-89ab-cdef-0123-456789abcdef")

    assert "sees no instance with the GUID 01234567-89ab-cdef-0123-456789abcdef" in error.problem
    assert "Compare instance_id" in error.remedy


def test_a_region_that_is_not_the_instances_is_recognised(denied, simulator):
    simulator.fault("status", status=403, path="/api/token", body='{"message": "Access is denied"}')
    error, _paths = denied(region="eu-de")

    assert "The region of the instance is us-south, not eu-de." in error.problem
    assert error.remedy.startswith("Correct region")


def test_a_product_that_is_not_the_instances_is_recognised(denied):
    error, _paths = denied(product="secure")

    assert "The product of the instance is monitor, not secure." in error.problem


def test_an_inactive_instance_is_recognised(denied):
    error, _paths = denied(instance_id=RETIRED)

    assert "The instance is inactive." in error.problem


def test_an_instance_for_iam_tokens_only_is_recognised_and_agents_are_distinguished(denied):
    error, paths = denied(instance_id=IAM_ONLY)

    assert "Access is denied" in error.problem
    assert "The instance gives no API tokens (external_api_auth=IAM_ONLY)." in error.problem
    assert error.remedy.startswith("Agents need no API token")
    assert opened(error)
    assert paths == ["/identity/token", "/api/token", INSTANCES]


@pytest.mark.parametrize("key", [READER_KEY, WRITER_KEY])
def test_workload_protection_needs_a_manager(denied, key):
    error, _paths = denied(api_key=key, instance_id=PROTECTION, product="secure")

    assert "lacks the service role Manager" in error.problem
    assert not opened(error)


@pytest.mark.parametrize("key", [READER_KEY, WRITER_KEY])
def test_monitor_is_content_with_less(retrieved, simulator, key):
    assert retrieved(api_key=key).token == simulator.token(METRICS)


def test_a_member_of_no_team_learns_of_role_team_and_network(denied):
    error, _paths = denied(api_key=VIEWER_KEY)

    assert "lacks the service role Reader on the instance" in error.problem
    assert "context-based restrictions" in error.problem
    assert "private endpoints only" in error.problem
    assert not opened(error)


def test_a_setting_that_cannot_be_seen_comes_last(denied, simulator):
    resource = {"crn": METRICS_CRN, "state": "active", "parameters": None}
    simulator.fault("status", status=200, path=INSTANCES, body=json.dumps({"resources": [resource]}), times=None)
    error, _paths = denied(api_key=VIEWER_KEY)

    assert error.remedy.index("service role Reader") < error.remedy.index("external_api_auth")
    assert not opened(error)


@pytest.mark.parametrize("body", ["[]", '{"resources": 7}', '{"resources": [{"crn": "odd"}]}', "<html>"])
def test_what_the_resource_controller_says_does_not_make_it_worse(denied, simulator, body):
    simulator.fault("status", status=200, path=INSTANCES, body=body, times=None)
    error, _paths = denied(api_key=VIEWER_KEY)

    assert "lacks the service role Reader" in error.problem


def test_the_explanation_costs_no_repetition(denied, simulator):
    simulator.fault("status", status=503, path=INSTANCES, times=None)
    _error, paths = denied(instance_id=IAM_ONLY, retries=3)

    assert paths == ["/identity/token", "/api/token", INSTANCES]
