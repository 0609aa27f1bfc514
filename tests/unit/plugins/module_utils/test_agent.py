# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be seen of an agent on its host: its settings, its processes, and connections that last."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import uuid

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils import _agent

CONNECTED = (
    "import socket, sys; s = socket.create_connection(('127.0.0.1', {})); print('up', flush=True); sys.stdin.read()"
)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("customerid: abc\n", "abc"),
        ("  customerid: nested\n", None),
        ("# customerid: comment\n", None),
        ("customerid: 'a-b'\n", "a-b"),
        ('customerid:  "a+b/c=" # mine\n', "a+b/c="),
        ("customerid: first\ntags: x\ncustomerid: last\n", "last"),
        ("customerid:\n", None),
        ("{customerid: flow}\n", None),
    ],
)
def test_a_setting_is_on_a_line_of_its_own(content, expected):
    assert _agent.setting(content, "customerid") == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", {6443}),
        ("collector_port: 6666\n", {6666}),
        ("collector_port: 6443\nhttp_proxy:\n  proxy_host: proxy\n  proxy_port: 3128\n", {6443, 3128}),
        ("collector_port: none\n", set()),
    ],
)
def test_the_ports_by_which_the_collector_is_reached(content, expected):
    assert _agent.collector_ports(content) == expected


def test_a_file_that_is_not_there_has_no_content(tmp_path):
    assert _agent.content_of(str(tmp_path / "none")) is None


@pytest.fixture
def service():
    """The name of a service that has one process, which is connected to a port; the name and the port."""
    name = f"stand-in-{uuid.uuid4().hex[:8]}"
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        arguments = [name, "-c", CONNECTED.format(port)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        with subprocess.Popen(arguments, executable=sys.executable, **pipes) as process:
            process.stdout.readline()
            connection, _address = server.accept()
            with connection:
                yield name, port, connection
            process.kill()


def test_a_process_of_the_service_and_its_connection_are_seen(service):
    name, port, _connection = service
    before = time.time()

    (found,) = _agent.agent_processes(name, 0)

    assert found["ports"] == [port]
    assert before - 60 < found["started_at"] <= time.time()
    assert _agent.agent_processes(f"{name}.service", 0)[0]["pid"] == found["pid"]
    assert _agent.agent_processes(f"{name}-other", 0) == []


def test_a_connection_that_is_closed_meanwhile_does_not_count(service, monkeypatch):
    name, _port, connection = service

    def close(seconds):
        # As a collector does that refuses the agent.
        connection.shutdown(socket.SHUT_RDWR)
        connection.close()

    monkeypatch.setattr(_agent.time, "sleep", close)

    (found,) = _agent.agent_processes(name, 2)
    assert found["ports"] == []
