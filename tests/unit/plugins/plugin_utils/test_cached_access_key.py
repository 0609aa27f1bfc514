# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many requests an access key costs: it shares its login with API tokens, and a known token needs none."""

from __future__ import annotations

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils import _run_cache as run_cache
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._cached_retrieval import Retrieval
from simulator.ids import ENABLED_ACCESS_KEY, METRICS, OWNER_API_KEY

LOGIN, TOKEN, KEYS = "/identity/token", "/api/token", "/api/customer/accessKeys"


@pytest.fixture
def place(simulator):
    """The options that say where the simulator is."""
    return {"url": simulator.url, "iam_url": simulator.url, "ca_path": simulator.ca_file, "retries": 0}


@pytest.fixture
def retrieved(place, tmp_path, monkeypatch):
    """Retrieve something in a worker of its own."""

    def retrieve(method, token=None, **direct):
        monkeypatch.setattr(run_cache, "_memory", {})
        return method(Retrieval({**place, "instance_id": METRICS, **direct}, {}, {}, str(tmp_path), token))

    return retrieve


def paths(simulator):
    return [request["path"] for request in simulator.requests()]


def test_access_key_and_token_share_a_login(retrieved, simulator):
    key = retrieved(Retrieval.access_key_result, api_key=OWNER_API_KEY)
    token = retrieved(Retrieval.token_result, api_key=OWNER_API_KEY)

    assert (key["access_key"], token["token"]) == (ENABLED_ACCESS_KEY, simulator.token(METRICS))
    assert "token" not in key
    assert paths(simulator) == [LOGIN, KEYS, TOKEN]


def test_workers_share_an_access_key(retrieved, simulator):
    for _worker in range(2):
        assert retrieved(Retrieval.access_key_result, api_key=OWNER_API_KEY)["access_key"] == ENABLED_ACCESS_KEY

    assert paths(simulator) == [LOGIN, KEYS]


def test_a_known_token_reads_the_access_key_without_a_login(retrieved, simulator):
    result = retrieved(Retrieval.access_key_result, token=simulator.token(METRICS), team_id=7, region="us-south")

    assert (result["access_key"], result["url"]) == (ENABLED_ACCESS_KEY, simulator.url)
    assert paths(simulator) == [KEYS]
