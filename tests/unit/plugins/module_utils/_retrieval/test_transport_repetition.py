# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How often a request is repeated, after which pauses, and how long all of it may take."""

from __future__ import annotations

import email.utils
import json
import os
import subprocess
import sys
import time

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import TOKEN, TransportError
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval import transport
from simulator.ids import METRICS


@pytest.mark.parametrize("retries", [0, 2])
@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_passing_status_is_retried_as_often_as_requested(simulator, send_failure, clock, status, retries):
    simulator.fault("status", status=status, times=None)

    error = send_failure(retries=retries)

    assert len(simulator.requests()) == len(clock.pauses) + 1 == retries + 1
    assert error.facts["status"] == status
    assert "try again later" in error.remedy


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 501])
def test_a_refusal_is_final(simulator, send_failure, clock, status):
    simulator.fault("status", status=status, times=None)

    assert send_failure(retries=3).facts["status"] == status
    assert len(simulator.requests()) == 1
    assert clock.pauses == []


@pytest.mark.parametrize("kind", ["reset", "close", "truncated"])
def test_a_broken_connection_is_tried_again(simulator, send_failure, clock, kind):
    simulator.fault(kind, times=None)

    error = send_failure(retries=2)

    assert len(simulator.requests()) == 3
    assert "did not answer after 3 attempts (the connection broke off)" in error.problem
    assert isinstance(error, TransportError)


@pytest.mark.parametrize("kind", ["reset", "close", "truncated", "status"])
def test_the_answer_after_a_failed_attempt_counts(simulator, send, clock, kind):
    simulator.fault(kind, times=2)

    answer = send(
        path="/api/users/me",
        headers={"Authorization": f"Bearer {simulator.token(METRICS)}"},
        retries=2,
    )

    assert answer.status == 200
    assert answer.body["user"]["currentTeam"] == 101


def test_pauses_double_up_to_a_limit(simulator, send_failure, clock):
    simulator.fault("status", times=None)

    send_failure(retries=6)

    assert clock.pauses == [0.5, 1, 2, 4, 8, 8]


def test_pauses_vary_so_that_many_hosts_do_not_return_at_once(simulator, send_failure, monkeypatch):
    pauses = []
    monkeypatch.setattr(transport.time, "sleep", pauses.append)
    simulator.fault("status", times=None)

    for _run in range(5):
        send_failure(retries=1)

    assert all(0.25 <= pause <= 0.5 for pause in pauses)
    assert len(set(pauses)) > 1


@pytest.mark.parametrize("status", [429, 503])
def test_the_service_may_ask_for_a_longer_pause(simulator, send_failure, clock, status):
    simulator.fault("status", status=status, retry_after=7, times=None)

    send_failure(retries=2)

    assert clock.pauses == [7, 7]


def test_the_service_may_ask_for_a_pause_until_a_date(simulator, send_failure, clock):
    simulator.fault("status", status=429, retry_after=email.utils.formatdate(time.time() + 10, usegmt=True))

    send_failure(retries=1, data=None)

    assert clock.pauses == [pytest.approx(9.5, abs=1)]


@pytest.mark.parametrize("nonsense", ["soon", "-5", "0", "nan", "inf", "1e3", "Mon, 99 Foo 2026 00:00:00 GMT"])
def test_a_senseless_wish_for_a_pause_is_passed_over(simulator, send_failure, clock, nonsense):
    simulator.fault("status", status=429, retry_after=nonsense)

    send_failure(retries=1)

    assert clock.pauses == [0.5]


@pytest.mark.parametrize(
    ("pause", "said"),
    [
        ({"retry_after": 13}, "13 seconds"),
        ({"retry_after": 3600}, "60 minutes"),
        ({"retry_after": 86400}, "24 hours"),
        ({"retry_after": "9" * 500}, "365 days"),
        ({"retry_after_date": 3600}, "60 minutes"),
        ({"retry_after": "Thu, 01 Jan 2099 00:00:00 GMT"}, "365 days"),
    ],
)
def test_a_pause_longer_than_the_time_left_is_not_started(simulator, send_failure, clock, pause, said):
    simulator.fault("status", status=429, **pause, times=None)

    error = send_failure(retries=3, timeout=2)

    assert clock.pauses == []
    assert len(simulator.requests()) == 1
    assert error.facts["status"] == 429
    assert f"asks to wait {said}, longer than is left of the 10 seconds of the whole retrieval" in error.problem


@pytest.mark.parametrize(
    ("kind", "parameters"), [("hang", {}), ("hang_in_body", {}), ("slow", {"seconds": 0.1}), ("delay", {"seconds": 9})]
)
def test_an_attempt_ends_with_its_time_even_when_bytes_still_drip(simulator, send_failure, kind, parameters):
    simulator.fault(kind, **parameters)
    start = time.monotonic()

    error = send_failure(timeout=1, path="/api/users/me")

    assert 0.9 < time.monotonic() - start < 6  # seconds: less than any of the faults takes
    assert "timed out" in error.problem or "within 1 seconds" in error.problem


def test_the_whole_retrieval_ends_with_its_time_however_many_attempts_are_left(simulator, send_failure, clock):
    simulator.fault("status", status=503, times=None)

    error = send_failure(timeout=1, retries=30)  # 32 seconds in all

    assert 32 - transport.LONGEST_BACKOFF < sum(clock.pauses) <= 32
    assert len(simulator.requests()) < 31
    assert "32 seconds" in error.problem
    assert "status 503" in error.problem


def test_nothing_is_sent_when_no_time_is_left(simulator, make_transport, clock):
    late = make_transport(timeout=1)  # 2 seconds in all
    clock.sleep(2)

    with pytest.raises(TransportError, match="within the 2 seconds of the whole retrieval"):
        late.send(TOKEN, "GET", f"{simulator.url}/api/token")

    assert simulator.requests() == []


def test_a_drip_and_then_a_service_without_an_answer_end_in_time(simulator, failure):
    simulator.fault("slow", service="iam", seconds=0.1)
    simulator.fault("status", service="sysdig", status=503, times=None)
    start = time.monotonic()

    error = failure(timeout=1, retries=1)  # 3 seconds in all

    assert time.monotonic() - start < 3 + 5  # seconds; a machine may be busy
    assert [request["service"] for request in simulator.requests()] == ["iam", "iam", "sysdig", "sysdig"]
    assert (error.step, error.facts["status"]) == (TOKEN, 503)


def test_attempts_that_were_given_up_do_not_keep_the_process(simulator, options):
    simulator.fault("hang", times=None)
    package = transport.__package__
    program = f"""
import json, sys
from {package}.retrieve import retrieve
from {package}.settings import resolve
retrieve(resolve(json.load(sys.stdin), {{}}))
"""

    done = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps({**options, "timeout": 1, "retries": 1}),
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=30,  # seconds: the retrieval has 3, and the services hang longer than this
        check=False,
    )

    assert "did not answer after 2 attempts (timed out)" in done.stderr
