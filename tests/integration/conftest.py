# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The project that playbooks run in, with an environment of its own, and what the tests of the role share."""

from __future__ import annotations

import os
import socket
import tempfile
from pathlib import Path
from typing import Any

import pytest
from ansible_playbook import Playbook
from role_plays import DATA, GIVEN, NEXT_TOKEN, TOKEN, play, retrieving
from simulator.client import SimulatorClient
from simulator.ids import METRICS, OWNER_API_KEY


@pytest.fixture(autouse=True)
def _reachable(tmp_path: Path) -> None:
    """Let the groups of programs, where this machine has them, enter the directories of a host's files."""
    for directory in (tmp_path, *tmp_path.parents):
        if directory.is_relative_to(tempfile.gettempdir()) and directory.owner() == tmp_path.owner():
            directory.chmod(directory.stat().st_mode | 0o011)


@pytest.fixture
def playbook(tmp_path: Path, simulator: SimulatorClient) -> Playbook:
    """An empty project with localhost as its inventory."""
    return Playbook.at(tmp_path, simulator)


@pytest.fixture
def verbose(playbook: Playbook, tmp_path: Path) -> Playbook:
    """The project of a user who wants to see everything, and keeps everything."""
    playbook.environment |= {
        "ANSIBLE_CACHE_PLUGIN": "jsonfile",
        "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(tmp_path / "facts"),
        "ANSIBLE_RETRY_FILES_ENABLED": "1",
        "ANSIBLE_RETRY_FILES_SAVE_PATH": str(tmp_path / "retry"),
    }
    return playbook


@pytest.fixture
def at_simulator(simulator: SimulatorClient) -> dict[str, Any]:
    """The options that say where the simulator is; each call is made once."""
    return {
        "url": simulator.url,
        "iam_url": simulator.url,
        "resource_controller_url": simulator.url,
        "ca_path": simulator.ca_file,
        "retries": 0,
    }


@pytest.fixture
def options(at_simulator: dict[str, Any]) -> dict[str, Any]:
    """The owner's API key and the monitor instance."""
    return {**at_simulator, "api_key": OWNER_API_KEY, "instance_id": METRICS}


@pytest.fixture
def etc(tmp_path: Path) -> Path:
    """The host's configuration directory, with a Prometheus that somebody looks after."""
    directory = tmp_path / "etc"
    (directory / "prometheus").mkdir(parents=True)
    (directory / "prometheus" / "prometheus.yml").write_bytes((DATA / "prometheus.yml").read_bytes())
    (directory / "prometheus" / "prometheus.yml").chmod(0o644)
    return directory


@pytest.fixture
def host(tmp_path: Path) -> Path:
    """The host's configuration, which somebody looks after."""
    directory = tmp_path / "host"
    directory.mkdir()
    for name in ("prometheus.yml", "dragent.yaml", "otel.yaml"):
        (directory / name).write_bytes((DATA / name).read_bytes())
    return directory


@pytest.fixture
def entries(host: Path) -> dict[str, dict[str, Any]]:
    """An entry of each type, for that host."""
    paths = {
        "prometheus": "prometheus.yml",
        "otel": "otel.yaml",
        "agent": "dragent.yaml",
        "grafana": "grafana.yaml",
        "env_file": "env",
        "token_file": "token",
        "template": "mine",
    }
    extra = {
        "prometheus": {"token_path": f"{host}/prometheus-token"},
        "otel": {"token_path": f"{host}/otel-token", "pipelines": ["metrics"]},
        "template": {"src": "mine.j2"},
    }
    return {
        kind: {"type": kind, "path": f"{host}/{path}", "service": "", **extra.get(kind, {})}
        for kind, path in paths.items()
    }


@pytest.fixture
def wire(playbook, etc):
    """Run the role once with entries, whose paths are below the host's /etc."""

    playbook.secrets |= {"the token": TOKEN, "the next token": NEXT_TOKEN}
    # Not prometheus.yml: it names the file with the token.
    playbook.secret_files |= {"etc/*-token", "etc/default/*", "etc/token*", "etc/mine.conf", "etc/grafana.yaml"}

    def run(entries, *arguments, **variables):
        entries = [
            {key: f"{etc}/{value}" if key in ("path", "token_path") else value for key, value in entry.items()}
            for entry in entries
        ]
        return playbook.run_plays([play({**GIVEN, **variables}, entries)], *arguments)

    return run


@pytest.fixture
def template(playbook):
    return playbook.write(
        "templates/mine.conf.j2",
        "{{ sysdig.endpoints.collector }}:{{ sysdig.endpoints.collector_port }} {{ sysdig.token }}\n",
    )


@pytest.fixture
def port() -> int:
    """A port that is free."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture
def token_file(playbook, etc):
    """An entry that writes a token file; it may hold secrets."""
    playbook.secret_files |= {"etc/tokens/*"}
    return lambda name="token", **own: {"type": "token_file", "path": f"{etc}/tokens/{name}", **own}


@pytest.fixture
def entry(host: Path, simulator: SimulatorClient) -> dict[str, Any]:
    """An entry for files that we read ourselves: others may be kept out of the directories of a test."""
    at = {"url": f"{simulator.url}/prometheus/remote/write", "tls_config": {"ca_file": simulator.ca_file}}
    path = f"{host}/prometheus.yml"
    own = {"owner": str(os.getuid()), "service": "", "metrics_url": ""}
    return {"type": "prometheus", "path": path, "remote_write": at, **own}


@pytest.fixture
def project(playbook: Playbook, simulator: SimulatorClient, entry: dict[str, Any]) -> Playbook:
    """A project whose role has run, and whose check is to come."""
    playbook.secret_files |= {"host/*"}
    playbook.write("group_vars/all.yml", {**retrieving(simulator), "sysdig_integrations_list": [entry]})
    playbook.run_plays([play({})]).succeeded()
    simulator.forget_requests()
    return playbook
