# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many requests a retrieval costs: one login for all instances and teams of a credential."""

from __future__ import annotations

import contextlib
import os

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import SysdigError
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils import _run_cache as run_cache
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._cached_retrieval import Retrieval
from simulator.ids import CR_TOKEN, EUROPE, METRICS, ONE_TEAM_KEY, OWNER_API_KEY


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch):
    for name in os.environ:
        if name.upper().endswith(("_PROXY", "_CA_BUNDLE")):
            monkeypatch.delenv(name)


@pytest.fixture
def ask(simulator, tmp_path, monkeypatch):
    """Retrieve a token in a worker of its own."""

    def retrieve(shared=True, token=None, environment=None, fallback=None, on_request=None, **direct):
        monkeypatch.setattr(run_cache, "_memory", {})
        place = {"url": simulator.url, "iam_url": simulator.url, "ca_path": simulator.ca_file, "retries": 0}
        directory = str(tmp_path) if shared else None
        options = {"api_key": OWNER_API_KEY, "instance_id": METRICS, **place, **direct}
        retrieval = Retrieval(options, environment or {}, fallback or {}, directory, token, on_request)
        return retrieval.token_result()

    return retrieve


def logins(simulator):
    return len(simulator.requests("iam"))


def test_known_token_costs_no_request(ask, simulator):
    result = ask(token="known-token", team_id=102, region="us-south")

    assert (result["token"], result["team_id"], result["url"]) == ("known-token", 102, simulator.url)
    assert result["endpoints"]["collector"] == "ingest.us-south.monitoring.cloud.ibm.com"
    assert simulator.requests() == []


def test_thirty_teams_share_one_login(ask, simulator):
    tokens = [ask(instance_id=EUROPE, team_id=team_id)["token"] for team_id in range(301, 331)]

    assert tokens == [simulator.token(EUROPE, team_id) for team_id in range(301, 331)]
    assert logins(simulator) == 1
    assert len(simulator.requests("sysdig")) == 30


def test_nothing_is_shared_without_a_directory(ask, simulator):
    ask(shared=False)
    ask(shared=False)

    assert logins(simulator) == 2


def test_instances_share_a_login(ask, simulator):
    assert ask()["token"] == simulator.token(METRICS)
    assert ask(instance_id=EUROPE)["token"] == simulator.token(EUROPE)
    assert logins(simulator) == 1


@pytest.mark.parametrize("other", ["api_key", "iam_url"])
def test_what_may_change_the_login_is_kept_apart(ask, simulator, other):
    values = {"api_key": ONE_TEAM_KEY, "iam_url": simulator.http_url}
    other = {other: values[other], "team_id": 102}

    ask()
    ask(**other)
    assert logins(simulator) == 2

    ask()
    ask(**other)
    assert logins(simulator) == 2


def test_refused_credential_is_tried_once_for_all_teams(ask, simulator):
    for team_id in (101, 102, 103):
        with pytest.raises(SysdigError, match="BXNIM0415E: Provided API key could not be found") as raised:
            ask(api_key="no-such-key", team_id=team_id)
        assert raised.value.facts["status"] == 400

    assert logins(simulator) == 1
    assert simulator.requests("sysdig") == []


@pytest.mark.parametrize(("lifetime", "expected"), [(50, 2), (120, 1)])
def test_iam_token_about_to_expire_is_renewed(ask, simulator, lifetime, expected):
    simulator.iam_token_lifetime(lifetime)

    ask(team_id=101)
    ask(team_id=102)

    assert logins(simulator) == expected
    used = {request["token_fingerprint"] for request in simulator.requests("sysdig")}
    assert len(used) == expected


def test_pods_share_a_login(ask, simulator, tmp_path):
    """Their credential is a file, not a secret that they could derive a key from."""
    file = tmp_path / "compute-resource-token"
    file.write_text(CR_TOKEN, encoding="utf-8")
    pod = {"api_key": None, "cr_token_file": str(file), "iam_profile_name": "monitoring-hosts"}

    assert ask(**pod, team_id=101)["token"] == simulator.token(METRICS, 101)
    assert ask(**pod, team_id=102)["token"] == simulator.token(METRICS, 102)
    assert logins(simulator) == 1


def test_cached_iam_token_is_masked_in_errors(ask, simulator):
    ask(team_id=101)
    (authorization,) = (
        value for name, value in simulator.requests("sysdig")[0]["headers"] if name.lower() == "authorization"
    )
    iam_token = authorization.removeprefix("Bearer ")
    simulator.fault("status", service="sysdig", status=400, body=f'{{"message": "what is {iam_token}?"}}')

    with pytest.raises(SysdigError, match="what is ") as raised:
        ask(team_id=102)

    assert iam_token not in str(raised.value)
    assert logins(simulator) == 1


def test_pods_with_different_tokens_do_not_share_a_login(ask, simulator, tmp_path):
    """Though the profile is the same: each token may stand for another workload."""
    for number in (1, 2):
        (tmp_path / str(number)).write_text(f"sim-compute-resource-token-000{number}", encoding="utf-8")
        pod = {"api_key": None, "cr_token_file": str(tmp_path / str(number)), "iam_profile_name": "monitoring-hosts"}
        with contextlib.suppress(SysdigError):  # the simulator knows the first one only
            ask(**pod, team_id=101)

    assert logins(simulator) == 2


def test_a_cached_login_that_a_service_refuses_is_renewed_once_for_all(ask, simulator):
    ask(team_id=101)
    simulator.fault("status", status=401, path="/api/token", body='{"message": "Authentication failed"}')

    assert ask(team_id=102)["token"] == simulator.token(METRICS, 102)
    assert logins(simulator) == 2

    ask(team_id=103)
    assert logins(simulator) == 2
    used = [request["token_fingerprint"] for request in simulator.requests("sysdig")]
    assert used[0] == used[1] != used[2] == used[3]
