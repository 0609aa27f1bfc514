# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Agent, Grafana and OpenTelemetry Collector: what is written for them, what is kept, and what it costs in calls."""

from __future__ import annotations

import json
import stat

import pytest
import yaml
from role_plays import DATA, REMOTE_WRITE, WRITE, changed, modules, play, retrieving, tree
from simulator.ids import (
    ENABLED_ACCESS_KEY,
    IAM_ONLY,
    IAM_ONLY_ACCESS_KEY,
    METRICS,
    PROTECTION,
    PROTECTION_ACCESS_KEY,
)
from tasks import paths

NEXT_ACCESS_KEY = "feedfeed-next-4000-8000-000000000012"
OLD_ACCESS_KEY = "99999999-0ld0-4000-8000-000000000000"
COLLECTOR = "ingest.us-south.monitoring.cloud.ibm.com"
AGENT = {"type": "agent", "tags": {"role": "web", "site": "Zürich"}, "settings": {"log": {"console_priority": "error"}}}
GRAFANA = {"type": "grafana", "name": "Sysdig of $HOME"}
OTEL = {"type": "otel", "pipelines": ["metrics"], "exporter": {"external_labels": {"site": "a"}}}
FILES = {"agent": "dragent.yaml", "grafana": "sysdig.yaml", "otel": "otel.yaml"}


@pytest.fixture
def host(tmp_path):
    """A host's files, two of which somebody looks after."""
    directory = tmp_path / "host"
    directory.mkdir()
    for name in ("dragent.yaml", "otel.yaml"):
        (directory / name).write_bytes((DATA / name).read_bytes())
        (directory / name).chmod(0o644)
    return directory


@pytest.fixture
def wire_types(playbook, simulator, host):
    """Run the role once at the simulator."""
    playbook.secrets |= {"the access key of others": OLD_ACCESS_KEY, "the next access key": NEXT_ACCESS_KEY}
    # otel.yaml names the file with the token, and does not hold it.
    playbook.secret_files |= {"host/dragent.yaml", "host/sysdig.yaml", "host/sysdig-token", "host/agent.env"}

    def run(entries, *arguments, **changed_variables):
        entries = [{"path": f"{host}/{FILES.get(entry['type'])}", "service": "", **entry} for entry in entries]
        return playbook.run_plays([play({**retrieving(simulator), **changed_variables}, entries)], *arguments)

    return run


def content(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def test_all_three_are_written_and_a_second_run_changes_nothing(wire_types, simulator, host):
    run = wire_types([AGENT, GRAFANA, OTEL]).succeeded()
    assert changed(run) == 1
    assert paths(simulator) == ["/identity/token", "/api/customer/accessKeys", "/api/token"]
    token = simulator.token(METRICS)

    assert (
        (host / "dragent.yaml").read_text(encoding="utf-8")
        == f"""\
# Sysdig agent of the web tier
customerid: {ENABLED_ACCESS_KEY}   # from the web UI
tags: role:web,site:Zürich
log:
    file_priority: info     # chatty enough
    console_priority: error

# No captures on these hosts.
sysdig_capture_enabled: no
collector: {COLLECTOR}
ssl: true
collector_port: 6443
"""
    )
    assert content(host / "sysdig.yaml") == {
        "apiVersion": 1,
        "prune": True,
        "datasources": [
            {
                "name": "Sysdig of $$HOME",
                "uid": "sysdig-of-home",
                "type": "prometheus",
                "access": "proxy",
                "url": f"{simulator.url}/prometheus",
                "jsonData": {"httpHeaderName1": "Authorization"},
                "secureJsonData": {"httpHeaderValue1": f"Bearer {token}"},
            }
        ],
    }
    expected = yaml.safe_load((DATA / "otel.yaml").read_text())
    expected["extensions"]["bearertokenauth/sysdig"] = {"filename": f"{host}/sysdig-token"}
    expected["exporters"]["prometheusremotewrite/sysdig"] = {
        "endpoint": REMOTE_WRITE,
        "auth": {"authenticator": "bearertokenauth/sysdig"},
        "external_labels": {"site": "a"},
    }
    expected["service"]["extensions"].append("bearertokenauth/sysdig")
    expected["service"]["pipelines"]["metrics"]["exporters"].append("prometheusremotewrite/sysdig")
    assert content(host / "otel.yaml") == expected
    assert "# for the new ones" in (host / "otel.yaml").read_text()
    assert (host / "sysdig-token").read_text() == token
    for name in ("dragent.yaml", "sysdig.yaml", "sysdig-token"):
        assert not (host / name).stat().st_mode & 0o037, name
    assert stat.S_IMODE((host / "otel.yaml").stat().st_mode) == 0o644

    before = tree(host)
    again = wire_types([AGENT, GRAFANA, OTEL], "-vvv").succeeded()
    assert (changed(again), modules(again)) == (0, 1)
    assert tree(host) == before


@pytest.mark.parametrize("arguments", [("--check",), ()], ids=["check mode", "real run"])
def test_differences_show_no_secret(wire_types, playbook, host, arguments):
    (host / "sysdig.yaml").write_text("datasources: [{secureJsonData: {httpHeaderValue1: Bearer previous-token}}]\n")
    before = tree(host)
    playbook.secrets["the previous token"] = "previous-token"
    run = wire_types([AGENT, GRAFANA, OTEL], "--diff", "-vvvvv", *arguments).succeeded()
    shown = run.stdout.splitlines()
    for line in (
        "-customerid: ******** (previous)   # from the web UI",
        "+customerid: ********   # from the web UI",
        f"+collector: {COLLECTOR}",
    ):
        assert line in shown
    assert (tree(host) == before) == bool(arguments)


def test_a_new_token_changes_only_what_holds_it(wire_types, simulator, host):
    wire_types([AGENT, GRAFANA, OTEL]).succeeded()
    before, old = tree(host), simulator.token(METRICS)
    new = simulator.reset_token(METRICS, 101)
    wire_types([AGENT, GRAFANA, OTEL]).succeeded()
    after = tree(host)
    assert {name for name in after if after[name] != before[name]} == {"sysdig.yaml", "sysdig-token"}
    for name in ("sysdig.yaml", "sysdig-token"):
        assert after[name][1] == before[name][1].replace(old.encode(), new.encode())


def test_a_new_access_key_changes_only_the_agent(wire_types, simulator, host):
    wire_types([AGENT, GRAFANA, OTEL]).succeeded()
    before = tree(host)
    keys = [{"accessKey": ENABLED_ACCESS_KEY, "enabled": False}, {"accessKey": NEXT_ACCESS_KEY, "enabled": True}]
    simulator.fault("status", path="/api/customer", status=200, body=json.dumps({"customerAccessKeys": keys}))
    wire_types([AGENT, GRAFANA, OTEL]).succeeded()
    after = tree(host)
    assert {name for name in after if after[name] != before[name]} == {"dragent.yaml"}
    assert after["dragent.yaml"][1] == before["dragent.yaml"][1].replace(
        ENABLED_ACCESS_KEY.encode(), NEXT_ACCESS_KEY.encode()
    )


def test_absent_takes_away_what_is_ours_without_a_call(wire_types, simulator, host):
    wire_types([AGENT, GRAFANA, OTEL]).succeeded()
    simulator.forget_requests()
    gone = [{**entry, "state": "absent"} for entry in (AGENT, GRAFANA, OTEL)]
    wire_types(gone, sysdig_integrations_api_key="").succeeded()
    assert content(host / "dragent.yaml") == {"log": {"file_priority": "info"}, "sysdig_capture_enabled": False}
    assert (host / "otel.yaml").read_text() == (DATA / "otel.yaml").read_text()
    assert sorted(path.name for path in host.iterdir()) == ["dragent.yaml", "otel.yaml"]
    assert changed(wire_types(gone, sysdig_integrations_api_key="").succeeded()) == 0
    assert simulator.requests() == []


def test_an_agent_of_workload_protection(wire_types, simulator, host):
    crn = simulator.instance(PROTECTION)["crn"]
    where = {"sysdig_integrations_instance_id": crn, "sysdig_integrations_region": ""}
    wire_types([{"type": "agent"}], **where).succeeded()
    written = content(host / "dragent.yaml")
    assert written["customerid"] == PROTECTION_ACCESS_KEY
    assert written["collector"] == "ingest.us-south.security-compliance-secure.cloud.ibm.com"
    assert (written["secure"], written["sysdig_api_endpoint"], written["tags"]) == (True, "127.0.0.1", "role:web")
    scanners = {"host_scanner": {"enabled": True, "scan_on_start": True}, "kspm_analyzer": {"enabled": True}}
    assert {name: written.get(name) for name in scanners} == scanners
    gone = {"type": "agent", "settings": {"host_scanner": False}, "state": "absent"}
    wire_types([gone], **where).succeeded()
    assert content(host / "dragent.yaml").get("host_scanner") == scanners["host_scanner"]
    assert "kspm_analyzer" not in content(host / "dragent.yaml")
    own = {"host_scanner": {"scan_on_start": False}, "kspm_analyzer": False}
    wire_types([{"type": "agent", "settings": own}], **where).succeeded()
    assert content(host / "dragent.yaml")["host_scanner"] == {"enabled": True, "scan_on_start": False}
    assert "kspm_analyzer" not in content(host / "dragent.yaml")

    run = wire_types([OTEL], **where)
    assert "has no known remote_write endpoint. Give exporter.endpoint." in run.task(WRITE).message


def test_on_an_instance_for_iam_tokens_only_agents_need_no_api_token(wire_types, simulator, host):
    container = {"type": "env_file", "preset": "agent_container", "path": str(host / "agent.env")}
    wire_types([{"type": "agent"}, container], sysdig_integrations_instance_id=IAM_ONLY).succeeded()

    assert content(host / "dragent.yaml")["customerid"] == IAM_ONLY_ACCESS_KEY
    assert f"ACCESS_KEY={IAM_ONLY_ACCESS_KEY}\n" in (host / "agent.env").read_text()
    assert paths(simulator) == ["/identity/token", "/api/customer/accessKeys"]
    run = wire_types(
        [{"type": "agent"}, {"type": "token_file", "path": str(host / "token")}],
        sysdig_integrations_instance_id=IAM_ONLY,
    )
    assert "external_api_auth=IAM_ONLY" in run.task(WRITE).message


def test_an_access_key_of_the_user_is_not_requested(wire_types, simulator, host):
    wire_types([{"type": "agent", "settings": {"customerid": "mine", "collector_port": 443}}]).succeeded()
    assert (content(host / "dragent.yaml")["customerid"], content(host / "dragent.yaml")["collector_port"]) == (
        "mine",
        443,
    )
    assert "/api/customer/accessKeys" not in paths(simulator)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"type": "otel", "pipelines": ["logs"]}, "service.pipelines.logs is not there to be added to"),
        ({"type": "agent", "tags": "web"}, "in tags, 'web' is not a name and a value."),
    ],
)
def test_what_would_break_the_program_is_refused(wire_types, host, entry, said):
    before = tree(host)
    run = wire_types([GRAFANA, entry])
    assert run.rc != 0
    assert said in run.task(WRITE).message
    assert tree(host) == before


def test_outside_ibm_cloud_the_collector_is_required(wire_types, simulator, host):
    outside = {"sysdig_integrations_token": "a-known-token", "sysdig_integrations_region": ""}
    run = wire_types([{"type": "agent", "settings": {"customerid": "mine"}}], **outside)
    assert "has no known collector endpoint. Give settings.collector." in run.task(WRITE).message
    settings = {"customerid": "mine", "collector": "collector.example.com"}
    wire_types([{"type": "agent", "settings": settings}], **outside).succeeded()
    written = content(host / "dragent.yaml")
    assert written["collector"] == "collector.example.com"
    assert "collector_port" not in written
