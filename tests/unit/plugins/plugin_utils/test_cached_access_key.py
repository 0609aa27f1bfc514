# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The access key: only an enabled one, read with the API token, and a clear word where there is none."""

from __future__ import annotations

import json
import time

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import ACCESS_KEY, SysdigError
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._cached_retrieval import with_access_key
from simulator.ids import DISABLED_ACCESS_KEY, ENABLED_ACCESS_KEY, METRICS


@pytest.fixture
def ask(simulator):
    """The answer for a token of the monitor instance."""

    def asked(begun=None, **given):
        result = {"token": simulator.token(METRICS), "product": "monitor", "url": simulator.url, "team_id": 7}
        own = {"ca_path": simulator.ca_file, "retries": 0, **given}
        return with_access_key(result, own, {"timeout": 5}, time.monotonic() if begun is None else begun)

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
    assert ask() == {"access_key": ENABLED_ACCESS_KEY, "product": "monitor", "url": simulator.url, "team_id": 7}
    (request,) = simulator.requests()
    headers = dict(request["headers"])
    assert (request["method"], request["path"]) == ("GET", "/api/customer/accessKeys")
    assert headers["Authorization"] == f"Bearer {simulator.token(METRICS)}"
    assert "IBMInstanceID" not in headers


def test_options_that_only_the_retrieval_of_the_token_needs_do_not_matter(ask):
    assert (
        ask(instance_name="metrics", auth_method="vpc", iam_url="http://169.254.169.254")["access_key"]
        == ENABLED_ACCESS_KEY
    )


def test_the_time_of_the_retrieval_of_the_token_counts(ask, simulator):
    with pytest.raises(
        SysdigError, match=r"Access key retrieval failed: .* within the 10 seconds of the whole retrieval"
    ):
        ask(begun=time.monotonic() - 10)
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
        ([["key"]], "but without a usable accessKey."),
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
        SysdigError,
        match=r"Access key retrieval failed: .* answered 403: no, .* role on the instance",
    ) as failed:
        ask()
    assert token not in str(failed.value)
