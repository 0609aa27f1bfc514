# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulated resource keys: their credentials, and who sees them."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from simulator.ids import (
    ENABLED_ACCESS_KEY,
    IAM_ONLY,
    IAM_ONLY_ACCESS_KEY,
    KEYS_MONITOR,
    KEYS_MONITOR_DISABLED,
    KEYS_OWNER_KEY,
    METRICS,
    OTHER_ACCOUNT_KEY,
    OWNER_API_KEY,
    PROTECTION,
    PROTECTION_ACCESS_KEY,
    PROTECTION_EUROPE,
    READER_KEY,
    WRITER_KEY,
)

REDACTED = {"REDACTED": "REDACTED"}


def path(instance):
    return f"/v2/resource_instances/{quote(instance, safe='')}/resource_keys"


@pytest.fixture
def keys(call, simulator):
    """All resource keys of an instance, over all pages."""

    def keys(instance, api_key=OWNER_API_KEY):
        headers = {"Authorization": f"Bearer {simulator.iam_token(api_key)}"}
        found, following = [], path(instance)
        while following:
            document = call("GET", following, headers=headers).json()
            assert document["rows_count"] == len(document["resources"])
            found, following = found + document["resources"], document["next_url"]
        return found

    return keys


@pytest.mark.parametrize(
    ("guid", "access_key", "host"),
    [
        (METRICS, ENABLED_ACCESS_KEY, "us-south.monitoring.cloud.ibm.com"),
        (PROTECTION, PROTECTION_ACCESS_KEY, "us-south.security-compliance-secure.cloud.ibm.com"),
        (IAM_ONLY, IAM_ONLY_ACCESS_KEY, "us-south.monitoring.cloud.ibm.com"),
    ],
)
def test_credentials(keys, simulator, guid, access_key, host):
    (key,) = keys(guid)

    assert key["credentials"]["Sysdig Access Key"] == access_key
    assert key["credentials"]["Sysdig Collector Endpoint"] == f"ingest.{host}"
    assert key["credentials"]["Sysdig Endpoint"] == f"https://{host}"
    assert key["credentials"]["apikey"] in simulator.secrets.values()
    assert (key["name"], key["source_crn"]) == ("agents", simulator.instance(guid)["crn"])


def test_an_instance_may_be_named_by_its_crn(keys, simulator):
    assert keys(simulator.instance(METRICS)["crn"]) == keys(METRICS)


def test_an_instance_may_have_none(keys):
    assert keys(PROTECTION_EUROPE) == []


@pytest.mark.parametrize(
    ("guid", "api_key", "is_shown"),
    [
        pytest.param(METRICS, OWNER_API_KEY, True, id="Manager's key, Manager"),
        pytest.param(METRICS, WRITER_KEY, False, id="Manager's key, Writer"),
        pytest.param(METRICS, READER_KEY, False, id="Manager's key, Reader"),
        pytest.param(IAM_ONLY, WRITER_KEY, True, id="Writer's key, Writer"),
        pytest.param(IAM_ONLY, READER_KEY, False, id="Writer's key, Reader"),
    ],
)
def test_credentials_are_redacted_for_a_lesser_role(keys, guid, api_key, is_shown):
    (key,) = keys(guid, api_key)

    assert ("Sysdig Access Key" in key["credentials"]) is is_shown
    assert is_shown or key["credentials"] == REDACTED


def test_pages_credentials_of_one_time_view_and_a_stale_one(keys, simulator):
    found = {key["name"]: key["credentials"] for key in keys(KEYS_MONITOR, KEYS_OWNER_KEY)}

    assert [*found] == ["agents-of-old", "agents", "agents-once", "few-agents"]
    assert found["agents-once"] == {"REDACTED": "REDACTED_EXPLICIT"}
    assert found["agents-of-old"]["Sysdig Access Key"] == KEYS_MONITOR_DISABLED
    enabled = {key["key"]: key["enabled"] for key in simulator.access_keys(KEYS_MONITOR)}
    assert enabled[KEYS_MONITOR_DISABLED] is False


@pytest.mark.parametrize(
    ("api_key", "instance", "status"),
    [
        pytest.param(OTHER_ACCOUNT_KEY, METRICS, 404, id="another account's"),
        pytest.param(OWNER_API_KEY, "metrics", 404, id="name for GUID"),
    ],
)
def test_an_instance_that_is_not_visible_has_no_keys(call, by_iam, api_key, instance, status):
    answer = call("GET", path(instance), headers=by_iam(METRICS, api_key))

    assert answer.status_code == status


@pytest.mark.parametrize(("query", "status"), [("?limit=0", 400), ("?name=agents", 400), ("?limit=1", 200)])
def test_query(call, iam_headers, query, status):
    assert call("GET", path(METRICS) + query, headers=iam_headers).status_code == status


def test_a_token_is_needed(call):
    assert call("GET", path(METRICS)).status_code == 401
