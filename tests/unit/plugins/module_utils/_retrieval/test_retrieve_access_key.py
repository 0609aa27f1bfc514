# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The access key is read by IAM, by an API token where that is refused or all there is, last by a resource key."""

from __future__ import annotations

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import ACCESS_KEY, TEAM, SysdigError
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.retrieve_access_key import (
    API_TOKEN,
    IAM_TOKEN,
    RESOURCE_KEY,
    retrieve_access_key,
)
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.settings import resolve
from simulator.ids import (
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
    METRICS_CRN,
    PROTECTION,
    READER_KEY,
    SAAS,
    SAAS_ADMIN,
    WRITER_KEY,
)

LOGIN, TOKEN, KEYS = "/identity/token", "/api/token", "/api/customer/accessKeys"
SECURE = {"instance_id": KEYS_SECURE, "product": "secure", "api_key": KEYS_OWNER_KEY}


@pytest.fixture
def read(options):
    """The result for these options, changed as the test says."""

    def read(token=None, **changed):
        settings = resolve({**options, **changed}, {}, token_is_known=token is not None)
        return retrieve_access_key(settings, token=token)

    return read


@pytest.fixture
def refusal(read):
    """The error for such options."""

    def refusal(**changed):
        with pytest.raises(SysdigError) as failed:
            read(**changed)
        return failed.value

    return refusal


def paths(simulator):
    return [request["path"] for request in simulator.requests()]


# --- By IAM ---


def test_by_iam_it_costs_a_login_and_a_call(read, simulator):
    result = read()

    assert (result.access_key, result.access_key_source) == (ENABLED_ACCESS_KEY, IAM_TOKEN)
    assert paths(simulator) == [LOGIN, KEYS]
    headers = dict(simulator.requests()[-1]["headers"])
    assert headers["Authorization"].count(".") == 2
    assert (headers["IBMInstanceID"], headers["SysdigProduct"]) == (METRICS, "SDC")


def test_an_instance_for_iam_tokens_only_has_access_keys(read):
    result = read(instance_id=IAM_ONLY)

    assert (result.access_key, result.access_key_source) == (IAM_ONLY_ACCESS_KEY, IAM_TOKEN)


def test_the_result_says_what_the_key_belongs_to_and_shows_it_nowhere(read, simulator):
    result = read(instance_id=METRICS_CRN)

    data = result.as_dict()
    assert "token" not in data
    assert (data["instance_id"], data["region"], data["product"], data["team_id"]) == (
        METRICS,
        "us-south",
        "monitor",
        None,
    )
    assert data["endpoints"]["collector"] == "ingest.us-south.monitoring.cloud.ibm.com"
    assert ENABLED_ACCESS_KEY not in repr(result)


def test_a_named_instance_is_looked_up(read, simulator):
    assert read(instance_id=None, instance_name="metrics").access_key == ENABLED_ACCESS_KEY
    assert paths(simulator) == [LOGIN, "/v2/resource_instances", KEYS]


# --- Which key ---


def test_the_newest_without_a_limit_is_chosen(read):
    assert read(instance_id=KEYS_MONITOR, api_key=KEYS_OWNER_KEY).access_key == KEYS_MONITOR_NEW


def test_the_key_of_the_team_is_chosen(read):
    result = read(**SECURE, team_id=KEYS_AUDIT_TEAM)

    assert (result.access_key, result.team_id) == (KEYS_SECURE_AUDIT, KEYS_AUDIT_TEAM)


def test_a_team_may_be_named(read, simulator):
    name = next(team["name"] for team in simulator.instance(KEYS_SECURE)["teams"] if team["id"] == KEYS_AUDIT_TEAM)

    result = read(**SECURE, team_name=name)

    assert (result.access_key, result.team_id, result.team_name) == (KEYS_SECURE_AUDIT, KEYS_AUDIT_TEAM, name)


def test_a_team_by_a_wrong_name_is_an_error(refusal):
    assert refusal(**SECURE, team_name="Nobody").step == TEAM


@pytest.mark.parametrize("team", [{}, {"team_id": KEYS_EDGE_TEAM}, {"team_id": 1599}])
def test_without_an_enabled_key_of_the_team_one_of_no_team_is_chosen(read, team):
    result = read(**SECURE, **team)

    assert (result.access_key, result.team_id, result.team_name) == (KEYS_SECURE_ANY, None, None)


# --- By an API token ---


def by_iam_refused(simulator, times=1):
    simulator.fault("status", status=403, path=KEYS, body='{"message": "Access is denied"}', times=times)


@pytest.mark.parametrize("status", [400, 401, 403])
def test_where_iam_is_refused_an_api_token_reads(read, simulator, status):
    simulator.modes(require_instance_id=True)
    simulator.fault("status", status=status, path=KEYS)

    result = read()

    assert (result.access_key, result.access_key_source) == (ENABLED_ACCESS_KEY, API_TOKEN)
    assert paths(simulator) == [LOGIN, KEYS, TOKEN, KEYS]
    assert dict(simulator.requests()[-1]["headers"])["Authorization"] == f"Bearer {simulator.token(METRICS)}"


@pytest.mark.parametrize("status", [404, 500, 503])
def test_a_failure_is_not_taken_for_a_refusal(refusal, simulator, status):
    simulator.fault("status", status=status, path=KEYS, times=None)

    assert refusal().facts["status"] == status
    assert paths(simulator) == [LOGIN, KEYS]


def test_a_known_token_reads_with_the_instance(read, simulator):
    simulator.modes(require_instance_id=True)

    result = read(token=simulator.token(METRICS), api_key=None, instance_id=METRICS_CRN)

    assert (result.access_key, result.access_key_source) == (ENABLED_ACCESS_KEY, API_TOKEN)
    assert paths(simulator) == [KEYS]


def test_outside_ibm_cloud_the_administrators_token_reads(read, simulator):
    own = simulator.customer_token(SAAS, SAAS_ADMIN)

    result = read(api_key=None, instance_id=None, sysdig_api_token=own)

    assert result.access_key_source == API_TOKEN
    assert result.access_key in [key["key"] for key in simulator.access_keys(SAAS) if key["enabled"]]
    assert "IBMInstanceID" not in str(simulator.requests())


def test_outside_ibm_cloud_a_refusal_is_not_blamed_on_an_instance(refusal, simulator):
    own = simulator.customer_token(SAAS, SAAS_ADMIN)
    by_iam_refused(simulator)

    error = refusal(api_key=None, instance_id=None, sysdig_api_token=own)

    assert "sysdig_api_token" in error.remedy


# --- By a resource key ---


@pytest.mark.parametrize("instance", [METRICS, IAM_ONLY])
def test_where_no_token_may_a_resource_key_shows_it(read, simulator, instance):
    by_iam_refused(simulator, times=None)

    result = read(instance_id=instance)

    assert result.access_key_source == RESOURCE_KEY
    assert result.access_key in (ENABLED_ACCESS_KEY, IAM_ONLY_ACCESS_KEY)
    assert paths(simulator)[-1] == f"/v2/resource_instances/{instance}/resource_keys"


def test_resource_keys_with_several_access_keys_decide_nothing(refusal, simulator):
    by_iam_refused(simulator, times=None)

    error = refusal(instance_id=KEYS_MONITOR, api_key=KEYS_OWNER_KEY)

    assert "show several access keys (0000..., 0000..." in error.problem
    assert not [secret for secret in simulator.secrets.values() if secret in str(error)]


@pytest.mark.parametrize("key", [READER_KEY, WRITER_KEY])
def test_who_may_see_none_learns_the_role_that_does(refusal, key):
    error = refusal(api_key=key, instance_id=PROTECTION, product="secure")

    assert error.step == ACCESS_KEY
    assert error.facts["status"] == 403
    assert "By an API token and by resource keys the credential sees no access key either." in error.problem
    assert "service role Manager" in error.remedy
    assert "external_api_auth" not in str(error)
    assert error.is_refusal


@pytest.mark.parametrize(
    "body", ['{"resources": [{"credentials": {"REDACTED": "REDACTED"}}]}', '{"resources": [{}, 7]}']
)
def test_resource_keys_that_show_nothing_are_none(refusal, simulator, body):
    by_iam_refused(simulator, times=None)
    simulator.fault("status", status=200, path="/v2/resource_instances/", body=body)

    assert refusal().step == ACCESS_KEY


def test_what_the_services_repeat_of_a_key_is_not_shown(refusal, simulator):
    simulator.fault("status", status=403, path=KEYS, body=f'{{"message": "not {ENABLED_ACCESS_KEY}"}}', times=None)
    simulator.fault("status", status=404, path="/v2/", times=None)

    # Not known yet where nothing was read; the login and the tokens are.
    assert not [
        secret for secret in simulator.secrets.values() if secret in str(refusal()) and secret != ENABLED_ACCESS_KEY
    ]
