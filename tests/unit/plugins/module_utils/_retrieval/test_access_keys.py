# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Access keys are listed, chosen, created, enabled, disabled and deleted, and shown by their first characters only."""

from __future__ import annotations

import json
import random

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import (
    ACCESS_KEY,
    ServiceError,
    TransportError,
)
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval import access_keys
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.access_keys import AccessKey, choose_key
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.retrieve_access_key import list_access_keys
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.settings import resolve
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.transport import opened
from simulator.ids import DISABLED_ACCESS_KEY, ENABLED_ACCESS_KEY, METRICS, PROTECTION, READER_KEY

KEYS = "/api/customer/accessKeys"


@pytest.fixture
def managed(options):
    """The access keys of the monitor instance, and what may change them."""
    with opened(resolve({**options, "retries": 2}, {})) as transport:
        yield list_access_keys(resolve(options, {}), transport)


def calls_of(simulator):
    return [(request["method"], request["path"]) for request in simulator.requests("sysdig")]


# --- Choosing ---

PLAIN = AccessKey("plain", True, created=10)
NEWER = AccessKey("newer", True, created=20)
LIMITED = AccessKey("limited", True, limit=5, created=30)
OF_TEAM = AccessKey("team", True, team_id=7, created=5)
OF_TEAM_LIMITED = AccessKey("team, limited", True, team_id=7, limit=1, created=50)
OF_OTHERS = AccessKey("others", True, team_id=8, created=60)
DISABLED = AccessKey("disabled", False, created=70)
DISABLED_OF_TEAM = AccessKey("disabled, team", False, team_id=7, created=80)
ALL = [PLAIN, NEWER, LIMITED, OF_TEAM, OF_TEAM_LIMITED, OF_OTHERS, DISABLED, DISABLED_OF_TEAM]


@pytest.mark.parametrize(
    ("keys", "team_id", "chosen"),
    [
        (ALL, None, NEWER),
        (ALL, 7, OF_TEAM),
        (ALL, 8, OF_OTHERS),
        (ALL, 9, NEWER),
        ([LIMITED, OF_OTHERS, DISABLED], None, LIMITED),
        ([PLAIN, LIMITED], None, PLAIN),
        ([PLAIN, DISABLED_OF_TEAM], 7, PLAIN),
        ([PLAIN, OF_TEAM_LIMITED], 7, OF_TEAM_LIMITED),
    ],
)
def test_the_key_is_enabled_of_the_team_without_a_limit_and_new(keys, team_id, chosen):
    for _order in range(5):
        assert choose_key(random.sample(keys, len(keys)), team_id) == chosen


@pytest.mark.parametrize(
    ("keys", "team_id", "said"),
    [
        ([], None, "the instance has no access key."),
        ([DISABLED, DISABLED_OF_TEAM], 7, "the instance has 2 disabled and no enabled access key."),
        ([OF_TEAM, OF_OTHERS], None, "every enabled access key belongs to a team (7 or 8)"),
        (
            [OF_OTHERS, DISABLED],
            7,
            "no enabled access key is of the team 7 or of no team; there are some of",
        ),
    ],
)
def test_a_key_that_would_send_elsewhere_is_not_chosen(keys, team_id, said):
    with pytest.raises(ServiceError) as failed:
        choose_key(keys, team_id)

    assert failed.value.step == ACCESS_KEY
    assert said in failed.value.problem


def test_no_representation_of_a_key_shows_it():
    key = AccessKey(ENABLED_ACCESS_KEY, True)

    assert repr([key]) == "[AccessKey(0000...)]"
    assert "short" not in repr(AccessKey("short", True))


# --- Listing ---


def test_all_fields_are_read(managed, simulator):
    by_value = {key.value: key for key in managed.keys}

    assert by_value.keys() == {DISABLED_ACCESS_KEY, ENABLED_ACCESS_KEY}
    assert by_value[ENABLED_ACCESS_KEY].is_enabled
    assert not by_value[DISABLED_ACCESS_KEY].is_enabled
    assert by_value[ENABLED_ACCESS_KEY].created > by_value[DISABLED_ACCESS_KEY].created > 10**12


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("", "without a list of access keys"),
        ('{"customerAccessKeys": {}}', "without a list of access keys"),
        ('{"customerAccessKeys": [7]}', "without a usable accessKey"),
        ('{"customerAccessKeys": [{"accessKey": "a\\nb"}]}', "without a usable accessKey"),
    ],
)
def test_a_list_that_is_none_is_an_unusable_response(options, simulator, body, said):
    simulator.fault("status", status=200, path=KEYS, body=body)

    with pytest.raises(TransportError, match=said), opened(resolve(options, {})) as transport:
        list_access_keys(resolve(options, {}), transport)


@pytest.mark.parametrize("odd", [True, "7", 7.5, {}])
def test_odd_numbers_count_as_unknown(odd):
    entry = {"accessKey": "key", "enabled": "yes", "teamId": odd, "limit": odd, "dateCreated": odd}
    response = type("Response", (), {"field": lambda self, name: [entry]})()
    sysdig = type("Sysdig", (), {"call": lambda *_: response, "keep_secret": lambda *_: None})()

    (key,) = access_keys.list_keys(sysdig)

    assert tuple(key) == ("key", False, None, None, 0)


# --- Changing ---


def test_a_key_is_created_without_a_body(managed, simulator):
    created = access_keys.create_key(managed.sysdig)

    request = simulator.requests()[-1]
    assert (request["method"], request["path"], request["body_length"]) == ("POST", KEYS, 0)
    assert created.is_enabled
    assert created.value in [key["key"] for key in simulator.access_keys(METRICS)]


def test_a_key_lives_from_creation_to_deletion(managed, simulator):
    created = access_keys.create_key(managed.sysdig)
    disabled = access_keys.disable_key(managed.sysdig, created.value)
    enabled = access_keys.enable_key(managed.sysdig, created.value)
    access_keys.disable_key(managed.sysdig, created.value)
    access_keys.delete_key(managed.sysdig, created.value)

    assert (disabled.is_enabled, enabled.is_enabled) == (False, True)
    assert disabled.value == enabled.value == created.value
    assert calls_of(simulator)[1:] == [
        ("POST", KEYS),
        ("POST", f"{KEYS}/{created.value}/disable"),
        ("POST", f"{KEYS}/{created.value}/enable"),
        ("POST", f"{KEYS}/{created.value}/disable"),
        ("DELETE", f"{KEYS}/{created.value}"),
        ("GET", KEYS),
    ]
    assert created.value not in [key["key"] for key in simulator.access_keys(METRICS)]


KEY_BODY = '{"customerAccessKey": {"accessKey": "%s", "enabled": %s, "teamId": %s}}'


@pytest.mark.parametrize(
    ("change", "body"),
    [
        (access_keys.create_key, KEY_BODY % ("new", "false", "null")),
        (access_keys.create_key, KEY_BODY % ("new", "true", "7")),
        (lambda s: access_keys.disable_key(s, ENABLED_ACCESS_KEY), KEY_BODY % (ENABLED_ACCESS_KEY, "true", "null")),
        (lambda s: access_keys.disable_key(s, ENABLED_ACCESS_KEY), KEY_BODY % ("another", "false", "null")),
        (lambda s: access_keys.enable_key(s, DISABLED_ACCESS_KEY), KEY_BODY % (DISABLED_ACCESS_KEY, "false", "null")),
        (lambda s: access_keys.delete_key(s, DISABLED_ACCESS_KEY), "{}"),
    ],
)
def test_a_response_that_says_something_else_than_was_wanted_is_unusable(managed, simulator, change, body):
    simulator.fault("status", status=200, method="POST", path=KEYS, body=body)
    simulator.fault("status", status=200, method="DELETE", path=KEYS, body=body)

    with pytest.raises(TransportError, match=r"with a key that is|the access key is still there"):
        change(managed.sysdig)


def test_every_call_names_the_instance(managed, simulator):
    access_keys.disable_key(managed.sysdig, ENABLED_ACCESS_KEY)

    for request in simulator.requests("sysdig"):
        assert dict(request["headers"])["IBMInstanceID"] == METRICS


@pytest.mark.parametrize("kind", ["reset", "close", "hang"])
@pytest.mark.parametrize("change", [access_keys.create_key, lambda s: access_keys.delete_key(s, DISABLED_ACCESS_KEY)])
def test_what_may_have_happened_is_not_done_twice(managed, simulator, clock, kind, change):
    before = len(simulator.requests())
    simulator.fault(kind, path=KEYS)

    with pytest.raises(TransportError):
        change(managed.sysdig)

    assert len(simulator.requests()) == before + 1
    assert clock.pauses == []


@pytest.mark.parametrize("status", [500, 503, 504])
def test_a_failed_creation_is_not_repeated_either(managed, simulator, clock, status):
    simulator.fault("status", status=status, path=KEYS)

    with pytest.raises(ServiceError):
        access_keys.create_key(managed.sysdig)

    assert len(simulator.access_keys(METRICS)) == 2
    assert clock.pauses == []


def test_too_many_calls_are_no_creation_and_repeated(managed, simulator, clock):
    simulator.fault("status", status=429, path=KEYS)

    access_keys.create_key(managed.sysdig)

    assert len(simulator.access_keys(METRICS)) == 3


@pytest.mark.parametrize("action", [access_keys.disable_key, access_keys.enable_key])
def test_what_may_be_done_twice_is_repeated(managed, simulator, clock, action):
    simulator.fault("reset", path=KEYS)

    assert action(managed.sysdig, ENABLED_ACCESS_KEY).value == ENABLED_ACCESS_KEY


def test_an_enabled_key_is_not_deleted(options, simulator):
    def delete(settings):
        with opened(settings) as transport:
            access_keys.delete_key(list_access_keys(settings, transport).sysdig, ENABLED_ACCESS_KEY)

    with pytest.raises(ServiceError) as failed:
        delete(resolve(options, {}))

    assert "cannot be deleted" in failed.value.problem
    assert ENABLED_ACCESS_KEY not in str(failed.value) + json.dumps(failed.value.as_dict())


def test_a_reader_may_see_keys_of_monitor_but_not_change_them(options, simulator):
    def create(settings):
        with opened(settings) as transport:
            access_keys.create_key(list_access_keys(settings, transport).sysdig)

    with pytest.raises(ServiceError, match="only a Manager changes them"):
        create(resolve({**options, "api_key": READER_KEY}, {}))


def test_who_manages_keys_by_an_api_token_learns_of_both_refusals(options, simulator):
    settings = resolve({**options, "api_key": READER_KEY, "instance_id": PROTECTION, "product": "secure"}, {})

    with (
        pytest.raises(ServiceError, match="By an API token the credential sees no access key either"),
        opened(settings) as transport,
    ):
        list_access_keys(settings, transport)


def test_a_key_with_any_character_is_one_part_of_a_path(managed, simulator):
    with pytest.raises(ServiceError):
        access_keys.disable_key(managed.sysdig, "../../token?x=1#é")

    assert simulator.requests()[-1]["path"] == f"{KEYS}/..%2F..%2Ftoken%3Fx%3D1%23%C3%A9/disable"
