# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Instances and teams by name, and what a refusal means."""

from __future__ import annotations

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import network as errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import INSTANCE
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval import resource_controller
from simulator.ids import EUROPE, METRICS, OWNER_API_KEY, PROTECTION, VIEWER_KEY

OWNER = {"api_key": OWNER_API_KEY}


# --- Instances by name ---


def test_the_region_of_a_named_instance_wins_over_the_environment(retrieved):
    """As that of a CRN does: the region is exported for other tools."""
    result = retrieved({"IBMCLOUD_REGION": "us-south"}, **OWNER, instance_name="metrics-europe")

    assert (result.instance_id, result.region) == (EUROPE, "eu-de")


def test_an_unknown_name_is_said_even_when_the_visible_ones_cannot_be_listed(failure, monkeypatch):
    listed = resource_controller._instances

    def listed_by_name_only(settings, transport, token, filters):
        if not filters:
            raise errors.deadline_exceeded(INSTANCE, "https://resource-controller.invalid", 1, "slow")
        return listed(settings, transport, token, filters)

    monkeypatch.setattr(resource_controller, "_instances", listed_by_name_only)

    assert "instance_name='metrix'" in str(failure(**OWNER, instance_name="metrix"))


@pytest.mark.parametrize(
    ("narrowed", "said"), [({"product": "monitor"}, "product=monitor"), ({"region": "eu-gb"}, "region=eu-gb")]
)
def test_a_named_instance_that_is_elsewhere_is_not_called_unknown(failure, narrowed, said):
    error = failure(**OWNER, instance_name="protection", **narrowed)

    assert said in str(error)
    assert "Did you mean protection?" not in str(error)


def test_the_product_of_a_named_instance_decides_which_variables_count(retrieved, simulator):
    environment = {"SYSDIG_MONITOR_TEAM_ID": "102", "SYSDIG_SECURE_TEAM_ID": "202"}

    result = retrieved(environment, **OWNER, instance_name="protection")

    assert (result.product, result.team_id, result.token) == ("secure", 202, simulator.token(PROTECTION, 202))


# --- Teams, and refusals explained ---


@pytest.mark.parametrize(("written", "meant"), [("sre", "SRE"), ("SRRE", "SRE"), ("MONITOR OPERATIONS", "Monitor Op")])
def test_a_team_is_suggested_whatever_its_case(failure, written, meant):
    assert f"Did you mean {meant}" in failure(**OWNER, instance_id=METRICS, team_name=written).remedy


def test_teams_without_products_are_the_instances_own(retrieved, simulator):
    teams = '{"teams": [{"id": 102, "name": "SRE", "products": null}, {"id": 101, "name": "Other"}]}'
    simulator.fault("status", path="/api/teams", status=200, body=teams)

    assert retrieved(**OWNER, instance_id=METRICS, team_name="SRE").token == simulator.token(METRICS, 102)


def test_access_that_is_denied_to_the_teams_is_explained_too(failure):
    error = failure(api_key=VIEWER_KEY, instance_id=METRICS, team_name="SRE")

    assert "lacks the service role Reader on the instance, or is not a member of the team SRE" in str(error)


def test_a_resource_controller_that_fails_leaves_the_cheaper_cause_first(failure, simulator):
    simulator.fault("status", service="resource_controller", status=500, times=None)

    error = failure(api_key=VIEWER_KEY, instance_id=METRICS)

    assert "lacks the service role Reader" in error.problem
    assert error.remedy.endswith("If it has that, see whether external_api_auth of the instance is IAM_ONLY.")


# --- Sysdig outside IBM Cloud ---


def test_a_user_who_is_no_administrator_reads_so(failure, simulator):
    token = simulator.customer_token("saas-monitor", "operator@customer.invalid")

    error = failure(sysdig_api_token=token, username="admin@customer.invalid", team_id=9101)

    assert "administrator" in str(error)
    assert "external_api_auth" not in str(error)


def test_a_sysdig_token_that_was_reset_is_not_blamed_on_an_instance(failure, simulator):
    token = simulator.customer_token("saas-monitor", "operator@customer.invalid")
    simulator.reset_token("saas-monitor", 9102, "operator@customer.invalid")

    error = failure(sysdig_api_token=token)

    assert error.facts["status"] == 401
    assert "sysdig_api_token" in error.remedy
    assert "instance" not in error.remedy


def test_a_user_name_goes_into_the_path_as_one_part(failure, simulator):
    token = simulator.customer_token("saas-monitor", "admin@customer.invalid")

    failure(sysdig_api_token=token, username="../ü ?#/x", team_id=9101)

    assert [request["path"] for request in simulator.requests()] == ["/api/token/..%2F%C3%BC%20%3F%23%2Fx/9101"]
