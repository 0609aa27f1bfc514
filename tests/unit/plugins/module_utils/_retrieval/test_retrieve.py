# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From settings to result against the simulator: which requests are made, and what comes out."""

from __future__ import annotations

from urllib.parse import parse_qs, quote

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import CHECK
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.retrieve import from_known_token
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.settings import resolve
from simulator.ids import METRICS, OWNER_API_KEY, PROTECTION, SHARED_EUROPE, SHARED_GROUP
from simulator.simulator import fingerprint

IAM_CALL = ("POST", "/identity/token", {})


def sysdig_call(path, guid=METRICS, product="SDC", **team):
    return ("GET", path, {"IBMInstanceID": guid, "SysdigProduct": product, **team})


def test_an_api_key_gives_the_token_of_the_default_team_with_two_calls(simulator, calls, retrieved):
    result = retrieved()

    assert calls() == [IAM_CALL, sysdig_call("/api/token")]
    assert result.as_dict() == {
        "token": simulator.token(METRICS),
        "product": "monitor",
        "region": None,
        "instance_id": METRICS,
        "team_id": None,
        "team_name": None,
        "url": simulator.url,
        "endpoints": {
            "api": simulator.url,
            "collector": None,
            "collector_port": None,
            "remote_write": f"{simulator.url}/prometheus/remote/write",
            "prometheus": f"{simulator.url}/prometheus",
        },
    }


def test_the_login_is_a_form_with_the_key_in_its_body(simulator, retrieved):
    retrieved()

    (login,) = simulator.requests("iam")
    headers = dict(login["headers"])
    assert parse_qs(login["body"], strict_parsing=True) == {
        "grant_type": ["urn:ibm:params:oauth:grant-type:apikey"],
        "apikey": [OWNER_API_KEY],
        "response_type": ["cloud_iam"],
    }
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert "Authorization" not in headers


@pytest.mark.parametrize("form", ["{}", "Bearer {}", "IAM token:  Bearer {}"])
def test_an_iam_token_is_used_as_it_is_and_goes_out_as_bearer(simulator, calls, retrieved, form):
    token = simulator.iam_token()

    result = retrieved(api_key=None, iam_token=form.format(token))

    assert result.token == simulator.token(METRICS)
    assert calls() == [sysdig_call("/api/token")]
    assert dict(simulator.requests()[0]["headers"])["Authorization"] == f"Bearer {token}"


def test_a_crn_sets_region_and_collector_beside_a_url(simulator, retrieved):
    result = retrieved(instance_id=simulator.instance(METRICS)["crn"])

    assert (result.region, result.url) == ("us-south", simulator.url)
    assert result.endpoints.collector == "ingest.us-south.monitoring.cloud.ibm.com"
    assert (
        result.endpoints.remote_write == "https://ingest.prws.us-south.monitoring.cloud.ibm.com/prometheus/remote/write"
    )


def test_a_team_of_monitor_is_requested_in_both_headers(simulator, calls, retrieved):
    result = retrieved(team_id=102)

    assert calls() == [IAM_CALL, sysdig_call("/api/token", SysdigTeamID="102", TeamID="102")]
    assert (result.token, result.team_id, result.team_name) == (simulator.token(METRICS, 102), 102, None)


def test_a_team_of_secure_is_requested_in_both_headers(simulator, calls, retrieved):
    result = retrieved(instance_id=PROTECTION, product="secure", team_id=202)

    team = {"SysdigTeamID": "202", "TeamID": "202"}
    assert calls() == [IAM_CALL, sysdig_call("/api/token", PROTECTION, "SDS", **team)]
    assert (result.token, result.product) == (simulator.token(PROTECTION, 202), "secure")


@pytest.mark.parametrize(("name", "number"), [("SRE", 102), ("Größe: A/B test", 103), ("Monitor Operations", 101)])
def test_a_team_may_be_named_whatever_characters_it_has(simulator, calls, retrieved, name, number):
    result = retrieved(team_name=name)

    assert calls() == [
        IAM_CALL,
        sysdig_call("/api/teams"),
        sysdig_call("/api/token", SysdigTeamID=str(number), TeamID=str(number)),
    ]
    assert (result.token, result.team_id, result.team_name) == (simulator.token(METRICS, number), number, name)


@pytest.mark.parametrize(("instance", "team_id"), [(METRICS, 102), (PROTECTION, 202)])
@pytest.mark.parametrize("ignored", ["SysdigTeamID", "TeamID"])
def test_whichever_header_a_product_ignores_the_token_is_the_teams(simulator, retrieved, instance, team_id, ignored):
    simulator.modes(ignored_team_header={"monitor": ignored, "secure": ignored})
    product = {METRICS: "monitor", PROTECTION: "secure"}[instance]

    result = retrieved(instance_id=instance, product=product, team_id=team_id, check_token=True)

    assert result.token == simulator.token(instance, team_id)


@pytest.mark.parametrize("instance", [METRICS, PROTECTION])
def test_a_service_that_needs_the_instance_in_every_call_gets_it(simulator, retrieved, instance):
    simulator.modes(require_instance_id=True)

    result = retrieved(instance_id=simulator.instance(instance)["crn"], check_token=True)

    assert result.token == simulator.token(instance)


@pytest.mark.parametrize(("team", "named"), [({"team_id": 102}, "102"), ({"team_name": "SRE"}, "'SRE' (102)")])
def test_a_token_of_another_team_is_refused_and_both_teams_are_named(simulator, failure, team, named):
    simulator.fault("status", status=200, path="/api/users/me", body='{"user": {"currentTeam": 101}}')

    error = failure(check_token=True, **team)

    assert error.step == CHECK
    assert f"the token is of the team 101, and the team {named} was requested" in error.problem


@pytest.mark.parametrize("user", ["{}", '{"currentTeam": null}', '{"currentTeam": "102"}', '{"currentTeam": true}'])
def test_a_token_without_a_team_is_refused_if_a_team_was_requested(simulator, retrieved, failure, user):
    simulator.fault("status", status=200, path="/api/users/me", body=f'{{"user": {user}}}', times=None)

    assert "without the team of the token" in failure(check_token=True, team_id=102).problem
    assert retrieved(check_token=True).team_id is None


@pytest.mark.parametrize(("team", "number"), [({}, 101), ({"team_id": 102}, 102)])
def test_the_token_is_proved_with_itself_and_the_instance_and_tells_its_team(simulator, calls, retrieved, team, number):
    result = retrieved(check_token=True, **team)

    proof = simulator.requests()[-1]
    assert calls()[-1] == sysdig_call("/api/users/me")
    assert proof["token_fingerprint"] == fingerprint(result.token)
    assert (result.token, result.team_id) == (simulator.token(METRICS, number), number)


def test_an_instance_may_be_named(simulator, calls, retrieved):
    result = retrieved(instance_id=None, instance_name="protection-europe")

    assert [call[:2] for call in calls()] == [
        ("POST", "/identity/token"),
        ("GET", "/v2/resource_instances?name=protection-europe"),
        ("GET", "/api/token"),
    ]
    assert (result.product, result.region) == ("secure", "eu-de")
    assert result.token == simulator.token(result.instance_id)


@pytest.mark.parametrize(
    ("narrowed", "guid"),
    [
        ({"region": "eu-de"}, SHARED_EUROPE),
        ({"region": "us-south", "resource_group_id": "2" * 16 + "b" * 16}, SHARED_GROUP),
    ],
)
def test_a_name_that_several_instances_have_is_narrowed_down(simulator, retrieved, narrowed, guid):
    assert retrieved(instance_id=None, instance_name="shared-name", **narrowed).instance_id == guid


def test_outside_ibm_cloud_the_sysdig_token_alone_is_sent(simulator, calls, retrieved):
    own = simulator.customer_token("saas-monitor", "operator@customer.invalid")

    result = retrieved(api_key=None, instance_id=None, sysdig_api_token=own)

    assert calls() == [("GET", "/api/token", {})]
    assert (result.token, result.instance_id) == (own, None)


def test_an_administrator_reads_the_token_of_another_user(simulator, calls, retrieved):
    admin = simulator.customer_token("saas-monitor", "admin@customer.invalid")

    result = retrieved(
        api_key=None, instance_id=None, sysdig_api_token=admin, username="operator@customer.invalid", team_name="SRE"
    )

    assert calls()[-1][1] == f"/api/token/{quote('operator@customer.invalid', safe='')}/9102"
    assert result.token == simulator.customer_token("saas-monitor", "operator@customer.invalid", 9102)


def test_a_known_token_gives_the_addresses_without_a_call(simulator):
    settings = resolve({"region": "us-south"}, {}, token_is_known=True)

    assert from_known_token(settings, "token").endpoints.api == "https://us-south.monitoring.cloud.ibm.com"
    assert simulator.requests() == []
