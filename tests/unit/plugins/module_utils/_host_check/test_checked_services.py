# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A service has to run, to have read its configuration, and to deliver."""

from __future__ import annotations

import http.server
import os
import socket
import threading
import time

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils import _agent
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._host_check import metrics as checked_metrics
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._host_check import service


def messages(lines, check):
    return [(line["status"], line["message"]) for line in lines if line["check"] == check]


@pytest.fixture
def configuration(etc):
    """A configuration file, changed a minute ago."""
    path = etc / "conf"
    path.write_text("x\n")
    os.utime(path, (time.time() - 60,) * 2)
    return {"path": str(path), "content": "eAo=", "secret": False, "is_token": False}


@pytest.fixture
def metrics():
    """A program that shows its metrics: set ``text``, or ``pages`` to show before it, and read ``url``."""

    class Handler(http.server.BaseHTTPRequestHandler):
        text = ""
        pages = ()

        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            text, *Handler.pages = [*self.pages, self.text]
            self.wfile.write(text.encode())

        def log_message(self, *arguments):
            """Be quiet."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever).start()
        Handler.url = f"http://127.0.0.1:{server.server_address[1]}/metrics"
        yield Handler
        server.shutdown()


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


def test_without_systemd_nothing_is_known_of_a_service(check, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    ((status, _message),) = messages(check(programs=[{"service": "exporter"}])[0], "service")
    assert status == "unknown"


PROMETHEUS = """\
# TYPE prometheus_remote_storage_samples_total counter
prometheus_remote_storage_samples_total{{remote_name="other",url="https://u"}} 9
prometheus_remote_storage_samples_total{{remote_name="sysdig",url="https://u/a\\"b"}} {sent}
prometheus_remote_storage_samples_failed_total{{remote_name="sysdig",url="https://u"}} {failed}
prometheus_remote_storage_samples_pending{{remote_name="sysdig",url="https://u"}} 3
prometheus_remote_storage_queue_highest_sent_timestamp_seconds{{remote_name="sysdig",url="https://u"}} {newest:.0f}
"""
NEVER = 1e12  # seconds


@pytest.mark.parametrize(
    ("sent", "failed", "ago", "status", "said"),
    [
        (120, 0, 5, "ok", "samples arrive: 120 sent, 0 failed, 3 pending, newest "),
        (0, 0, NEVER, "failed", "no samples arrive: 0 sent, 0 failed, 3 pending."),
        (50, 50, NEVER, "failed", "no samples arrive: 50 sent, 50 failed, 3 pending."),
        (120, 20, 600, "failed", "the newest sample that was sent is 10 minutes old: 120 sent, 20 failed, 3 pending."),
    ],
)
def test_whether_prometheus_delivers(check, metrics, sent, failed, ago, status, said):
    metrics.text = PROMETHEUS.format(sent=sent, failed=failed, newest=max(0, time.time() - ago))
    (found,) = messages(check(programs=[{"metrics_url": metrics.url}])[0], "delivery")
    assert found[0] == status
    assert found[1].startswith(said)


@pytest.mark.parametrize(
    ("later", "status", "said"),
    [
        # (sent, failed, seconds ago) while the check looks on; the first page has (120, 20, 9).
        ([(120, 20, 9), (150, 20, 4)], "ok", "samples arrive: 150 sent, 20 failed, 3 pending, newest "),
        ([(150, 20, 4), (150, 50, 4)], "failed", "samples fail while the check looks: 150 sent, 50 failed, 3 pending."),
        ([(150, 50, 4)], "failed", "samples fail while the check looks: 150 sent, 50 failed, 3 pending."),
        ([(140, 20, 9)], "unknown", "whether samples still fail is not known: 140 sent, 20 failed, 3 pending."),
    ],
)
def test_whether_samples_that_have_failed_still_do(check, metrics, monkeypatch, later, status, said):
    """Prometheus counts failures since its start, and calls a refused sample sent."""
    monkeypatch.setattr(checked_metrics, "PAUSE", 0.0)
    now = time.time()
    pages = [
        PROMETHEUS.format(sent=sent, failed=failed, newest=now - ago) for sent, failed, ago in [(120, 20, 9), *later]
    ]
    metrics.pages, metrics.text = pages[:-1], pages[-1]
    (found,) = messages(check(programs=[{"metrics_url": metrics.url}])[0], "delivery")
    assert found[0] == status
    assert found[1].startswith(said)


def test_a_receiver_that_prometheus_does_not_know(check, metrics):
    metrics.text = PROMETHEUS.format(sent=1, failed=0, newest=1)
    (found,) = messages(check(programs=[{"metrics_url": metrics.url, "name": "mine"}])[0], "delivery")
    assert found == ("failed", f"the metrics at {metrics.url} know no receiver mine.")


VMAGENT = """\
vmagent_remotewrite_blocks_sent_total{{url="2:secret-url"}} 0
vmagent_remotewrite_requests_total{{url="2:secret-url", status_code="2XX"}} {accepted}
vmagent_remotewrite_requests_total{{url="2:secret-url", status_code="401"}} {refused}
vmagent_remotewrite_requests_total{{url="1:secret-url", status_code="2XX"}} 7
vmagent_remotewrite_retries_count_total{{url="2:secret-url"}} {refused}
vmagent_remotewrite_pending_inmemory_blocks{{path="/q/2_F", url="2:secret-url"}} {pending}
"""


@pytest.mark.parametrize(
    ("readings", "status", "said"),
    [
        # (accepted, refused, pending), first and while the check looks on
        ([(5, 0, 0)], "ok", "samples arrive: 5 accepted, 0 refused, 0 retried"),
        ([(0, 0, 0)], "failed", "no samples arrive: 0 accepted, 0 refused, 0 retried."),
        ([(0, 9, 2)], "failed", "no samples arrive: 0 accepted, 9 refused, 9 retried."),
        ([(5, 4, 2), (5, 5, 2), (6, 5, 0)], "ok", "samples arrive: 6 accepted, 5 refused, 5 retried"),
        ([(5, 1, 0), (5, 2, 0)], "failed", "samples fail while the check looks: 5 accepted, 2 refused, 2 retried."),
        ([(5, 4, 2)], "failed", "samples fail while the check looks: 5 accepted, 4 refused, 4 retried."),
        ([(5, 4, 0)], "unknown", "whether samples still fail is not known: 5 accepted, 4 refused, 4 retried."),
    ],
)
def test_whether_vmagent_delivers(check, metrics, monkeypatch, readings, status, said):
    monkeypatch.setattr(checked_metrics, "PAUSE", 0.0)
    names = ("accepted", "refused", "pending")
    *metrics.pages, metrics.text = [VMAGENT.format(**dict(zip(names, each, strict=True))) for each in readings]
    program = {"metrics_url": metrics.url, "type": "vmagent", "place": 2}
    assert messages(check(programs=[program])[0], "delivery") == [(status, said)]


@pytest.mark.parametrize(("is_default", "status"), [(True, "unknown"), (False, "failed")])
def test_metrics_that_cannot_be_read_are_a_failure_if_somebody_has_said_where_they_are(check, is_default, status):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/metrics"
        (found,) = messages(check(programs=[{"metrics_url": url, "is_default_url": is_default}])[0], "delivery")
    assert found == (status, f"the metrics at {url} cannot be read: Connection refused.")


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
