# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test what the playbook ibmcloud.sysdig.check finds on hosts that the role has configured."""

from __future__ import annotations

import contextlib
import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from ansible_playbook import HOSTS_PYTHON
from check_runs import CHECK, lines, wrong
from generators import check_picture
from programs import SCRAPE, fingerprint, needs, running, wait_until_written
from role_plays import changed, play, retrieving, tree
from simulator.ids import DISABLED_ACCESS_KEY, ENABLED_ACCESS_KEY, METRICS
from tasks import paths


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


def test_a_token_file_that_somebody_has_edited(project, simulator, host):
    """The token in it is judged without white space, which is none of it."""
    edited = ("file", f"{host}/sysdig-token is not what the entry says.")
    token, other = simulator.token(METRICS, 101), simulator.token(METRICS, 102)
    of_other_team = f"the token in {host}/sysdig-token is of the team 102, and the entry is for the team 101."
    for content, said in (
        (f"{token}\r\n".encode(), [edited]),
        (f"{other}\n".encode(), [edited, ("token", of_other_team)]),
        (b"", [edited]),
        (b"\xff\xfe\x00", [edited]),
    ):
        (host / "sysdig-token").write_bytes(content)
        run = project.run_playbook(CHECK)
        assert (wrong(run), run.rc != 0) == (said, True)


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


def test_a_program_of_ones_own(project, host, simulator):
    """The types for any program are looked at like others, but for what only the program knows."""
    project.write("templates/mine.j2", "{{ sysdig.token }} {{ sysdig.url }}\n")
    template = {"type": "template", "src": "mine.j2", "path": f"{host}/mine"}
    entries = [template, {"type": "token_file", "path": f"{host}/token"}]
    project.write("group_vars/all.yml", {**retrieving(simulator), "sysdig_integrations_list": entries})
    project.run_plays([play({})]).succeeded()
    # The control node needs ca_path, so that nobody knows whom these programs trust.
    run = project.run_playbook(CHECK).succeeded()
    assert [(check, status) for check, status, _message in lines(run) if status != "ok"] == [("network", "unknown")] * 2
    project.environment["SSL_CERT_FILE"] = simulator.ca_file
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
