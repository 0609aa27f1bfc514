# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prometheus and vmagent say in their metrics whether samples arrive."""

from __future__ import annotations

import base64
import io
import socket
import threading
import time

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._host_check import metrics as checked_metrics
from checked import messages

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


@pytest.fixture
def program():
    """A program that answers with bytes of its own: ``program(answer)`` returns the URL of its metrics."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve(answer):
            with listener.accept()[0] as connection:
                connection.recv(65536)
                connection.sendall(answer)

        def start(answer):
            threading.Thread(target=serve, args=(answer,), daemon=True).start()
            return f"http://127.0.0.1:{listener.getsockname()[1]}/metrics"

        yield start


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"SSH-2.0-OpenSSH_9.2\r\n", "SSH-2.0-OpenSSH_9.2"),
        (b"", "Remote end closed connection without response"),
        (b"HTTP/1.0 404 Not Found\r\n\r\n", "Not Found"),
        (b"HTTP/1.0 500 Oops\r\n\r\n", "Oops"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno number\r\n", "IncompleteRead(0 bytes read)"),
        (b"HTTP/1.0 200 OK\r\nX: " + b"x" * 70000 + b"\r\n\r\n", "got more than 65536 bytes when reading header line"),
        (b"HTTP/1.0 200 OK\r\n\r\n<html></html>\n", "the page has none of Prometheus or vmagent"),
        (b"HTTP/1.0 200 OK\r\n\r\nprometheus_remote_storage_x x\n", "could not convert string to float: 'x'"),
    ],
)
@pytest.mark.parametrize(("is_default", "status"), [(True, "unknown"), (False, "failed")])
def test_a_program_that_shows_no_metrics(check, program, answer, said, is_default, status):
    url = program(answer)
    (found,) = messages(check(programs=[{"metrics_url": url, "is_default_url": is_default}])[0], "delivery")
    assert found == (status, f"the metrics at {url} cannot be read: {said}.")


def test_a_page_that_comes_slowly_is_given_up(check, metrics, monkeypatch):
    monkeypatch.setattr(checked_metrics, "SECONDS", 0.0)
    monkeypatch.setattr(checked_metrics.urllib.request.OpenerDirector, "open", endless_page)
    (found,) = messages(check(programs=[{"metrics_url": "http://slow/metrics"}])[0], "delivery")
    assert found == ("failed", "the metrics at http://slow/metrics cannot be read: timed out.")


def endless_page(opener, request, timeout):
    """Return a page that comes a byte at a time, and never ends."""

    class Page(io.BytesIO):
        def read1(self, most):
            return b"#"

    return Page()


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:abc/metrics", "http://127.0.0.1/with space", "http://[::1", "http://"]
)
def test_a_url_that_is_none(check, url):
    ((status, message),) = messages(check(programs=[{"metrics_url": url}])[0], "delivery")
    assert status == "failed"
    assert message.startswith(f"the metrics at {url} cannot be read: ")


def test_a_user_and_a_password_of_metrics_are_sent_and_not_shown(check, metrics):
    metrics.text = PROMETHEUS.format(sent=120, failed=0, newest=time.time())
    url = metrics.url.replace("http://", "http://us%40er:pass-word@")
    ((status, _message),) = messages(check(programs=[{"metrics_url": url}])[0], "delivery")
    assert status == "ok"
    assert metrics.authorization == "Basic " + base64.b64encode(b"us@er:pass-word").decode()

    (found,) = messages(check(programs=[{"metrics_url": url, "name": "mine"}])[0], "delivery")
    assert found == ("failed", f"the metrics at {metrics.url} know no receiver mine.")
    for wrong in ("http://us:pass-word@127.0.0.1:1/", "http://us:pass-word/x@127.0.0.1:1/", "http://us:pass-word@[::1"):
        ((status, message),) = messages(check(programs=[{"metrics_url": wrong}])[0], "delivery")
        assert (status, "pass-word" in message) == ("failed", False)


@pytest.mark.parametrize("value", ["NaN", "+Inf", "-Inf", "0"])
def test_a_time_that_is_none(check, metrics, value):
    metrics.text = PROMETHEUS.replace("{newest:.0f}", value).format(sent="1.2e+02", failed=0)
    (found,) = messages(check(programs=[{"metrics_url": metrics.url}])[0], "delivery")
    assert found == ("failed", "no samples arrive: 120 sent, 0 failed, 3 pending.")


BEFORE_2_23 = """\
prometheus_remote_storage_succeeded_samples_total{{remote_name="sysdig",url="https://u"}} {sent}
prometheus_remote_storage_failed_samples_total{{remote_name="sysdig",url="https://u"}} 6000
prometheus_remote_storage_queue_highest_sent_timestamp_seconds{{remote_name="sysdig",url="https://u"}} {newest}
"""


def test_prometheus_before_2_23_counts_samples_that_have_arrived(check, metrics, monkeypatch):
    monkeypatch.setattr(checked_metrics, "PAUSE", 0.0)
    now = time.time()
    metrics.pages = [BEFORE_2_23.format(sent=5000, newest=now - 9)]
    metrics.text = BEFORE_2_23.format(sent=5100, newest=now - 4)
    ((status, message),) = messages(check(programs=[{"metrics_url": metrics.url}])[0], "delivery")
    assert (status, message.partition(", newest")[0]) == ("ok", "samples arrive: 11100 sent, 6000 failed, 0 pending")
