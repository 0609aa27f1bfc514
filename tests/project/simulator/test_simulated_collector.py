# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated collector and the stand-in for agents: connected while the access key is enabled, and no longer."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from urllib.parse import urlsplit

import pytest
from simulator import agent as stand_in
from simulator.agent import Agent, Config, Refused
from simulator.ids import (
    DISABLED_ACCESS_KEY,
    ENABLED_ACCESS_KEY,
    KEYS_AUDIT_TEAM,
    KEYS_MONITOR_LIMITED,
    KEYS_SECURE,
    KEYS_SECURE_AUDIT,
    METRICS,
    PROTECTION_ACCESS_KEY,
)

SECONDS = 10  # that a test waits for what ought to happen at once
KEYS = "/api/customer/accessKeys"


@pytest.fixture
def connect(simulator):
    """Connect an agent with a key; all agents leave at the end."""
    agents = []

    def connect(access_key=ENABLED_ACCESS_KEY, hostname="host-1", url=simulator.url):
        address = urlsplit(url)
        config = Config(access_key, address.hostname, address.port, address.scheme == "https")
        agents.append(Agent(config, hostname, simulator.ca_file))
        return agents[-1]

    yield connect
    for agent in agents:
        agent.close()


@pytest.fixture
def change(call, iam_headers):
    """Disable or enable a key of the monitor instance."""

    def change(action, key=ENABLED_ACCESS_KEY):
        assert call("POST", f"{KEYS}/{key}/{action}", headers=iam_headers).status_code == 200

    return change


def wait_until(condition):
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"waited for {SECONDS} s in vain"
        time.sleep(0.02)


@pytest.mark.parametrize("address", ["url", "http_url"])
def test_connected_agents_are_listed_by_key(simulator, connect, address):
    connect(hostname="host-1", url=getattr(simulator, address))
    connect(hostname="host-2")
    connect(KEYS_SECURE_AUDIT, hostname="host-3")

    assert [agent["hostname"] for agent in simulator.agents()] == ["host-1", "host-2", "host-3"]
    (agent,) = simulator.agents(KEYS_SECURE_AUDIT)
    assert (agent["tenant"], agent["team_id"]) == (KEYS_SECURE, KEYS_AUDIT_TEAM)
    assert agent["time"] == pytest.approx(time.time(), abs=60)
    assert {agent["tenant"] for agent in simulator.agents(ENABLED_ACCESS_KEY)} == {METRICS}


@pytest.mark.parametrize("access_key", [DISABLED_ACCESS_KEY, "unknown"])
def test_an_agent_without_an_enabled_key_is_refused(simulator, connect, access_key):
    with pytest.raises(Refused, match="403"):
        connect(access_key)
    assert simulator.agents() == []


def test_disabling_a_key_cuts_its_agents_off_at_once(simulator, connect, change):
    first, second = connect(), connect()
    connect(PROTECTION_ACCESS_KEY)

    change("disable")

    assert [agent["access_key"] for agent in simulator.agents()] == [PROTECTION_ACCESS_KEY]
    assert [agent.wait(SECONDS) for agent in (first, second)] == ["the access key is disabled"] * 2
    with pytest.raises(Refused, match="403"):
        connect()


def test_after_enabling_an_agent_has_to_connect_anew(simulator, connect, change):
    cut_off = connect()
    change("disable")
    cut_off.wait(SECONDS)

    change("enable")

    assert simulator.agents() == []
    connect()
    assert len(simulator.agents(ENABLED_ACCESS_KEY)) == 1


def test_an_agent_that_leaves_is_no_longer_listed(simulator, connect):
    agent = connect()

    agent.close()

    wait_until(lambda: simulator.agents() == [])


def test_a_limit_counts_the_agents_that_are_connected(simulator, connect):
    first = connect(KEYS_MONITOR_LIMITED)
    connect(KEYS_MONITOR_LIMITED)
    with pytest.raises(Refused, match="403"):
        connect(KEYS_MONITOR_LIMITED)

    first.close()

    wait_until(lambda: len(simulator.agents(KEYS_MONITOR_LIMITED)) == 1)
    connect(KEYS_MONITOR_LIMITED)


def test_reset_cuts_everybody_off(simulator, connect):
    agent = connect()

    simulator.reset()

    assert simulator.agents() == []
    assert agent.wait(SECONDS)


@pytest.mark.parametrize("kind", ["close", "reset", "truncated", "status"])
def test_an_agent_whose_answer_got_lost_is_not_connected(simulator, connect, kind):
    simulator.fault(kind, service="collector")

    with contextlib.suppress(OSError, Refused):
        assert connect().wait(SECONDS) == ""

    wait_until(lambda: simulator.agents() == [])


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ('{"customerid": "x"}', 400),
        ('{"customerid": 1, "hostname": "x"}', 400),
        ("[]", 400),
        ("{", 400),
        ("", 400),
    ],
)
def test_wrong_request_is_refused(call, body, status):
    assert call("POST", "/collector/agents", data=body).status_code == status


def test_attempts_are_recorded(simulator, connect):
    connect()
    with pytest.raises(Refused):
        connect("unknown")

    assert [(record["path"], record["status"]) for record in simulator.requests("collector")] == [
        ("/collector/agents", 200),
        ("/collector/agents", 403),
    ]


@pytest.mark.parametrize(
    ("text", "config"),
    [
        ("customerid: a-b\ncollector: host\n", Config("a-b", "host", 6443, True)),
        ("customerid: a-b # old: c\ncollector: 'host'\ncollector_port: 1\nssl: false", Config("a-b", "host", 1, False)),
        ("customerid: old\ncollector: host\ncustomerid: new\n", Config("new", "host", 6443, True)),
    ],
)
def test_configuration_of_the_agent(tmp_path, text, config):
    path = tmp_path / "dragent.yaml"
    path.write_text(text, encoding="utf-8")

    assert Config.read(path) == config


def test_the_agent_runs_as_its_configuration_says(simulator, tmp_path, change):
    config = tmp_path / "dragent.yaml"
    address = urlsplit(simulator.url)
    config.write_text(
        f"# The agent.\ncustomerid: {ENABLED_ACCESS_KEY}\ncollector: '{address.hostname}'\n"
        f"collector_port: {address.port}\nssl: true\ntags: a:b,c:d\n",
        encoding="utf-8",
    )
    command = [sys.executable, stand_in.__file__, "--config", config, "--ca-file", simulator.ca_file]

    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as agent:
        try:
            assert agent.stdout.readline() == "connected\n"
            assert len(simulator.agents(ENABLED_ACCESS_KEY)) == 1
            change("disable")
            assert agent.wait(SECONDS) == 1
        finally:
            agent.kill()
        assert agent.stdout.read() == "disconnected: the access key is disabled\n"

    again = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=SECONDS, check=False)
    assert (again.returncode, again.stdout) == (1, "not connected: the collector answers 403\n")
