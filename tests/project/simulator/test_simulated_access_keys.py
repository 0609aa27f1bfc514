# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated life of access keys: created, disabled, enabled, deleted."""

from __future__ import annotations

import time

import pytest
from simulator.ids import (
    DISABLED_ACCESS_KEY,
    ENABLED_ACCESS_KEY,
    IAM_ONLY,
    IAM_ONLY_ACCESS_KEY,
    KEYS_AUDIT_TEAM,
    KEYS_IAM_ONLY,
    KEYS_IAM_ONLY_ACCESS_KEY,
    KEYS_MONITOR,
    KEYS_MONITOR_LIMITED,
    KEYS_OWNER_KEY,
    KEYS_SECURE,
    KEYS_SECURE_AUDIT,
    METRICS,
    PROTECTION,
    PROTECTION_ACCESS_KEY,
    SAAS,
    SAAS_ADMIN,
    SAAS_OPERATOR,
)

PATH = "/api/customer/accessKeys"
DAY_2020, DAY_2021 = 1577836800000, 1609459200000  # 1 January, in milliseconds


@pytest.fixture(params=["IAM token", "API token"])
def manager(request, by_iam, by_token):
    """The headers of the monitor instance's manager, by either kind of token."""
    return by_iam(METRICS) if request.param == "IAM token" else {**by_token(METRICS), "IBMInstanceID": METRICS}


@pytest.fixture
def listed(call, by_iam):
    """The keys of an instance, by key."""

    def listed(guid=METRICS, **login):
        keys = call("GET", PATH, headers=by_iam(guid, **login)).json()["customerAccessKeys"]
        return {key["accessKey"]: key for key in keys}

    return listed


def test_every_documented_field_is_listed(call, manager):
    answer = call("GET", PATH, headers=manager)

    unlimited = {"limit": None, "reservation": None}
    assert answer.json() == {
        "customerAccessKeys": [
            {
                "accessKey": DISABLED_ACCESS_KEY,
                "enabled": False,
                "dateCreated": DAY_2020,
                "dateDisabled": DAY_2021,
                **unlimited,
            },
            {
                "accessKey": ENABLED_ACCESS_KEY,
                "enabled": True,
                "dateCreated": DAY_2021,
                "dateDisabled": None,
                **unlimited,
            },
        ]
    }


def test_workload_protection_lists_teams_too(listed):
    keys = listed(KEYS_SECURE, api_key=KEYS_OWNER_KEY)

    assert [key["teamId"] for key in keys.values()] == [None, 1502, 1502, None, 1503]
    assert [key["limit"] for key in keys.values()] == [None, 5, None, None, None]
    assert keys[KEYS_SECURE_AUDIT]["teamId"] == KEYS_AUDIT_TEAM


def test_limit_and_reservation_are_listed(listed):
    keys = listed(KEYS_MONITOR, api_key=KEYS_OWNER_KEY).values()

    assert [(key["limit"], key["reservation"]) for key in keys] == [(2, None), (None, None), (None, None), (None, 1)]


def test_life_of_a_key(call, manager, listed):
    before = time.time() * 1000
    created = call("POST", PATH, headers=manager).json()["customerAccessKey"]
    key = f"{PATH}/{created['accessKey']}"
    disabled = call("POST", f"{key}/disable", headers=manager).json()["customerAccessKey"]
    after_disabling = listed()
    enabled = call("POST", f"{key}/enable", headers=manager).json()["customerAccessKey"]
    call("POST", f"{key}/disable", headers=manager)
    deleted = call("DELETE", key, headers=manager)

    assert (created["enabled"], created["dateDisabled"]) == (True, None)
    assert before - 1 < created["dateCreated"] <= time.time() * 1000
    assert {**disabled, "enabled": True, "dateDisabled": None} == created
    assert disabled["dateDisabled"] >= created["dateCreated"]
    assert after_disabling[created["accessKey"]] == disabled
    assert enabled == {**disabled, "enabled": True}
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert [*listed()] == [DISABLED_ACCESS_KEY, ENABLED_ACCESS_KEY]
    assert "Content-Length" not in deleted.headers


def test_new_keys_differ_and_come_last_with_a_later_date(call, iam_headers, listed, simulator):
    new = [call("POST", PATH, headers=iam_headers).json()["customerAccessKey"] for _number in range(3)]

    assert [*listed().values()][2:] == new
    assert new[0]["dateCreated"] < new[1]["dateCreated"] < new[2]["dateCreated"]
    values = [key["accessKey"] for key in new]
    assert len({*values, ENABLED_ACCESS_KEY, DISABLED_ACCESS_KEY}) == 5
    assert {*values} <= {*simulator.secrets.values()}
    simulator.reset()
    assert len(listed()) == 2
    assert [call("POST", PATH, headers=iam_headers).json()["customerAccessKey"]["accessKey"]] == values[:1]


def test_disabling_twice_keeps_the_first_date(call, iam_headers, listed):
    call("POST", f"{PATH}/{DISABLED_ACCESS_KEY}/disable", headers=iam_headers)

    assert listed()[DISABLED_ACCESS_KEY]["dateDisabled"] == DAY_2021


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        pytest.param("DELETE", f"/{ENABLED_ACCESS_KEY}", 400, id="enabled"),
        pytest.param("DELETE", "/unknown", 404, id="unknown, delete"),
        pytest.param("POST", "/unknown/disable", 404, id="unknown, disable"),
        pytest.param("POST", f"/{PROTECTION_ACCESS_KEY}/disable", 404, id="another instance's"),
        pytest.param("POST", f"/{ENABLED_ACCESS_KEY}/delete", 404, id="no such action"),
        pytest.param("GET", f"/{ENABLED_ACCESS_KEY}", 405, id="GET of one"),
        pytest.param("GET", f"/{ENABLED_ACCESS_KEY}/disable", 405, id="GET to disable"),
    ],
)
def test_wrong_request_changes_nothing(call, iam_headers, listed, method, path, status):
    answer = call(method, PATH + path, headers=iam_headers)

    assert answer.status_code == status
    assert [key["enabled"] for key in listed().values()] == [False, True]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("left_out", "status"),
    [("IBMInstanceID", 401), ("Authorization", 401)],
)
def test_an_iam_token_needs_both_headers(call, iam_headers, listed, method, left_out, status):
    del iam_headers[left_out]

    assert call(method, PATH, headers=iam_headers).status_code == status
    assert len(listed()) == 2


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param({"customerAccessKey": {"limit": None, "reservation": None, "teamId": None}}, 200, id="nothing"),
        pytest.param({"customerAccessKey": {"teamId": 201}}, 400, id="team"),
        pytest.param({"customerAccessKey": {"limit": 5}}, 400, id="limit"),
        pytest.param({"customerAccessKey": {"name": "agents"}}, 400, id="unknown field"),
        pytest.param({"limit": None}, 400, id="not wrapped"),
        pytest.param([], 400, id="not an object"),
    ],
)
def test_a_key_on_ibm_cloud_is_created_without_attributes(call, by_iam, listed, body, status):
    answer = call("POST", PATH, headers=by_iam(PROTECTION), json=body)

    assert answer.status_code == status
    assert len(listed(PROTECTION)) == (3 if status == 200 else 2)


@pytest.mark.parametrize(
    ("wanted", "status"),
    [({"limit": 5, "teamId": 9102}, 200), ({"teamId": 999}, 400), ({"limit": True}, 400), ({"limit": -1}, 400)],
)
def test_outside_ibm_cloud_a_key_may_have_attributes(call, simulator, wanted, status):
    headers = {"Authorization": f"Bearer {simulator.customer_token(SAAS, SAAS_ADMIN)}"}

    answer = call("POST", PATH, headers=headers, json={"customerAccessKey": wanted})

    assert answer.status_code == status
    if status == 200:
        assert answer.json()["customerAccessKey"].items() >= {"reservation": None, **wanted}.items()


def test_outside_ibm_cloud_keys_are_managed_by_administrators(call, simulator, outcome):
    headers = {"Authorization": f"Bearer {simulator.customer_token(SAAS, SAAS_OPERATOR)}"}

    assert outcome(call("GET", PATH, headers=headers)) == 200
    assert outcome(call("POST", PATH, headers=headers)) == "denied"


@pytest.mark.parametrize(
    ("guid", "login", "key"),
    [(IAM_ONLY, {}, IAM_ONLY_ACCESS_KEY), (KEYS_IAM_ONLY, {"api_key": KEYS_OWNER_KEY}, KEYS_IAM_ONLY_ACCESS_KEY)],
)
def test_an_instance_without_api_tokens_manages_keys_by_iam(call, by_iam, by_token, outcome, listed, guid, login, key):
    headers = by_iam(guid, **login)

    assert listed(guid, **login)[key]["enabled"] is True
    assert outcome(call("POST", f"{PATH}/{key}/disable", headers=headers)) == 200
    assert outcome(call("POST", PATH, headers=headers)) == 200
    assert outcome(call("GET", PATH, headers={**by_token(guid), "IBMInstanceID": guid})) == "denied"
    assert outcome(call("POST", PATH, headers={**by_token(guid), "IBMInstanceID": guid})) == "denied"


def test_tests_can_add_keys_as_the_web_ui_does(simulator, listed):
    key = simulator.add_access_key(KEYS_SECURE, team_id=1503, limit=3, enabled=False)

    assert simulator.access_keys(KEYS_SECURE)[-1]["key"] == key
    described = listed(KEYS_SECURE, api_key=KEYS_OWNER_KEY)[key]
    assert (described["teamId"], described["limit"], described["enabled"]) == (1503, 3, False)
    assert simulator.access_keys(KEYS_MONITOR)[0]["key"] == KEYS_MONITOR_LIMITED
    with pytest.raises(ValueError, match="refuses POST access_keys"):
        simulator.add_access_key(KEYS_SECURE, name="agents")
