# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modes that tests switch on: a product that does not know a header, and one that insists on another."""

from __future__ import annotations

import pytest
from simulator.ids import AUDIT_TEAM, METRICS, ONE_TEAM_KEY, PROTECTION, SAAS, SAAS_ADMIN, SRE_TEAM

PRODUCTS = {"monitor": (METRICS, SRE_TEAM), "secure": (PROTECTION, AUDIT_TEAM)}
HEADERS = ("SysdigTeamID", "TeamID")


@pytest.fixture
def token(call, by_iam):
    """The token that an instance gives to somebody who asks with these headers."""
    return lambda guid, headers: call("GET", "/api/token", headers={**by_iam(guid), **headers}).json()["token"]["key"]


@pytest.mark.parametrize("product", PRODUCTS)
@pytest.mark.parametrize("ignored", HEADERS)
def test_a_product_that_ignores_a_header_gives_the_default_teams_token(call, simulator, token, product, ignored):
    guid, team = PRODUCTS[product]
    (known,) = {*HEADERS} - {ignored}
    team_token = simulator.token(guid, team)
    assert token(guid, {ignored: str(team)}) == team_token

    simulator.modes(ignored_team_header={product: ignored})

    assert token(guid, {ignored: str(team)}) == simulator.token(guid) != team_token
    assert token(guid, {known: str(team)}) == team_token
    assert token(guid, {ignored: str(team), known: str(team)}) == team_token
    assert token(guid, {ignored: "999", known: str(team)}) == team_token


@pytest.mark.parametrize("ignored", HEADERS)
def test_the_other_product_still_knows_the_header(simulator, token, ignored):
    simulator.modes(ignored_team_header={"monitor": ignored})

    assert token(PROTECTION, {ignored: str(AUDIT_TEAM)}) == simulator.token(PROTECTION, AUDIT_TEAM)


def test_both_products_may_ignore_one_each(simulator, token):
    simulator.modes(ignored_team_header={"monitor": "TeamID", "secure": "SysdigTeamID"})

    assert token(METRICS, {"TeamID": str(SRE_TEAM)}) == simulator.token(METRICS)
    assert token(PROTECTION, {"SysdigTeamID": str(AUDIT_TEAM)}) == simulator.token(PROTECTION)


def test_who_is_not_in_the_default_team_gets_their_own(call, simulator, by_iam):
    simulator.modes(ignored_team_header={"monitor": "SysdigTeamID"})

    answer = call("GET", "/api/token", headers={**by_iam(METRICS, ONE_TEAM_KEY), "SysdigTeamID": "101"})

    assert answer.json() == {"token": {"key": simulator.token(METRICS, SRE_TEAM)}}


@pytest.mark.parametrize("ignored", HEADERS)
def test_the_teams_token_shows_whose_it_is(call, simulator, token, ignored):
    simulator.modes(ignored_team_header={"monitor": ignored})
    given = token(METRICS, {ignored: str(SRE_TEAM)})

    answer = call("GET", "/api/users/me", headers={"Authorization": f"Bearer {given}", ignored: str(SRE_TEAM)})

    assert answer.json()["user"]["currentTeam"] == 101


@pytest.mark.parametrize("path", ["/api/token", "/api/users/me", "/api/customer/accessKeys", "/api/alerts/62"])
def test_the_rest_api_insists_on_the_instance_when_strict(call, simulator, by_token, path):
    assert call("GET", path, headers=by_token(METRICS)).status_code == 200

    simulator.modes(require_instance_id=True)

    refused = call("GET", path, headers=by_token(METRICS))
    assert refused.status_code == 401
    assert "IBMInstanceID" in refused.text
    assert call("GET", path, headers={**by_token(METRICS), "IBMInstanceID": METRICS}).status_code == 200


def test_consumers_of_metrics_never_name_the_instance(call, simulator, by_token):
    simulator.modes(require_instance_id=True)
    write = {"Content-Type": "application/x-protobuf", "Content-Encoding": "snappy"}

    read = call("GET", "/prometheus/api/v1/query?query=up", headers=by_token(METRICS))
    written = call("POST", "/prometheus/remote/write", headers={**by_token(METRICS), **write}, data=b"x")

    assert (read.status_code, written.status_code) == (200, 200)


def test_there_is_no_instance_outside_ibm_cloud(call, simulator):
    simulator.modes(require_instance_id=True)
    headers = {"Authorization": f"Bearer {simulator.customer_token(SAAS, SAAS_ADMIN)}"}

    assert call("GET", "/api/users/me", headers=headers).status_code == 200


@pytest.mark.parametrize("end", ["modes", "reset"])
def test_modes_end(call, simulator, by_token, end):
    simulator.modes(require_instance_id=True)

    getattr(simulator, end)()

    assert call("GET", "/api/users/me", headers=by_token(METRICS)).status_code == 200


@pytest.mark.parametrize(
    "mistake",
    [
        {"ignored_team_header": {"monitor": "Team"}},
        {"ignored_team_header": {"metrics": "TeamID"}},
        {"strict": True},
    ],
)
def test_mistaken_mode_is_an_error(simulator, mistake):
    with pytest.raises(ValueError, match="the simulator refuses POST modes"):
        simulator.modes(**mistake)
