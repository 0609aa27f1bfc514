# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may do what: roles by product, accounts, and instances that forbid API tokens."""

from __future__ import annotations

import base64
import json

import pytest
from simulator.ids import (
    ACCOUNT,
    IAM_ONLY,
    KEYS_IAM_ONLY,
    KEYS_OWNER_KEY,
    METRICS,
    OTHER_ACCOUNT,
    OTHER_ACCOUNT_ID,
    OTHER_ACCOUNT_KEY,
    OWNER_API_KEY,
    PROTECTION,
    READER_KEY,
    WRITER_KEY,
)

TOKEN, KEYS, TEAMS, ME = "/api/token", "/api/customer/accessKeys", "/api/teams", "/api/users/me"


@pytest.mark.parametrize(
    ("guid", "api_key", "allowed"),
    [
        pytest.param(METRICS, READER_KEY, {"token", "see", "others"}, id="monitor, Reader"),
        pytest.param(METRICS, WRITER_KEY, {"token", "see", "others"}, id="monitor, Writer"),
        pytest.param(METRICS, OWNER_API_KEY, {"token", "see", "manage", "others"}, id="monitor, Manager"),
        pytest.param(PROTECTION, READER_KEY, {"others"}, id="secure, Reader"),
        pytest.param(PROTECTION, WRITER_KEY, {"others"}, id="secure, Writer"),
        pytest.param(PROTECTION, OWNER_API_KEY, {"token", "see", "manage", "others"}, id="secure, Manager"),
    ],
)
def test_roles(call, simulator, by_iam, outcome, guid, api_key, allowed):
    headers = by_iam(guid, api_key)
    created = simulator.access_keys(guid)[0]["key"]
    calls = {
        "token": [("GET", TOKEN)],
        "see": [("GET", KEYS)],
        "manage": [
            ("POST", KEYS),
            ("POST", f"{KEYS}/{created}/enable"),
            ("POST", f"{KEYS}/{created}/disable"),
            ("DELETE", f"{KEYS}/{created}"),
        ],
        "others": [("GET", TEAMS), ("GET", ME)],
    }

    outcomes = {
        name: {outcome(call(*request, headers=headers)) for request in requests} for name, requests in calls.items()
    }

    succeeded = {name for name, got in outcomes.items() if got <= {200, 204}}
    assert succeeded == allowed
    assert all(outcomes[name] == {"denied"} for name in {*calls} - allowed)


def test_a_team_has_one_token_whoever_gets_it(call, simulator, by_iam):
    answer = call("GET", TOKEN, headers=by_iam(METRICS, READER_KEY))

    assert answer.json() == {"token": {"key": simulator.token(METRICS)}}


@pytest.mark.parametrize(
    ("api_key", "account", "guid"),
    [(OWNER_API_KEY, ACCOUNT, METRICS), (OTHER_ACCOUNT_KEY, OTHER_ACCOUNT_ID, OTHER_ACCOUNT)],
)
def test_iam_tokens_and_crns_name_the_account(simulator, api_key, account, guid):
    payload = simulator.iam_token(api_key).split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))

    assert claims["account"]["bss"] == account
    assert simulator.instance(guid)["crn"].split(":")[6] == f"a/{account}"


@pytest.mark.parametrize("path", [TOKEN, KEYS, TEAMS, ME])
def test_a_key_of_another_account_gets_the_bare_403(call, by_iam, outcome, path):
    assert outcome(call("GET", path, headers=by_iam(METRICS, OTHER_ACCOUNT_KEY))) == "denied"


@pytest.mark.parametrize(("guid", "api_key"), [(IAM_ONLY, OWNER_API_KEY), (KEYS_IAM_ONLY, KEYS_OWNER_KEY)])
def test_an_instance_without_api_tokens_serves_iam(call, by_iam, outcome, guid, api_key):
    headers = by_iam(guid, api_key)

    assert outcome(call("GET", TOKEN, headers=headers)) == "denied"
    assert [outcome(call("GET", path, headers=headers)) for path in (KEYS, TEAMS, ME)] == [200, 200, 200]


@pytest.mark.parametrize("path", [TOKEN, KEYS, TEAMS, ME, "/api/alerts/62", "/prometheus/api/v1/query?query=up"])
def test_an_instance_without_api_tokens_refuses_one_that_exists(call, by_token, outcome, path):
    headers = {**by_token(IAM_ONLY), "IBMInstanceID": IAM_ONLY}

    assert outcome(call("GET", path, headers=headers)) == "denied"


def test_the_setting_can_change(call, simulator, by_iam, by_token, outcome):
    def setting():
        (resource,) = call("GET", f"/v2/resource_instances?guid={METRICS}", headers=by_iam(METRICS)).json()["resources"]
        return resource["parameters"], simulator.instance(METRICS)["external_api_auth"]

    assert (setting(), outcome(call("GET", ME, headers=by_token(METRICS)))) == (({}, None), 200)

    simulator.external_api_auth(METRICS, "IAM_ONLY")

    assert setting() == ({"external_api_auth": "IAM_ONLY"}, "IAM_ONLY")
    assert outcome(call("GET", ME, headers=by_token(METRICS))) == "denied"
    assert outcome(call("GET", TOKEN, headers=by_iam(METRICS))) == "denied"
    simulator.reset()
    assert outcome(call("GET", TOKEN, headers=by_iam(METRICS))) == 200
    with pytest.raises(ValueError, match="no such instance or setting"):
        simulator.external_api_auth(METRICS, "NEVER")
