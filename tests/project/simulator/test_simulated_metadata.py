# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated metadata service of a virtual server: what it asks for, and whom its tokens are for."""

from __future__ import annotations

import base64
import json
from datetime import date, timedelta

import pytest
from simulator.ids import METRICS, ONE_TEAM_PROFILE, OTHER_PROFILE, profile_crn

PROFILE_CRN = profile_crn(ONE_TEAM_PROFILE)
OLD, NEW = "2022-03-01", "2025-08-26"
# By version: the paths of the identity token and of the IAM token.
PATHS = {
    OLD: ("/instance_identity/v1/token", "/instance_identity/v1/iam_token"),
    NEW: ("/identity/v1/token", "/identity/v1/iam_tokens"),
}
FLAVOR = {"Metadata-Flavor": "ibm"}


@pytest.fixture
def identity_token(call):
    """A fresh identity token."""
    return call("PUT", PATHS[OLD][0], params={"version": OLD}, headers=FLAVOR, json={}).json()["access_token"]


@pytest.fixture
def exchange(call, identity_token):
    """Ask for an IAM token with that identity token, and with this body."""
    return lambda body=None: call(
        "POST",
        PATHS[OLD][1],
        params={"version": OLD},
        headers={"Authorization": f"Bearer {identity_token}"},
        data=json.dumps(body) if body is not None else None,
    )


def iam_id(token):
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["iam_id"]


@pytest.mark.parametrize("version", PATHS)
def test_an_identity_token_is_exchanged_for_an_iam_token_that_sysdig_accepts(call, simulator, version):
    identity_path, iam_path = PATHS[version]
    parameters = {"version": version}

    identity = call("PUT", identity_path, params=parameters, headers=FLAVOR, json={"expires_in": 60}).json()
    bearer = {"Authorization": f"Bearer {identity['access_token']}"}
    iam = call("POST", iam_path, params=parameters, headers=bearer).json()

    assert (identity["expires_in"], iam["expires_in"]) == (60, 3600)
    assert {*identity} == {*iam} == {"access_token", "created_at", "expires_at", "expires_in"}
    token = call(
        "GET", "/api/token", headers={"Authorization": f"Bearer {iam['access_token']}", "IBMInstanceID": METRICS}
    )
    assert token.json() == {"token": {"key": simulator.token(METRICS)}}
    assert [record["service"] for record in simulator.requests()] == ["metadata", "metadata", "sysdig"]


@pytest.mark.parametrize(
    ("body", "iam_id_ends"),
    [
        pytest.param(None, "1", id="no body: the default profile"),
        pytest.param({}, "1", id="empty body: the default profile"),
        pytest.param({"trusted_profile": {"id": ONE_TEAM_PROFILE}}, "3", id="by ID"),
        pytest.param({"trusted_profile": {"crn": PROFILE_CRN}}, "3", id="by CRN"),
        pytest.param({"trusted_profile": {"name": "one-team-hosts"}}, "3", id="by name"),
    ],
)
def test_a_linked_profile_may_be_named(exchange, body, iam_id_ends):
    assert iam_id(exchange(body).json()["access_token"]).endswith(iam_id_ends)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"trusted_profile": {"id": OTHER_PROFILE}}, id="not linked"),
        pytest.param({"trusted_profile": {"id": PROFILE_CRN}}, id="CRN for an ID"),
        pytest.param({"trusted_profile": {"id": ONE_TEAM_PROFILE, "crn": PROFILE_CRN}}, id="twice"),
        pytest.param({"trusted_profile": {"name": "other-hosts"}}, id="not linked, by name"),
        pytest.param({"trusted_profile": ONE_TEAM_PROFILE}, id="not an object"),
        pytest.param({"profile_id": ONE_TEAM_PROFILE}, id="unknown field"),
        pytest.param([], id="not an object at all"),
    ],
)
def test_another_profile_is_refused(exchange, body):
    answer = exchange(body)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        pytest.param({"headers": {}}, 400, id="no flavor"),
        pytest.param({"headers": {"Metadata-Flavor": "google"}}, 400, id="another flavor"),
        pytest.param({"params": {}}, 400, id="no version"),
        pytest.param({"params": {"version": "2022-02-28"}}, 400, id="too old a version"),
        pytest.param({"params": {"version": "2022-02-30"}}, 400, id="no such day"),
        pytest.param({"params": {"version": str(date.today() + timedelta(2))}}, 400, id="version of the future"),
        pytest.param({"params": {"version": OLD, "expires_in": "60"}}, 400, id="field in the URL"),
        pytest.param({"params": {"version": NEW}}, 404, id="path of older versions"),
        pytest.param({"json": {"expires_in": 4}}, 400, id="too short a life"),
        pytest.param({"json": {"expires_in": 3601}}, 400, id="too long a life"),
        pytest.param({"json": {"expires_in": "60"}}, 400, id="text for a number"),
        pytest.param({"json": {"expires_in": True}}, 400, id="truth value for a number"),
        pytest.param({"json": {"lifetime": 60}}, 400, id="unknown field"),
        pytest.param({"json": None, "data": "{"}, 400, id="not JSON"),
        pytest.param({"method": "POST"}, 405, id="POST"),
    ],
)
def test_a_wrong_request_for_an_identity_token_is_refused(call, changed, status):
    request = {"method": "PUT", "params": {"version": OLD}, "headers": FLAVOR, "json": {}, **changed}

    answer = call(request.pop("method"), PATHS[OLD][0], **request)

    assert answer.status_code == status
    assert answer.json()["trace"]


@pytest.mark.parametrize("authorization", [None, "Bearer nonsense", "{identity}", "Bearer {iam}"])
def test_only_an_identity_token_is_exchanged(call, simulator, identity_token, authorization):
    headers = {}
    if authorization:
        headers["Authorization"] = authorization.format(identity=identity_token, iam=simulator.iam_token())

    answer = call("POST", PATHS[OLD][1], params={"version": OLD}, headers=headers)

    assert answer.status_code == 401
    assert answer.json()["errors"][0]["code"] == "not_authenticated"


def test_an_identity_token_is_no_iam_token(call, identity_token):
    headers = {"Authorization": f"Bearer {identity_token}", "IBMInstanceID": METRICS}

    assert call("GET", "/api/token", headers=headers).status_code == 401
    assert call("GET", "/v2/resource_instances", headers=headers).status_code == 401


@pytest.mark.parametrize("version", PATHS)
@pytest.mark.parametrize("flavor", [{}, {"Metadata-Flavor": "google"}], ids=["no flavor", "another flavor"])
def test_both_versions_ask_for_the_flavor(call, version, flavor):
    answer = call("PUT", PATHS[version][0], params={"version": version}, headers=flavor, json={})

    assert answer.status_code == 400
    assert "Metadata-Flavor" in answer.json()["errors"][0]["message"]


@pytest.mark.parametrize(("flavor", "status"), [({}, 200), (FLAVOR, 200), ({"Metadata-Flavor": "google"}, 400)])
def test_the_exchange_needs_no_flavor_but_takes_no_other(call, identity_token, flavor, status):
    headers = {"Authorization": f"Bearer {identity_token}", **flavor}

    assert call("POST", PATHS[OLD][1], params={"version": OLD}, headers=headers).status_code == status


@pytest.mark.parametrize("version", PATHS)
def test_each_version_has_paths_of_its_own(call, version):
    (other,) = {*PATHS} - {version}

    answer = call("PUT", PATHS[other][0], params={"version": version}, headers=FLAVOR, json={})

    assert answer.status_code == 404


@pytest.mark.parametrize(("version", "status"), [(OLD, 404), (NEW, 200)])
def test_a_bare_metal_server_has_only_the_new_paths(call, simulator, version, status):
    simulator.modes(bare_metal=True)

    answer = call("PUT", PATHS[version][0], params={"version": version}, headers=FLAVOR, json={})

    assert answer.status_code == status
