# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The record of requests, and the process: its announcement and its end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import simulator.client
from simulator.client import SimulatorClient
from simulator.ids import CR_TOKEN, DISABLED_ACCESS_KEY, METRICS, OWNER_API_KEY

PACKAGE = Path(simulator.client.__file__).parent
LOGIN = {"grant_type": "urn:ibm:params:oauth:grant-type:apikey", "apikey": OWNER_API_KEY}


def test_record_shows_what_was_sent(call, simulator):
    call("POST", "/identity/token", data=LOGIN, headers={"X-Sent": "one"})
    call("GET", "/api/v2/teams/light/name/A%2FB?x=%C3%9F")

    login, lookup = simulator.requests()
    assert (login["service"], login["method"], login["path"], login["status"]) == (
        "iam",
        "POST",
        "/identity/token",
        200,
    )
    assert ["X-Sent", "one"] in login["headers"]
    assert login["body"] == "grant_type=urn%3Aibm%3Aparams%3Aoauth%3Agrant-type%3Aapikey&apikey=" + OWNER_API_KEY
    assert login["body_length"] == len(login["body"])
    assert (lookup["service"], lookup["path"], lookup["query"], lookup["status"]) == (
        "sysdig",
        "/api/v2/teams/light/name/A%2FB",
        "x=%C3%9F",
        401,
    )
    assert lookup["connection"] == login["connection"]
    assert 0 <= lookup["time"] - login["time"] < 5


def test_record_can_be_filtered_and_forgotten(call, simulator):
    call("POST", "/identity/token", data=LOGIN)
    call("GET", "/v2/resource_instances")

    assert [record["path"] for record in simulator.requests("resource_controller")] == ["/v2/resource_instances"]
    simulator.forget_requests()
    assert simulator.requests() == []


def test_reset_restores_first_tokens(simulator):
    first = simulator.token(METRICS)
    assert simulator.reset_token(METRICS, 101) == simulator.token(METRICS) != first

    simulator.reset()

    assert simulator.token(METRICS) == first


def test_secrets_are_all_that_was_ever_valid(call, simulator):
    first = simulator.token(METRICS)
    second = simulator.reset_token(METRICS, 101)
    login = call("POST", "/identity/token", data=LOGIN).json()["access_token"]

    values = list(simulator.secrets.values())

    assert {OWNER_API_KEY, first, second, *login.split(".")[1:], DISABLED_ACCESS_KEY, CR_TOKEN} <= set(values)
    assert login.split(".")[0] not in values
    simulator.reset()
    assert second not in simulator.secrets.values()


def test_every_token_is_unique(simulator):
    world = simulator.world
    tokens = [team["token"] for instance in world["instances"] for team in instance["teams"] if team["token"]]
    tokens += [
        token for customer in world["customers"] for user in customer["users"] for token in user["tokens"].values()
    ]

    assert len(set(tokens)) == len(tokens) > 50


@pytest.mark.parametrize("arguments", [[str(PACKAGE)], ["-m", "simulator"]], ids=["folder", "module"])
def test_process_announces_itself_and_ends_on_sigterm(tmp_path, arguments):
    ready = tmp_path / "ready.json"
    process = subprocess.Popen(
        [sys.executable, *arguments, "--ready-file", ready, "--directory", tmp_path, "--stop-with-parent"],
        cwd=PACKAGE.parent,
    )
    wait_for(ready.exists)

    facts = json.loads(ready.read_text())
    assert facts["pid"] == process.pid
    assert facts["ca_file"] == str(tmp_path / "ca.pem")
    assert SimulatorClient(**facts).requests() == []

    process.terminate()
    assert process.wait(timeout=5) == 0


def test_process_ends_with_its_parent(tmp_path):
    ready = tmp_path / "ready.json"
    start = "import subprocess, sys, time; subprocess.Popen(sys.argv[1:]); time.sleep(60)"
    command = [sys.executable, PACKAGE, "--ready-file", ready, "--directory", tmp_path, "--stop-with-parent"]
    parent = subprocess.Popen([sys.executable, "-c", start, *command])
    wait_for(ready.exists)

    parent.send_signal(signal.SIGKILL)
    parent.wait(timeout=5)

    wait_for(lambda: not is_running(json.loads(ready.read_text())["pid"]))


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A process that nobody has waited for yet is still listed, as a zombie.
    return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()


def wait_for(condition):
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "waited for 10 s in vain"
        time.sleep(0.02)
