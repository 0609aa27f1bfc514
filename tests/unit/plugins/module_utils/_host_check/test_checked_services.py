# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A service has to run, and to have read its configuration; an agent has to be connected."""

from __future__ import annotations

import os
import socket
import time

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils import _agent
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._host_check import service
from checked import messages


@pytest.fixture
def configuration(etc):
    """A configuration file, changed a minute ago."""
    path = etc / "conf"
    path.write_text("x\n")
    os.utime(path, (time.time() - 60,) * 2)
    return {"path": str(path), "content": "eAo=", "secret": False, "is_token": False}


def test_a_service_that_runs_and_was_started_after_the_change(check, systemd, configuration):
    systemd(ago=30)
    lines, _files = check([configuration], [{"service": "exporter", "path": configuration["path"]}])
    assert messages(lines, "service") == [("ok", "exporter runs, and has read its configuration")]


def test_a_service_that_was_not_notified(check, systemd, configuration):
    systemd(ago=90)
    lines, _files = check([configuration], [{"service": "exporter", "path": configuration["path"]}])
    said = f"the service exporter has not read {configuration['path']} since it changed."
    assert messages(lines, "service") == [("failed", said)]


def test_prometheus_says_itself_when_it_has_read_its_configuration(check, systemd, configuration, metrics):
    program = {"service": "prometheus", "path": configuration["path"], "metrics_url": metrics.url}
    for since, reloaded, status in ((90, 30, "ok"), (30, 90, "failed")):
        systemd(ago=since)
        metrics.text = f"prometheus_config_last_reload_success_timestamp_seconds {time.time() - reloaded}\n"
        assert messages(check([configuration], [program])[0], "service")[0][0] == status


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"state": "inactive"}, "the service exporter is inactive (x)."),
        ({"state": "failed"}, "the service exporter is failed (x)."),
        ({"state": "inactive", "load": "not-found"}, "systemd does not know the service exporter."),
    ],
)
def test_a_service_that_does_not_run(check, systemd, answers, said):
    systemd(**answers)
    lines, _files = check(programs=[{"service": "exporter"}, {"service": "exporter", "entry": "Entry 2"}])
    of_service = [line for line in lines if line["check"] == "service"]
    assert [(line["entry"], line["status"], line["message"]) for line in of_service] == [("Entry 1", "failed", said)]


def test_a_time_in_the_future_says_nothing(check, systemd, configuration):
    systemd(ago=30)
    os.utime(configuration["path"], (time.time() + 600,) * 2)
    lines, _files = check([configuration], [{"service": "exporter", "path": configuration["path"]}])
    said = f"whether exporter has read {configuration['path']} is not known: the file's time is in the future."
    assert messages(lines, "service") == [("unknown", said)]


ENDED = {
    **{"state": "inactive", "Type": "oneshot", "RemainAfterExit": "no"},
    **{"Result": "success", "ExecMainStartTimestampMonotonic": 5},
}


@pytest.mark.parametrize(
    ("answers", "status"),
    [
        (ENDED, "ok"),
        ({**ENDED, "Type": "simple"}, "failed"),
        ({**ENDED, "RemainAfterExit": "yes"}, "failed"),
        ({**ENDED, "Result": "exit-code"}, "failed"),
        ({**ENDED, "state": "failed", "Result": "exit-code"}, "failed"),
        ({**ENDED, "ExecMainStartTimestampMonotonic": 0}, "failed"),
    ],
)
def test_a_service_that_runs_now_and_then(check, systemd, configuration, answers, status):
    """Such as one of a timer: it reads its configuration whenever it is started."""
    systemd(ago=90, **answers)
    lines, _files = check([configuration], [{"service": "exporter", "path": configuration["path"]}])
    ((found, message),) = messages(lines, "service")
    assert found == status
    assert ("has ended without an error" in message) == (status == "ok")


def test_without_systemd_nothing_is_known_of_a_service(check, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    ((status, _message),) = messages(check(programs=[{"service": "exporter"}])[0], "service")
    assert status == "unknown"


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_an_agent_is_connected_if_a_process_of_its_service_is(check, systemd, monkeypatch, host):
    systemd()
    monkeypatch.setattr(_agent, "_pids", lambda name: [os.getpid()] if name == "dragent" else [])
    monkeypatch.setattr(service, "KEPT", 0.0)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, 0), family=family) as collector:
        port = collector.getsockname()[1]
        at = {"host": host, "port": port, "is_tls": False, "authorities": ""}
        program = {"type": "agent", "service": "dragent", "addresses": [at]}
        name = f"{host}, port {port}"
        said = f"no process of dragent is connected to {name}."
        assert messages(check(programs=[program])[0], "agent") == [("failed", said)]
        with socket.create_connection((host, port)):
            lines, _files = check(programs=[program])
            assert messages(lines, "agent") == [("ok", f"the agent is connected to {name}")]
            assert messages(check(programs=[{**program, "service": "other"}])[0], "agent")[0][0] == "failed"


@pytest.fixture
def agent(systemd, monkeypatch):
    """An agent of which nothing is connected."""
    systemd()
    monkeypatch.setattr(_agent, "_pids", lambda name: [os.getpid()])
    monkeypatch.setattr(service, "KEPT", 0.0)
    at = {"host": "127.0.0.1", "port": 1, "is_tls": False, "authorities": ""}
    return {"type": "agent", "service": "dragent", "addresses": [at]}


def test_an_agent_whose_configuration_is_no_file(check, agent, etc):
    lines, _files = check(programs=[{**agent, "path": str(etc)}])
    assert messages(lines, "agent") == [("failed", "no process of dragent is connected to 127.0.0.1, port 1.")]


def test_an_agent_whose_connections_are_not_ours_to_see(check, agent, monkeypatch):
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: not path.startswith("/proc/") and access(path, mode))
    ((status, message),) = messages(check(programs=[agent])[0], "agent")
    assert status == "unknown"
    assert message.startswith("whether dragent is connected to its collector is not known")
