# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test what the playbook ibmcloud.sysdig.check finds on hosts that the role has configured."""

from __future__ import annotations

import contextlib
import json
import os
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.types import TYPES
from ansible_playbook import HOSTS_PYTHON
from generators import check_picture
from programs import SCRAPE, fingerprint, needs, running, wait_until_written
from role_plays import changed, play, retrieving, tree
from simulator.ids import DISABLED_ACCESS_KEY, ENABLED_ACCESS_KEY, METRICS
from tasks import paths

CHECK = "ibmcloud.sysdig.check"


@pytest.fixture
def host(tmp_path):
    directory = tmp_path / "host"
    directory.mkdir()
    (directory / "prometheus.yml").write_text("scrape_configs: []\n")
    return directory


@pytest.fixture
def entry(host, simulator):
    """An entry for files that we read ourselves: others may be kept out of the directories of a test."""
    at = {"url": f"{simulator.url}/prometheus/remote/write", "tls_config": {"ca_file": simulator.ca_file}}
    path = f"{host}/prometheus.yml"
    own = {"owner": str(os.getuid()), "service": "", "metrics_url": ""}
    return {"type": "prometheus", "path": path, "remote_write": at, **own}


@pytest.fixture
def project(playbook, simulator, entry):
    """A project whose role has run, and whose check is to come."""
    playbook.secret_files |= {"host/*"}
    playbook.write("group_vars/all.yml", {**retrieving(simulator), "sysdig_integrations_list": [entry]})
    playbook.run_plays([play({})]).succeeded()
    simulator.forget_requests()
    return playbook


def lines(run, host="localhost"):
    """What the check said of a host: (what was looked at, status, message)."""
    checks = run.task("Check the integrations", host).result["checks"]
    return [(line["check"], line["status"], line["message"]) for line in checks]


def wrong(run, host="localhost"):
    """What is not right, without the words that are the same for all."""
    return [(check, message) for check, status, message in lines(run, host) if status != "ok"]


def test_a_host_that_is_right(project, simulator, host, tmp_path):
    project.hosts("one", "two")
    before = tree(host)

    run = project.run_playbook(CHECK).succeeded()

    assert lines(run, "one") == lines(run, "two")
    assert [(check, status) for check, status, _message in lines(run, "one")] == [
        *(("file", "ok"), ("file", "ok"), ("network", "ok"), ("token", "ok")),
    ]
    assert lines(run, "one")[-1][2] == f"{simulator.url} accepts the token of the team 101"
    assert changed(run) == 0
    assert tree(host) == before
    assert paths(simulator) == ["/identity/token", "/api/token", "/api/users/me"]


def test_the_token_of_another_team(project, simulator, host):
    (host / "sysdig-token").write_text(simulator.token(METRICS, 102))
    run = project.run_playbook(CHECK)
    assert run.rc != 0
    path = f"{host}/sysdig-token"
    assert wrong(run) == [("token", f"the token in {path} is of the team 102, and the entry is for the team 101.")]


def test_a_token_that_was_revoked(project, simulator, host):
    simulator.reset_token(METRICS, 101)
    run = project.run_playbook(CHECK)
    ((check, message),) = wrong(run)
    assert check == "token"
    assert message.startswith(f"the instance does not accept the token in {host}/sysdig-token, which was revoked")
    assert run.rc != 0


def test_a_configuration_that_lacks_the_entry_and_a_file_that_all_can_read(project, host):
    (host / "prometheus.yml").write_text("scrape_configs: []\n")
    (host / "sysdig-token").chmod(0o644)
    run = project.run_playbook(CHECK)
    assert wrong(run) == [
        ("file", f"{host}/sysdig-token can be read by all users (mode 0644)."),
        ("file", f"{host}/prometheus.yml is not what the entry says."),
    ]


def test_a_credential_that_does_not_work(project, simulator):
    run = project.run_playbook(CHECK, "--extra-vars", "sysdig_integrations_api_key=wrong-key-1234")
    ((check, message),) = wrong(run)
    assert check == "IAM login"
    assert "Provided API key could not be found" in message
    assert run.rc != 0


def test_a_host_that_cannot_be_reached_is_listed_and_the_others_are_checked(project):
    local = {"ansible_connection": "local", "ansible_python_interpreter": HOSTS_PYTHON}
    gone = {"ansible_connection": "ssh", "ansible_host": "127.0.0.1", "ansible_port": 1}
    project.write("inventory.yml", {"all": {"hosts": {"gone": gone, "here": local}}})
    project.environment["ANSIBLE_SHOW_CUSTOM_STATS"] = "1"

    run = project.run_playbook(CHECK)

    assert run.rc != 0
    assert {status for _check, status, _message in lines(run, "here")} == {"ok"}
    stats = json.loads(run.stdout.partition("RUN: ")[2].partition("\n")[0])
    ((name, reason),) = stats["sysdig_check_unreachable"].items()
    assert name == "gone"
    assert "Connection refused" in reason
    ((name, checks),) = stats["sysdig_check"].items()
    assert (name, [line["status"] for line in checks]) == ("here", ["ok"] * 4)


def test_one_type_or_one_entry(project, host, entry, simulator):
    env_file = {"type": "env_file", "path": f"{host}/env"}
    entries = [entry, env_file, {**env_file, "path": f"{host}/env2"}]
    project.write("group_vars/all.yml", {**retrieving(simulator), "sysdig_integrations_list": entries})
    project.environment["SSL_CERT_FILE"] = simulator.ca_file

    run = project.run_playbook(CHECK, "--extra-vars", "check_type=env_file")
    missing = [("file", f"{host}/{name} does not exist.") for name in ("env", "env2")]
    assert wrong(run) == missing

    run = project.run_playbook(CHECK, "--extra-vars", "check_entry=3")
    assert {line["entry"] for line in run.task("Check the integrations").result["checks"]} == {"Entry 3 (env_file)"}
    assert wrong(run) == missing[1:]

    for given, message in (
        ("check_type=otel", "there is no entry to check of type otel."),
        ("check_type=ottel", f"check_type=ottel is not one of {', '.join(TYPES)}."),
        ("check_entry=4", "there is no entry to check with the number 4."),
        ("check_entry=otel", "check_entry=otel is not the number of an entry."),
    ):
        run = project.run_playbook(CHECK, "--extra-vars", given)
        assert wrong(run) == [("entries", message)]
        assert run.rc != 0


def test_a_host_without_such_an_entry_is_nothing_wrong_if_another_has_one(project, host, entry, simulator):
    project.hosts("one", "two")
    project.write("host_vars/two.yml", {"sysdig_integrations_list": [{**entry, "state": "absent"}]})
    run = project.run_playbook(CHECK).succeeded()
    assert wrong(run, "one") == []
    assert lines(run, "two") == [("entries", "unknown", "there is no entry to check with state=present.")]

    project.write("host_vars/two.yml", {"sysdig_integrations_list": []})
    run = project.run_playbook(CHECK).succeeded()
    assert lines(run, "two") == [("entries", "unknown", "there is no entry to check.")]
    assert project.run_playbook(CHECK, "--limit", "two").rc != 0


def test_a_program_of_ones_own(project, host, simulator):
    """The types for any program are looked at like others, but for what only the program knows."""
    project.write("templates/mine.j2", "{{ sysdig.token }} {{ sysdig.url }}\n")
    template = {"type": "template", "src": "mine.j2", "path": f"{host}/mine"}
    entries = [template, {"type": "token_file", "path": f"{host}/token"}]
    project.write("group_vars/all.yml", {**retrieving(simulator), "sysdig_integrations_list": entries})
    project.environment["SSL_CERT_FILE"] = simulator.ca_file
    project.run_plays([play({})]).succeeded()
    run = project.run_playbook(CHECK).succeeded()
    looked_at = [("file", "ok"), ("network", "ok"), ("token", "ok")]
    assert [(check, status) for check, status, _message in lines(run)] == looked_at * 2

    (host / "mine").write_text("something else\n")
    (host / "token").chmod(0o644)
    assert wrong(project.run_playbook(CHECK)) == [
        ("file", f"{host}/mine is not what the entry says."),
        ("file", f"{host}/token can be read by all users (mode 0644)."),
    ]


def test_an_agent_whose_key_was_disabled(project, host, simulator):
    (host / "dragent.yaml").write_text("log: {}\n")
    project.secrets["the disabled access key"] = DISABLED_ACCESS_KEY
    agent = {"type": "agent", "path": f"{host}/dragent.yaml", "service": ""}
    agent["settings"] = {"collector": "127.0.0.1", "collector_port": int(simulator.url.rpartition(":")[2])}
    project.write("group_vars/all.yml", {**retrieving(simulator), "sysdig_integrations_list": [agent]})
    project.environment["SSL_CERT_FILE"] = simulator.ca_file
    project.run_plays([play({})]).succeeded()
    assert wrong(project.run_playbook(CHECK).succeeded()) == []

    text = (host / "dragent.yaml").read_text()
    (host / "dragent.yaml").write_text(text.replace(ENABLED_ACCESS_KEY, DISABLED_ACCESS_KEY))
    run = project.run_playbook(CHECK)

    assert wrong(run) == [
        ("file", f"{host}/dragent.yaml is not what the entry says."),
        ("access key", f"the access key {DISABLED_ACCESS_KEY[:4]}... in {host}/dragent.yaml is disabled."),
    ]


def test_files_that_hold_an_access_key_and_no_token(project, host, simulator):
    """The instance takes no API tokens, so that none may be retrieved."""
    simulator.external_api_auth(METRICS, "IAM_ONLY")
    entries = [{"type": "env_file", "path": f"{host}/env", "preset": "agent_container"}]
    project.write("group_vars/all.yml", {**retrieving(simulator), "sysdig_integrations_list": entries})
    project.environment["SSL_CERT_FILE"] = simulator.ca_file
    project.run_plays([play({})]).succeeded()
    simulator.forget_requests()

    run = project.run_playbook(CHECK).succeeded()

    assert lines(run)[-1] == ("access key", "ok", "the access key is enabled")
    assert "/api/token" not in paths(simulator)


def test_the_role_checks_at_its_end(project, simulator, host):
    verify = {"sysdig_integrations_verify": True}
    simulator.reset_token(METRICS, 101)
    run = project.run_plays([play(verify)]).succeeded()
    assert {status for _check, status, _message in lines(run)} == {"ok"}
    assert not [result for result in project.run_plays([play({})]).results if result.task.endswith("integrations work")]
    run = project.run_plays([play(verify)], "--check").succeeded()
    assert not [result for result in run.results if result.task.endswith("Check the integrations")]


VERIFY_QUICKLY = {"__sysdig_integrations_verify_retries": 2, "__sysdig_integrations_verify_delay": 0}


def test_the_role_fails_at_its_end_if_something_does_not_work(project, host, entry, port):
    entry["remote_write"] = {"url": f"http://127.0.0.1:{port}/write"}
    verify = {"sysdig_integrations_verify": True, "sysdig_integrations_list": [entry]}

    run = project.run_plays([play(verify)], "--extra-vars", json.dumps(VERIFY_QUICKLY))

    assert run.rc != 0
    assert f"127.0.0.1:{port}" in (host / "prometheus.yml").read_text()
    failed = run.task("Check the integrations")
    assert failed.result["attempts"] == VERIFY_QUICKLY["__sysdig_integrations_verify_retries"]
    ((check, message),) = wrong(run)
    assert (check, f"127.0.0.1, port {port}: Connection refused" in message) == ("network", True), message
    assert message in failed.message


def test_the_role_waits_at_its_end_until_samples_arrive(project, entry):
    with metrics_of_a_program_that_starts() as (url, readings):
        entry["metrics_url"] = url
        verify = {"sysdig_integrations_verify": True, "sysdig_integrations_list": [entry]}
        run = project.run_plays([play(verify)], "--extra-vars", json.dumps(VERIFY_QUICKLY)).succeeded()

    assert run.task("Check the integrations").result["attempts"] == len(readings) == 2
    assert [check for check, status, _message in lines(run) if status == "ok"].count("delivery") == 1


@contextlib.contextmanager
def metrics_of_a_program_that_starts():
    """Serve the metrics of a Prometheus that has sent nothing when they are first read, and samples afterwards."""
    readings = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            sent, newest = (5, time.time()) if readings else (0, 0)
            readings.append(sent)
            self.send_response(200)
            self.end_headers()
            for name, value in (("samples_total", sent), ("queue_highest_sent_timestamp_seconds", newest)):
                self.wfile.write(f'prometheus_remote_storage_{name}{{remote_name="sysdig"}} {value}\n'.encode())

        def log_message(self, format, *args):
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/metrics", readings
        server.shutdown()


@pytest.fixture
def check_credential(playbook, simulator):
    """Check a credential, without entries or hosts, and return the run and its lines. Arguments are options."""
    playbook.write("inventory.yml", {"all": {}})
    variables = {name: value for name, value in retrieving(simulator).items() if not name.endswith("_url")}
    del variables["sysdig_integrations_instance_id"], variables["sysdig_integrations_region"]
    playbook.write("variables.yml", variables)
    playbook.environment |= {
        "IBMCLOUD_IAM_API_ENDPOINT": simulator.url,
        "IBMCLOUD_RESOURCE_CONTROLLER_API_ENDPOINT": simulator.url,
        "SYSDIG_MONITOR_URL": simulator.url,
        "SYSDIG_SECURE_URL": simulator.url,
    }

    def checked(**options):
        given = {f"sysdig_integrations_{name}": value for name, value in options.items()}
        more = json.dumps({"check_credential_only": True, **given})
        run = playbook.run_playbook(CHECK, "--extra-vars", "@variables.yml", "--extra-vars", more)
        return run, run.task("Check the integrations").result["checks"]

    return checked


def test_a_credential_alone(check_credential, simulator):
    simulator.external_api_auth(METRICS, "IAM_ONLY")

    run, checks = check_credential()

    run.succeeded()
    said = {(line["entry"], line["check"]): line["message"] for line in checks}
    assert "of the account a1b2c3d4e5f60718293a4b5c6d7e8f90" in said["credential", "credential"]
    instance = simulator.instance(METRICS)
    name = instance["name"]
    assert said[name, "instance"] == f"monitor in us-south, active, external_api_auth=IAM_ONLY, {instance['crn']}"
    assert "SRE (102)" in said[name, "teams"]
    # There is no way from here to the addresses of IBM Cloud, which only hosts need.
    assert {line["status"] for line in checks if line["check"] == "network"} <= {"ok", "unknown"}


@pytest.mark.parametrize("option", ["instance_id", "instance_name"])
def test_one_instance_of_a_credential(check_credential, simulator, option):
    instance = simulator.instance(METRICS)
    value = {"instance_id": instance["crn"], "instance_name": instance["name"]}[option]
    run, checks = check_credential(**{option: value})
    run.succeeded()
    assert {line["entry"] for line in checks} == {"credential", instance["name"]}


def test_an_instance_that_a_credential_does_not_see(check_credential):
    run, checks = check_credential(instance_name="gone")
    assert run.rc != 0
    assert checks[-1]["message"].startswith("the credential sees no instance gone of Monitoring or Workload Protection")


def test_teams_that_a_credential_may_not_see(check_credential, simulator):
    """That is wrong with the instance that somebody wants, and nothing wrong with one of all."""
    simulator.fault("status", service="sysdig", status=403, path="/api/teams", times=None)
    run, checks = check_credential()
    run.succeeded()
    assert {line["status"] for line in checks if line["check"] == "teams"} == {"unknown"}

    run, checks = check_credential(instance_id=simulator.instance(METRICS)["crn"])
    assert run.rc != 0
    assert [line["status"] for line in checks if line["check"] == "teams"] == ["failed"]


def test_a_credential_that_is_refused(playbook, simulator):
    playbook.write("variables.yml", {**retrieving(simulator), "sysdig_integrations_api_key": "wrong-key-1234"})
    alone = ("--extra-vars", "@variables.yml", "--extra-vars", "check_credential_only=true")
    run = playbook.run_playbook(CHECK, *alone)
    assert run.rc != 0
    ((check, message),) = wrong(run)
    assert check == "IAM login"
    assert "BXNIM0415E" in message


def without_names(message):
    """Return a message without what differs: paths, users, hosts, and numbers."""
    message = re.sub(r"the user \w+", "USER", re.sub(r"https://[\w.:-]+", "URL", message))
    return re.sub(r"\d+", "N", re.sub(r"(?<!\S)[\w.-]+(?=, port)", "HOST", re.sub(r"(?<!\S)/\S+", "PATH", message)))


@pytest.mark.parametrize(
    "mode",
    [["--storage.tsdb.path={}/data"], ["--enable-feature=agent", "--storage.agent.path={}/data"]],
    ids=["server", "agent mode"],
)
@needs("prometheus", "prometheus")
def test_prometheus_that_delivers(project, simulator, host, tmp_path, entry, port, mode):
    (host / "prometheus.yml").write_text(SCRAPE.format(port=port))
    entry["metrics_url"] = f"http://127.0.0.1:{port}/metrics"
    project.write("group_vars/all.yml", {**retrieving(simulator), "sysdig_integrations_list": [entry]})
    project.run_plays([play({})]).succeeded()
    log = tmp_path / "prometheus.log"
    command = ["prometheus", f"--config.file={host}/prometheus.yml", *(each.format(tmp_path) for each in mode)]
    with running([*command, f"--web.listen-address=127.0.0.1:{port}"], log):
        wait_until_written(simulator, log, [(fingerprint(simulator.token(METRICS)), "")])
        run = project.run_playbook(CHECK).succeeded()
    # The page shows what is said here, with other names and numbers.
    on_page = [(row.check, without_names(row.message)) for row in check_picture.rows() if row.status == "ok"]
    assert [(check, without_names(message)) for check, _status, message in lines(run)] == on_page
    ((check, message),) = wrong(project.run_playbook(CHECK))
    assert check == "delivery"
    assert "cannot be read: Connection refused" in message
