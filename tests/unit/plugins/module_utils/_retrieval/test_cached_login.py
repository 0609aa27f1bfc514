# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cached IAM token that a service refuses is renewed once; one of now, and what else is refused, is not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import CHECK, SysdigError
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval import iam
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.retrieve import retrieve
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.retrieve_access_key import retrieve_access_key
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.settings import resolve
from simulator.ids import ENABLED_ACCESS_KEY, METRICS


class Cache:
    """Logs in once, and anew for a token that was refused."""

    def __init__(self, value):
        self.cached = iam.AccessToken(value, 0)
        self.rejected = []

    def __call__(self, settings, transport, rejected=None):
        if rejected is None:
            return replace(self.cached, is_cached=True)
        self.rejected.append(rejected.value)
        self.cached = iam.log_in(settings, transport)
        return self.cached


@pytest.fixture
def stale(simulator):
    """A cache whose token no service accepts any more."""
    return Cache(simulator.iam_token(lifetime=-60))


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"team_name": "SRE"},
        {"instance_id": None, "instance_name": "metrics"},
        {"check_token": True},
    ],
    ids=["token", "team", "instance", "check"],
)
def test_a_cached_token_that_is_refused_is_renewed_once(options, simulator, stale, changed):
    before = stale.cached.value

    result = retrieve(resolve({**options, **changed}, {}), stale)

    assert stale.rejected == [before]
    assert result.token == simulator.token(METRICS, 102 if "team_name" in changed else None)
    assert len(simulator.requests("iam")) == 1


def test_the_access_key_is_read_with_the_new_login(options, simulator, stale):
    result = retrieve_access_key(resolve(options, {}), stale)

    assert (result.access_key, result.access_key_source) == (ENABLED_ACCESS_KEY, "iam_token")
    assert [request["path"] for request in simulator.requests()] == [
        "/api/customer/accessKeys",
        "/identity/token",
        "/api/customer/accessKeys",
    ]


def test_a_new_token_that_is_refused_too_is_not_renewed(options, simulator, stale):
    simulator.fault("status", status=401, service="sysdig", times=None)

    with pytest.raises(SysdigError, match="answered 401"):
        retrieve(resolve(options, {}), stale)

    assert len(simulator.requests("iam")) == 1


def test_a_token_of_now_is_not_renewed(simulator, failure):
    simulator.fault("status", status=401, service="sysdig", times=None)

    failure()

    assert len(simulator.requests("iam")) == 1


def test_an_api_token_that_is_refused_renews_no_login(options, simulator):
    cache = Cache(simulator.iam_token())
    simulator.fault("status", status=401, path="/api/users/me")

    with pytest.raises(SysdigError) as failed:
        retrieve(resolve({**options, "check_token": True}, {}), cache)

    assert failed.value.step == CHECK
    assert cache.rejected == []


def test_a_403_renews_no_login(options, simulator):
    cache = Cache(simulator.iam_token())
    simulator.fault("status", status=403, path="/api/token")

    with pytest.raises(SysdigError, match="answered 403"):
        retrieve(resolve(options, {}), cache)

    assert cache.rejected == []
