# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An access key is brought into a state with the calls that this needs, and no more."""

from __future__ import annotations

import json

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import OptionError, ServiceError, SysdigError
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.manage_access_key import (
    change_of,
    manage_access_key,
)
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.settings import resolve
from simulator.ids import (
    DISABLED_ACCESS_KEY,
    ENABLED_ACCESS_KEY,
    IAM_ONLY,
    IAM_ONLY_ACCESS_KEY,
    KEYS_AUDIT_TEAM,
    KEYS_EDGE_TEAM,
    KEYS_MONITOR,
    KEYS_MONITOR_NEW,
    KEYS_OWNER_KEY,
    KEYS_SECURE,
    KEYS_SECURE_ANY,
    KEYS_SECURE_AUDIT,
    METRICS,
    READER_KEY,
    SAAS,
    SAAS_ADMIN,
    SRE_TEAM,
)

KEYS = "/api/customer/accessKeys"
UNKNOWN = "00000000-feed-4000-8000-00000000ffff"
SECURE = {"api_key": KEYS_OWNER_KEY, "instance_id": KEYS_SECURE, "product": "secure"}


@pytest.fixture
def manage(options):
    """Manage the access keys of the monitor instance; keywords are options of the module, or of the retrieval."""

    def manage(is_dry_run=False, **changed):
        wanted = {name: changed.pop(name, default) for name, default in DEFAULTS.items()}
        settings = resolve({**options, **changed}, {})
        return manage_access_key(settings, change_of(wanted), is_dry_run)

    return manage


DEFAULTS = {"state": "present", "rotate": False, "access_key": None}


def changes(simulator):
    """The calls that may change something, without what is before the list's path."""
    calls = [(request["method"], request["path"].removeprefix(KEYS)) for request in simulator.requests("sysdig")]
    return [(method, path) for method, path in calls if method != "GET"]


def states(simulator, tenant=METRICS):
    return {key["key"]: key["enabled"] for key in simulator.access_keys(tenant)}


# --- present ---


def test_an_enabled_key_that_is_there_is_enough(manage, simulator):
    found = manage()

    assert (found.access_key, found.changed, found.team_id) == (ENABLED_ACCESS_KEY, False, None)
    assert changes(simulator) == []


def test_the_best_key_of_several_is_returned(manage):
    found = manage(api_key=KEYS_OWNER_KEY, instance_id=KEYS_MONITOR)

    assert (found.access_key, found.changed) == (KEYS_MONITOR_NEW, False)


def test_a_key_is_created_where_none_is_enabled_and_only_once(manage, simulator):
    manage(state="disabled", access_key=ENABLED_ACCESS_KEY)
    simulator.forget_requests()

    created, again = manage(), manage()

    assert (created.changed, again.changed) == (True, False)
    assert created.access_key == again.access_key
    assert created.access_key not in (ENABLED_ACCESS_KEY, DISABLED_ACCESS_KEY)
    assert changes(simulator) == [("POST", "")]
    assert (created.before, created.after) == ("", f"access key {created.access_key[:4]}...: enabled\n")


def test_to_rotate_creates_another_key_and_leaves_the_first(manage, simulator):
    created = manage(rotate=True)

    assert created.changed
    assert states(simulator)[ENABLED_ACCESS_KEY]
    assert states(simulator)[created.access_key]
    assert changes(simulator) == [("POST", "")]


def test_an_instance_that_takes_iam_only_is_no_obstacle(manage, simulator):
    found = manage(instance_id=IAM_ONLY)
    created = manage(instance_id=IAM_ONLY, rotate=True)

    assert (found.access_key, found.access_key_source) == (IAM_ONLY_ACCESS_KEY, "iam_token")
    assert created.access_key in states(simulator, IAM_ONLY)


def test_outside_ibm_cloud_keys_are_managed_with_the_token(manage, simulator):
    token = simulator.customer_token(SAAS, SAAS_ADMIN)

    created = manage(rotate=True, api_key=None, instance_id=None, sysdig_api_token=token)

    assert created.access_key_source == "api_token"
    assert states(simulator, SAAS)[created.access_key]


# --- Teams ---


def test_a_key_of_the_team_is_found(manage, simulator):
    found = manage(**SECURE, team_id=KEYS_AUDIT_TEAM)

    assert (found.access_key, found.team_id, found.changed) == (KEYS_SECURE_AUDIT, KEYS_AUDIT_TEAM, False)


def test_without_a_team_a_key_of_no_team_is_found(manage):
    found = manage(**SECURE)

    assert (found.access_key, found.team_id) == (KEYS_SECURE_ANY, None)


@pytest.mark.parametrize("team", [{"team_id": KEYS_EDGE_TEAM}, {"team_name": "Edge"}])
@pytest.mark.parametrize("is_dry_run", [False, True])
def test_a_key_of_no_team_does_not_stand_in_for_a_teams(manage, simulator, team, is_dry_run):
    before = states(simulator, KEYS_SECURE)

    with pytest.raises(ServiceError) as failed:
        manage(is_dry_run, **SECURE, **team)

    assert f"({KEYS_EDGE_TEAM})" in str(failed.value) or f"team {KEYS_EDGE_TEAM}" in str(failed.value)
    assert "whose agents would send to the default team" in str(failed.value)
    assert "under Agent Installation" in str(failed.value)
    assert (changes(simulator), states(simulator, KEYS_SECURE)) == ([], before)


def test_a_teams_key_is_not_rotated_into_one_of_no_team(manage, simulator):
    with pytest.raises(ServiceError, match="no access key of the team 1502 can be created"):
        manage(**SECURE, team_id=KEYS_AUDIT_TEAM, rotate=True)

    assert changes(simulator) == []


def test_keys_of_monitor_have_no_teams(manage, simulator):
    found, created = manage(team_id=SRE_TEAM), manage(team_id=SRE_TEAM, rotate=True)

    assert (found.access_key, found.team_id) == (ENABLED_ACCESS_KEY, None)
    assert (created.team_id, states(simulator)[created.access_key]) == (None, True)


# --- disabled, enabled, absent ---


@pytest.mark.parametrize(
    ("state", "key", "calls", "after"),
    [
        ("disabled", ENABLED_ACCESS_KEY, ["disable"], False),
        ("disabled", DISABLED_ACCESS_KEY, [], False),
        ("enabled", DISABLED_ACCESS_KEY, ["enable"], True),
        ("enabled", ENABLED_ACCESS_KEY, [], True),
        ("absent", ENABLED_ACCESS_KEY, ["disable", "DELETE"], None),
        ("absent", DISABLED_ACCESS_KEY, ["DELETE"], None),
        ("absent", UNKNOWN, [], None),
    ],
)
@pytest.mark.parametrize("is_dry_run", [False, True])
def test_a_key_is_brought_into_its_state(manage, simulator, state, key, calls, after, is_dry_run):
    before = states(simulator)
    expected = [("DELETE", f"/{key}") if call == "DELETE" else ("POST", f"/{key}/{call}") for call in calls]

    done = manage(is_dry_run, state=state, access_key=key)

    assert (done.changed, done.access_key) == (bool(calls), key)
    assert changes(simulator) == ([] if is_dry_run else expected)
    assert states(simulator).get(key) == (before.get(key) if is_dry_run else after)
    again = manage(is_dry_run, state=state, access_key=key)
    assert again.changed == (is_dry_run and bool(calls))


@pytest.mark.parametrize("state", ["disabled", "enabled"])
def test_a_key_that_the_instance_does_not_have_is_an_error(manage, simulator, state):
    with pytest.raises(ServiceError) as failed:
        manage(state=state, access_key=UNKNOWN)

    assert "access_key=0000... is not one of the access keys of the instance (0000..., 0000...)" in str(failed.value)
    assert changes(simulator) == []


def test_a_deletion_that_stops_half_way_says_so_and_is_finished_by_the_next(manage, simulator):
    simulator.fault("status", status=500, method="DELETE", path=KEYS)

    with pytest.raises(SysdigError, match=r"The access key 0000\.\.\. is disabled now"):
        manage(state="absent", access_key=ENABLED_ACCESS_KEY)
    assert states(simulator)[ENABLED_ACCESS_KEY] is False

    assert manage(state="absent", access_key=ENABLED_ACCESS_KEY).changed
    assert ENABLED_ACCESS_KEY not in states(simulator)


# --- What goes wrong ---


@pytest.mark.parametrize("fault", [{"kind": "hang"}, {"kind": "reset"}, {"kind": "status", "status": 503}])
def test_where_a_key_may_have_been_created_the_error_says_so(manage, simulator, clock, fault):
    simulator.fault(method="POST", path=KEYS, **fault)

    with pytest.raises(SysdigError) as failed:
        manage(rotate=True, retries=3)

    assert "An access key may have been created nevertheless." in str(failed.value)
    assert changes(simulator) == [("POST", "")]


def test_who_may_not_create_keys_learns_which_role_is_needed(manage, simulator):
    with pytest.raises(ServiceError, match="only a Manager changes them") as failed:
        manage(rotate=True, api_key=READER_KEY)

    assert "may have been created" not in str(failed.value)
    assert len(states(simulator)) == 2


@pytest.mark.parametrize(
    ("changed", "option", "said"),
    [
        ({"access_key": "x"}, "access_key", "access_key cannot be used with state=present"),
        ({"state": "disabled"}, "access_key", "access_key is missing: state=disabled"),
        ({"state": "enabled", "access_key": ""}, "access_key", "access_key is missing"),
        ({"state": "absent", "access_key": "x", "rotate": True}, "rotate", "rotate cannot be used with state=absent"),
        ({"state": "absent", "access_key": "'x'"}, "access_key", "quotation marks"),
        ({"state": "absent", "access_key": "x\ny"}, "access_key", "line break"),
        ({"state": "absent", "access_key": "é"}, "access_key", "a character that no such value has"),
    ],
)
def test_what_does_not_go_together_is_refused_before_any_call(manage, simulator, changed, option, said):
    with pytest.raises(OptionError) as failed:
        manage(**changed)

    assert failed.value.facts["option"] == option
    assert said in str(failed.value)
    assert simulator.requests() == []


def test_nothing_that_is_shown_has_a_key(manage, simulator):
    body = json.dumps({"message": f"no such key {ENABLED_ACCESS_KEY}"})
    simulator.fault("status", status=404, path=f"{KEYS}/", body=body)
    with pytest.raises(SysdigError) as failed:
        manage(state="disabled", access_key=ENABLED_ACCESS_KEY)

    done = manage(state="disabled", access_key=ENABLED_ACCESS_KEY)

    shown = [str(failed.value), json.dumps(failed.value.as_dict()), repr(done), done.before, done.after]
    shown.append(repr(change_of({"state": "absent", "rotate": False, "access_key": ENABLED_ACCESS_KEY})))
    assert ENABLED_ACCESS_KEY not in "".join(shown)
    assert (done.before, done.after) == ("access key 0000...: enabled\n", "access key 0000...: disabled\n")
