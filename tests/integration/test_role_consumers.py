# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test that real programs accept what the role writes for them, and use a new token without a restart."""

from __future__ import annotations

import subprocess

import pytest
from programs import SCRAPE, fingerprint, needs, running, wait_until_written
from role_plays import WRITE, play, retrieving
from simulator.ids import METRICS


@pytest.fixture
def wire(playbook, simulator, tmp_path):
    """Run the role once at the simulator."""
    playbook.secret_files |= {"host/*-token"}

    def run(*entries):
        entries = [{"service": "", **entry} for entry in entries]
        return playbook.run_plays([play(retrieving(simulator), list(entries))])

    return run


def environment_of(path):
    """What a shell makes of an environment file."""
    script = f"set -a; . {path}; env -0"
    shown = subprocess.run(["sh", "-c", script], env={}, capture_output=True, text=True, check=True).stdout
    return dict(line.split("=", 1) for line in shown.split("\0") if line.startswith("remoteWrite_"))


@needs("vmagent", "victoria-metrics")
def test_vmagent_sends_for_two_teams_and_takes_a_new_token_while_it_runs(wire, simulator, tmp_path, port):
    host = tmp_path / "host"
    host.mkdir()
    entry = {"type": "vmagent", "path": f"{host}/sysdig.env"}
    at = {"url": f"{simulator.url}/prometheus/remote/write", "tlsCAFile": simulator.ca_file}
    first = {**entry, "remote_write": {**at, "url": at["url"] + "?of=sysdig,first"}}
    second = {**entry, "name": "sre", "team_id": 102, "remote_write": {**at, "url": at["url"] + "?of=sre"}}

    wire(first, second).succeeded()

    assert sorted(path.name for path in host.iterdir()) == ["sre-token", "sysdig-token", "sysdig.env"]
    (tmp_path / "scrape.yml").write_text(SCRAPE.format(port=port))
    command = [
        "vmagent",
        "-envflag.enable",
        f"-httpListenAddr=127.0.0.1:{port}",
        f"-promscrape.config={tmp_path}/scrape.yml",
    ]
    log = tmp_path / "vmagent.log"
    queue = f"-remoteWrite.tmpDataPath={tmp_path}/queue"
    with running([*command, queue], log, env=environment_of(host / "sysdig.env")) as vmagent:
        tokens = [(simulator.token(METRICS), "of=sysdig,first"), (simulator.token(METRICS, 102), "of=sre")]
        wait_until_written(simulator, log, [(fingerprint(token), query) for token, query in tokens])

        new = simulator.reset_token(METRICS, 102)
        before = (host / "sysdig.env").stat()
        wire(first, second).succeeded()

        wait_until_written(simulator, log, [(fingerprint(new), "of=sre")])
        assert vmagent.poll() is None
        assert (host / "sysdig.env").stat() == before

    for gone in (first, second):
        gone["state"] = "absent"
    wire(first, second).succeeded()
    assert list(host.iterdir()) == []


@needs("prometheus", "prometheus")
def test_prometheus_in_agent_mode_sends_and_its_configuration_is_checked_for_that_mode(wire, simulator, tmp_path, port):
    host = tmp_path / "host"
    host.mkdir()
    configuration = host / "prometheus.yml"
    configuration.write_text(SCRAPE.format(port=port) + "rule_files: [rules.yml]\n")
    entry = {
        "type": "prometheus",
        "path": str(configuration),
        "validate": "promtool check config --agent %s",
        "remote_write": {
            "url": f"{simulator.url}/prometheus/remote/write",
            "tls_config": {"ca_file": simulator.ca_file},
        },
    }
    refused = wire(entry)
    assert "field rule_files is not allowed in agent mode" in refused.task(WRITE).message
    assert [path.name for path in host.iterdir()] == ["prometheus.yml"]

    configuration.write_text(SCRAPE.format(port=port))
    wire(entry).succeeded()

    command = [
        "prometheus",
        "--enable-feature=agent",
        f"--web.listen-address=127.0.0.1:{port}",
        f"--config.file={configuration}",
    ]
    log = tmp_path / "prometheus.log"
    with running([*command, f"--storage.agent.path={tmp_path}/data"], log):
        wait_until_written(simulator, log, [(fingerprint(simulator.token(METRICS)), "")])


def test_a_file_for_alloy_names_the_token_file(wire, simulator, tmp_path):
    host = tmp_path / "host"
    host.mkdir()
    further = {
        "remote_timeout": "30s",
        "queue_config": {"capacity": 5000},
        "write_relabel_config": [{"action": "drop"}],
    }
    entry = {"type": "alloy", "name": "team_a", "path": f"{host}/team_a.alloy", "remote_write": further}

    wire(entry).succeeded()

    assert (host / "team_a-token").read_text() == simulator.token(METRICS)
    assert (
        (host / "team_a.alloy").read_text()
        == f"""\
// Written by the Ansible role ibmcloud.sysdig.sysdig_integrations. Changes made here are lost.
prometheus.remote_write "team_a" {{
  endpoint {{
    url = "https://ingest.prws.us-south.monitoring.cloud.ibm.com/prometheus/remote/write"
    authorization {{
      credentials_file = "{host}/team_a-token"
    }}
    remote_timeout = "30s"
    queue_config {{
      capacity = 5000
    }}
    write_relabel_config {{
      action = "drop"
    }}
  }}
}}
"""
    )
