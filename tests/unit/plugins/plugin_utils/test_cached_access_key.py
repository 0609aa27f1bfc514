# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The access key: only an enabled one, read with the API token, and a clear word where there is none."""

from __future__ import annotations

import json
import time
from types import SimpleNamespace

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import ACCESS_KEY, SysdigError
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils import _fetch
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._cached_retrieval import access_key_result
from simulator.ids import DISABLED_ACCESS_KEY, ENABLED_ACCESS_KEY, METRICS


@pytest.fixture
def ask(simulator):
    """Retrieve the access key with a known token of the monitor instance."""

    def asked(**direct):
        own = {"url": simulator.url, "team_id": 7, "ca_path": simulator.ca_file, "retries": 0, **direct}
        return access_key_result(own, {}, {"timeout": 5}, None, simulator.token(METRICS))

    return asked


@pytest.fixture
def answering(simulator):
    """Have the service list something else."""

    def answer(listed):
        simulator.fault("status", path="/api/customer", status=200, body=json.dumps(listed))

    return answer


def key(name, enabled):
    return {"accessKey": name, "enabled": enabled}


def test_the_enabled_key_takes_the_place_of_the_token(ask, simulator):
    result = ask(region="us-south")

    assert (result["access_key"], result["team_id"], result["url"]) == (ENABLED_ACCESS_KEY, 7, simulator.url)
    assert result["endpoints"]["collector"] == "ingest.us-south.monitoring.cloud.ibm.com"
    assert "token" not in result
    (request,) = simulator.requests()
    headers = dict(request["headers"])
    assert (request["method"], request["path"]) == ("GET", "/api/customer/accessKeys")
    assert headers["Authorization"] == f"Bearer {simulator.token(METRICS)}"
    assert "IBMInstanceID" not in headers


def test_options_that_only_the_retrieval_of_the_token_needs_do_not_matter(ask):
    assert ask(instance_name="metrics", auth_method="vpc")["access_key"] == ENABLED_ACCESS_KEY


def test_the_time_of_the_retrieval_of_the_token_counts(ask, simulator, monkeypatch):
    monkeypatch.setattr(_fetch, "time", SimpleNamespace(monotonic=lambda: time.monotonic() - 10))
    with pytest.raises(
        SysdigError, match=r"Access key retrieval failed: .* within the 10 seconds of the whole retrieval"
    ):
        ask()
    assert simulator.requests() == []


def test_of_several_enabled_keys_it_is_the_first(ask, answering):
    answering({"customerAccessKeys": [key("a", False), key("c", True), key("b", True)]})
    assert ask()["access_key"] == "c"


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        ([], "the instance has no access key."),
        ([key(DISABLED_ACCESS_KEY, False)], "the instance has 1 disabled and no enabled access key."),
        ([{"accessKey": DISABLED_ACCESS_KEY}], "the instance has 1 disabled and no enabled access key."),
        ([key("line\nbreak", True)], "but without a usable accessKey."),
        ([key(None, True)], "but without a usable accessKey."),
        ("keys", "but without a list of access keys."),
        ([["key"]], "but without a list of access keys."),
    ],
)
def test_without_a_usable_key_it_says_so(ask, answering, listed, said):
    answering({"customerAccessKeys": listed})
    with pytest.raises(SysdigError) as failed:
        ask()
    assert failed.value.step == ACCESS_KEY
    assert said in str(failed.value)
    assert DISABLED_ACCESS_KEY not in str(failed.value)


def test_a_refusal_says_whose_right_is_missing_and_repeats_no_token(ask, simulator):
    token = simulator.token(METRICS)
    simulator.fault("status", path="/api/customer", status=403, body=json.dumps({"message": f"no, {token}"}))
    with pytest.raises(
        SysdigError, match=r"Access key retrieval failed: .* answered 403: no, .* may not see"
    ) as failed:
        ask()
    assert token not in str(failed.value)
