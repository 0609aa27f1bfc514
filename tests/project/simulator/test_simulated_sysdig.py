# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated Sysdig API: who gets which token, and who is refused."""

from __future__ import annotations

import http.client
import ssl
from urllib.parse import quote

import pytest
import requests
from simulator.ids import (
    EUROPE,
    IAM_ONLY,
    METRICS,
    OBJECT_STORAGE,
    ONE_TEAM_KEY,
    OTHER_ACCOUNT,
    PROTECTION,
    RETIRED,
)

ACCESS_DENIED = {"errors": [{"reason": "Not enough privileges to complete the action", "message": "Access is denied"}]}


@pytest.mark.parametrize(
    ("guid", "headers", "team"),
    [
        (METRICS, {}, 101),
        (METRICS, {"SysdigProduct": "SDC", "SysdigTeamID": "102"}, 102),
        (METRICS, {"TeamID": "102"}, 102),
        (METRICS, {"TeamID": "102", "SysdigTeamID": "102"}, 102),
        (PROTECTION, {"SysdigProduct": "SDS"}, 201),
        (PROTECTION, {"TeamID": "202"}, 202),
        (PROTECTION, {"SysdigTeamID": "202"}, 202),
        (PROTECTION, {"TeamID": "202", "SysdigTeamID": "202"}, 202),
    ],
)
def test_headers_select_instance_and_team(call, simulator, iam_headers, guid, headers, team):
    answer = call("GET", "/api/token", headers={**iam_headers, "IBMInstanceID": guid, **headers})

    assert answer.json() == {"token": {"key": simulator.token(guid, team)}}


def test_caller_outside_the_default_team_gets_their_own_teams_token(call, simulator):
    headers = {"Authorization": f"Bearer {simulator.iam_token(ONE_TEAM_KEY)}", "IBMInstanceID": METRICS}

    answer = call("GET", "/api/token", headers=headers)

    assert answer.json() == {"token": {"key": simulator.token(METRICS, 102)}}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({"IBMInstanceID": None}, 401, id="no instance"),
        pytest.param({"IBMInstanceID": "metrics"}, 403, id="name for GUID"),
        pytest.param({"IBMInstanceID": OTHER_ACCOUNT}, 403, id="another account's instance"),
        pytest.param({"IBMInstanceID": RETIRED}, 403, id="inactive instance"),
        pytest.param({"IBMInstanceID": OBJECT_STORAGE}, 403, id="another service"),
        pytest.param({"IBMInstanceID": IAM_ONLY}, 403, id="IAM_ONLY"),
        pytest.param({"SysdigTeamID": "999"}, 403, id="unknown team"),
        pytest.param({"SysdigTeamID": "201"}, 403, id="another instance's team"),
        pytest.param({"SysdigTeamID": "SRE"}, 403, id="team name for id"),
        pytest.param({"SysdigProduct": "SDS"}, 403, id="wrong product"),
        pytest.param({"SysdigProduct": "monitor"}, 400, id="unknown product"),
        pytest.param({"IBMInstanceID": PROTECTION, "SysdigProduct": "SDC"}, 403, id="wrong product, secure"),
        pytest.param(
            {"IBMInstanceID": PROTECTION, "TeamID": "201", "SysdigTeamID": "202"}, 400, id="team headers differ"
        ),
    ],
)
def test_wrong_headers_are_refused(call, iam_headers, headers, status):
    answer = call("GET", "/api/token", headers={**iam_headers, **headers})

    assert answer.status_code == status
    assert answer.json() == ACCESS_DENIED or status != 403
    assert answer.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "{token}",
        "bearer {token}",
        "Bearer  {token}",
        "Bearer Bearer {token}",
        "Basic {token}",
        "Bearer {token}x",
        "Bearer {token}!",
        "Bearer a.b.c",
        "Bearer é.é.é",
    ],
)
def test_authorization_must_be_exact(call, simulator, iam_headers, authorization):
    value = authorization and authorization.format(token=simulator.iam_token())

    assert call("GET", "/api/token", headers={**iam_headers, "Authorization": value}).status_code == 401


def test_expired_iam_token_is_refused(call, simulator, iam_headers):
    iam_headers["Authorization"] = f"Bearer {simulator.iam_token(lifetime=-1)}"

    answer = call("GET", "/api/token", headers=iam_headers)

    assert answer.status_code == 401
    assert "expired" in answer.text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/api/token", 404),
        ("GET", "/api/token/", 404),
        ("POST", "/api/token", 405),
        ("DELETE", "/api/teams/101", 405),
        ("GET", "/api/teams?product=monitor", 400),
        ("GET", "/api/teams/999", 404),
        ("GET", "/api/v2/teams/light/name/Nobody", 404),
        ("GET", "/api/v2/teams/light/name/A/B", 404),
    ],
)
def test_wrong_request_is_refused(call, iam_headers, method, path, status):
    answer = call(method, path, headers=iam_headers)

    assert answer.status_code == status
    assert answer.json()["errors"][0]["reason"]


def test_iam_only_instance_still_lists_teams(call, iam_headers):
    teams = call("GET", "/api/teams", headers={**iam_headers, "IBMInstanceID": IAM_ONLY}).json()["teams"]

    assert [team["id"] for team in teams] == [401, 402]


@pytest.mark.parametrize(("query", "count"), [("", 35), ("?product=SDC", 35), ("?product=SDS", 0)])
def test_teams_of_a_large_instance(call, iam_headers, query, count):
    teams = call("GET", f"/api/teams{query}", headers={**iam_headers, "IBMInstanceID": EUROPE}).json()["teams"]

    assert len(teams) == count
    assert all(team["products"] == ["SDC"] and isinstance(team["id"], int) for team in teams)
    assert [team["id"] for team in teams if team["default"]] == ([301] if count else [])


@pytest.mark.parametrize(("name", "team_id"), [("SRE", 102), ("Größe: A/B test", 103)])
def test_team_by_name_and_by_id(call, iam_headers, name, team_id):
    light = call("GET", f"/api/v2/teams/light/name/{quote(name, safe='')}", headers=iam_headers).json()
    full = call("GET", f"/api/teams/{team_id}", headers=iam_headers).json()

    assert light["team"]["id"] == team_id
    assert (full["team"]["id"], full["team"]["name"]) == (team_id, name)


def test_me_names_the_current_team(call, simulator, iam_headers):
    by_iam = call("GET", "/api/users/me", headers={**iam_headers, "SysdigTeamID": "102"}).json()
    by_token = call("GET", "/api/users/me", headers={"Authorization": f"Bearer {simulator.token(METRICS, 103)}"}).json()

    assert (by_iam["user"]["currentTeam"], by_iam["user"]["username"]) == (102, "owner")
    assert by_token["user"]["currentTeam"] == 103


@pytest.mark.parametrize("path", ["/api/alerts/62", "/prometheus/api/v1/query?query=up"])
def test_api_token_is_accepted_until_it_is_reset(call, simulator, iam_headers, api_headers, path):
    assert call("GET", path, headers=iam_headers).status_code == 401
    assert call("GET", path, headers=api_headers).status_code == 200

    new = simulator.reset_token(METRICS, 101)

    assert call("GET", path, headers=api_headers).status_code == 401
    assert call("GET", path, headers={"Authorization": f"Bearer {new}"}).status_code == 200
    assert call("GET", "/api/token", headers=iam_headers).json()["token"]["key"] == new


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"IBMInstanceID": METRICS, "SysdigTeamID": "101", "SysdigProduct": "SDC"}, 200),
        ({"IBMInstanceID": PROTECTION}, 403),
        ({"SysdigTeamID": "102"}, 403),
        ({"SysdigProduct": "SDS"}, 403),
    ],
)
def test_api_token_is_bound_to_its_team(call, api_headers, headers, status):
    assert call("GET", "/api/token", headers={**api_headers, **headers}).status_code == status


@pytest.mark.parametrize(
    ("customer", "caller", "path", "whose", "team"),
    [
        ("saas-monitor", "operator@customer.invalid", "", "operator@customer.invalid", 9102),
        ("on-premises-secure", "auditor@on-premises.invalid", "", "auditor@on-premises.invalid", 9202),
        (
            "saas-monitor",
            "admin@customer.invalid",
            "/operator@customer.invalid/9101",
            "operator@customer.invalid",
            9101,
        ),
    ],
)
def test_customers_of_sysdig_get_tokens(call, simulator, customer, caller, path, whose, team):
    headers = {"Authorization": f"Bearer {simulator.customer_token(customer, caller)}"}

    answer = call("GET", f"/api/token{path}", headers=headers)

    assert answer.json() == {"token": {"key": simulator.customer_token(customer, whose, team)}}


@pytest.mark.parametrize(
    ("caller", "path"),
    [
        pytest.param("operator@customer.invalid", "admin@customer.invalid/9101", id="caller is no administrator"),
        pytest.param("admin@customer.invalid", "operator@customer.invalid/9103", id="user not in the team"),
        pytest.param("admin@customer.invalid", "admin@on-premises.invalid/9201", id="another customer's user"),
    ],
)
def test_tokens_of_other_users_are_refused(call, simulator, caller, path):
    headers = {"Authorization": f"Bearer {simulator.customer_token('saas-monitor', caller)}"}

    answer = call("GET", f"/api/token/{path}", headers=headers)

    assert (answer.status_code, answer.json()) == (403, ACCESS_DENIED)


@pytest.mark.parametrize("name", ["Authorization", "IBMInstanceID", "SysdigTeamID", "SysdigProduct"])
def test_same_header_twice_is_refused(simulator, iam_headers, name):
    # requests cannot send a header twice; http.client can.
    connection = http.client.HTTPSConnection(
        simulator.url.removeprefix("https://"), context=ssl.create_default_context(cafile=simulator.ca_file)
    )
    connection.putrequest("GET", "/api/token")
    headers = {**iam_headers, "SysdigTeamID": "101", "SysdigProduct": "SDC"}
    for header in [*headers.items(), (name, headers[name])]:
        connection.putheader(*header)
    connection.endheaders()

    assert connection.getresponse().status == (401 if name == "Authorization" else 400)
    connection.close()


def test_certificate_holds_for_localhost_too(simulator):
    url = simulator.url.replace("127.0.0.1", "localhost")

    assert requests.get(f"{url}/api/token", verify=simulator.ca_file, timeout=5).status_code == 401


@pytest.mark.parametrize(
    ("address", "complaint"), [("wrong_name_url", "mismatch"), ("expired_url", "expired"), ("url", "local issuer")]
)
def test_certificates_to_refuse(simulator, address, complaint):
    authority = True if address == "url" else simulator.ca_file

    with pytest.raises(requests.exceptions.SSLError, match=complaint):
        requests.get(f"{getattr(simulator, address)}/api/token", verify=authority, timeout=5)
