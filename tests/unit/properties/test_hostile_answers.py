# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever a service answers: a usable result, or an error of ours. Nothing that it says is trusted."""

from __future__ import annotations

import base64
import json

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import ServiceError, SysdigError, from_dict
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.parse import is_header_safe
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.retrieve import retrieve
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.retrieve_access_key import retrieve_access_key
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.settings import resolve
from hostile import bodies, json_data, lists_of, objects, statuses, text
from hypothesis import example, given
from hypothesis import strategies as st
from network import API_KEY, CRN, GUID, IAM_TOKEN, INSTANCE, TEAM, TEAM_ID, Reply

PLACE = {"url": "https://sysdig.example.com", "retries": 0, "api_key": API_KEY}
BY_ID = {**PLACE, "instance_id": CRN}
JWT = st.binary(max_size=30).map(lambda claims: f"e30.{base64.urlsafe_b64encode(claims).decode().rstrip('=')}.s")
ACTIVE = objects(
    name=st.just(INSTANCE),
    crn=st.just(CRN),
    state=st.just("active"),
    parameters=objects(external_api_auth=st.just("IAM_ONLY")),
)
A_TEAM = objects(id=st.just(TEAM_ID), name=st.just(TEAM), products=st.just(["SDC"]))


def outcome(call):
    """What a retrieval comes to: its result, or its error, which must be one that can be shown and remembered."""
    try:
        return call()
    except SysdigError as error:
        failed = error
    assert API_KEY not in str(failed)
    assert IAM_TOKEN not in str(failed)
    assert from_dict(json.loads(json.dumps(failed.as_dict()))).as_dict() == failed.as_dict()
    return failed


def retrieved(**options):
    return outcome(lambda: retrieve(resolve(options, {})))


@given(bodies | objects(access_token=text | JWT), statuses)
@example({"access_token": f"e30.{base64.urlsafe_b64encode(b'[' * 100_000).decode().rstrip('=')}.s"}, 200)
def test_iam(network, body, status):
    network.forget()
    network.replies["/identity/token"] = Reply(body, status)

    result = retrieved(**BY_ID)

    if not isinstance(result, SysdigError):
        (authorization,) = {request.headers["Authorization"] for request in network.sent[1:]}
        assert authorization == f"Bearer {body['access_token']}"
        assert is_header_safe(body["access_token"])


@given(bodies | objects(resources=lists_of(ACTIVE), next_url=text), statuses)
@example({"resources": [], "next_url": "http://["}, 200)
@example({"resources": [], "next_url": "/?start=\ud800"}, 200)
def test_resource_controller(network, body, status):
    network.forget()
    network.replies["/v2/resource_instances"] = Reply(body, status)

    result = retrieved(**PLACE, instance_name=INSTANCE)

    if not isinstance(result, SysdigError):
        assert result.instance_id == GUID


def is_number(value):
    """Whether it is an int, and not a bool, which Python takes for one."""
    return isinstance(value, int) and not isinstance(value, bool)


@given(bodies | objects(teams=lists_of(A_TEAM)), statuses)
@example({"teams": [{"id": 1, "name": TEAM, "products": 7}]}, 200)
@example({"teams": [{"id": True, "name": TEAM}]}, 200)
def test_teams(network, body, status):
    network.forget()
    network.replies["/api/teams"] = Reply(body, status)

    result = retrieved(**BY_ID, team_name=TEAM)

    if not isinstance(result, SysdigError):
        assert is_number(result.team_id)


@given(bodies | objects(token=objects(key=text)), statuses)
def test_token(network, body, status):
    network.forget()
    network.replies["/api/token"] = Reply(body, status)

    result = retrieved(**BY_ID, team_id=TEAM_ID)

    if not isinstance(result, SysdigError):
        assert result.token == body["token"]["key"]
        assert is_header_safe(result.token)


@given(bodies | objects(user=objects(currentTeam=st.integers())), statuses)
@example({"user": {"currentTeam": True}}, 200)
def test_check(network, body, status):
    network.forget()
    network.replies["/api/users/me"] = Reply(body, status)

    result = retrieved(**BY_ID, check_token=True)

    if not isinstance(result, SysdigError):
        assert result.team_id is None or is_number(result.team_id)


AN_ACCESS_KEY = objects(
    accessKey=text, enabled=st.booleans(), teamId=st.integers(), limit=st.integers(), dateCreated=st.integers()
)


@given(bodies | objects(customerAccessKeys=lists_of(AN_ACCESS_KEY)), statuses)
def test_access_keys(network, body, status):
    network.forget()
    network.replies["/api/customer/accessKeys"] = Reply(body, status)
    network.replies["/v2/resource_instances"] = Reply({}, 403)

    result = outcome(lambda: retrieve_access_key(resolve(BY_ID, {})))

    if not isinstance(result, SysdigError):
        assert is_header_safe(result.access_key)
        assert {"accessKey": result.access_key, "enabled": True} in [
            {name: entry.get(name) for name in ("accessKey", "enabled")} for entry in body["customerAccessKeys"]
        ]


@given(bodies | objects(resources=lists_of(objects(credentials=objects(**{"Sysdig Access Key": text})))), statuses)
def test_resource_keys(network, body, status):
    network.forget()
    network.replies["/api/customer/accessKeys"] = Reply({}, 403)
    network.replies["/v2/resource_instances"] = Reply(body, status)

    result = outcome(lambda: retrieve_access_key(resolve(BY_ID, {})))

    if not isinstance(result, SysdigError):
        assert is_header_safe(result.access_key)
        assert result.access_key_source == "resource_key"


@given(
    bodies | objects(resources=lists_of(ACTIVE)),
    bodies | objects(teams=json_data),
)
def test_what_a_refusal_means(network, instances, teams):
    """Two more calls explain a 403, and must not make it worse."""
    network.forget()
    network.replies |= {
        "/api/token": Reply({}, 403),
        "/v2/resource_instances": Reply(instances),
        "/api/teams": Reply(teams),
    }

    assert isinstance(retrieved(**BY_ID, team_id=TEAM_ID), ServiceError)


@given(st.binary(max_size=60), statuses)
def test_what_is_no_json(network, body, status):
    for path in network.replies:
        network.forget()
        network.replies[path] = Reply(body, status)
        retrieved(**BY_ID, team_name=TEAM, check_token=True)


@given(st.sampled_from(["errorMessage", "errorCode", "message"]), text)
@example("errorMessage", "\x1b[31m")
@example("errorCode", "two\nlines")
def test_words_of_a_service_move_no_cursor(network, key, words):
    """Escape sequences of terminals, and line breaks that could forge a line of output."""
    network.forget()
    network.replies |= {"/identity/token": Reply({key: words}, 400)}

    assert str(retrieved(**BY_ID)).isprintable()
