# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Injected faults really happen on the wire."""

from __future__ import annotations

import socket
import ssl
import time
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import pytest
import requests

PATH = "/api/users/me"


@pytest.fixture
def raw(simulator, api_headers):
    """What arrives for one request, and whether the connection was ended within half a second."""

    def exchange(url=simulator.url):
        address = urlsplit(url)
        connection = socket.create_connection((address.hostname, address.port), timeout=0.5)
        if address.scheme == "https":
            context = ssl.create_default_context(cafile=simulator.ca_file)
            connection = context.wrap_socket(connection, server_hostname=address.hostname)
        headers = {"Host": "simulator", "Connection": "close", **api_headers}
        lines = [f"GET {PATH} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        with connection:
            connection.sendall("\r\n".join(lines).encode())
            received = b""
            try:
                while data := connection.recv(65536):
                    received += data
            except TimeoutError:
                return received, False
            return received, True

    return exchange


@pytest.mark.parametrize(
    ("kind", "parameters", "status", "content_type", "body"),
    [
        ("status", {}, 503, "application/json", '{"message": "injected fault"}'),
        ("status", {"status": 200, "body": "nonsense", "content_type": "text/plain"}, 200, "text/plain", "nonsense"),
        ("html", {}, 200, "text/html; charset=utf-8", "<!DOCTYPE html>"),
        ("huge", {"size": 100000}, 200, "application/json", '"xxx'),
        ("echo", {"status": 401}, 401, "application/json", '{"message": "not understood: '),
        ("values", {"value": 7}, 200, "application/json", '{"user": {"username": 7, "currentTeam": 7, '),
        ("values", {}, 200, "application/json", '{"user": {"username": null, '),
        ("content_type", {}, 200, "text/html", '{"user": {"username": "'),
    ],
)
def test_another_answer(call, simulator, api_headers, kind, parameters, status, content_type, body):
    simulator.fault(kind, **parameters)

    answer = call("GET", PATH, headers=api_headers)

    assert (answer.status_code, answer.headers["Content-Type"]) == (status, content_type)
    assert answer.text.startswith(body)
    assert len(answer.content) == parameters.get("size", len(answer.content))
    assert call("GET", PATH, headers=api_headers).json()["user"]["currentTeam"] == 101


def test_echo_repeats_what_was_sent(call, simulator):
    simulator.fault("echo")

    said = call("POST", PATH, headers={"Authorization": "Bearer mine"}, data={"apikey": "yours"}).json()["message"]

    assert "Bearer mine" in said
    assert "apikey=yours" in said


def test_headers_of_another_answer(call, simulator):
    simulator.fault("status", status=429, retry_after=7)
    simulator.fault("status", status=429, retry_after_date=100)
    simulator.fault("redirect", url="https://elsewhere.invalid/")

    assert call("GET", PATH).headers["Retry-After"] == "7"
    wait = parsedate_to_datetime(call("GET", PATH).headers["Retry-After"]).timestamp() - time.time()
    assert 90 < wait <= 100
    redirect = call("GET", PATH)
    assert (redirect.status_code, redirect.headers["Location"]) == (302, "https://elsewhere.invalid/")


def test_a_fault_strikes_only_where_and_as_often_as_requested(call, simulator, api_headers):
    simulator.fault("status", service="sysdig", path="/api/users", method="GET", times=2)

    requests_sent = [("GET", "/api/teams"), ("POST", PATH), ("GET", PATH), ("GET", PATH), ("GET", PATH)]
    statuses = [call(*request, headers=api_headers).status_code for request in requests_sent]

    assert statuses == [200, 405, 503, 503, 200]


@pytest.mark.parametrize("end", ["clear_faults", "reset"])
def test_a_lasting_fault_ends_on_request(call, simulator, api_headers, end):
    simulator.fault("status", times=None)
    assert [call("GET", PATH, headers=api_headers).status_code for _number in range(3)] == [503] * 3

    getattr(simulator, end)()

    assert call("GET", PATH, headers=api_headers).status_code == 200


def test_reset_is_a_tcp_reset(simulator, raw):
    simulator.fault("reset")

    with pytest.raises(ConnectionResetError):
        raw(simulator.http_url)


@pytest.mark.parametrize("kind", ["reset", "close"])
def test_no_answer(call, simulator, kind):
    simulator.fault(kind)

    with pytest.raises(requests.exceptions.ConnectionError):
        call("GET", PATH)
    assert [(record["fault"], record["status"]) for record in simulator.requests()] == [(kind, None)]


@pytest.mark.parametrize(
    ("kind", "part_of_body", "ended"),
    [
        ("close", None, True),
        ("hang", None, False),
        ("truncated", 0.5, True),
        ("hang_in_body", 0.5, False),
        ("delay", 1, True),
    ],
)
def test_how_far_an_answer_comes(call, simulator, api_headers, raw, kind, part_of_body, ended):
    simulator.fault(kind, **({"seconds": 0} if kind == "delay" else {}))

    received, was_ended = raw()

    head, _blank_line, body = received.partition(b"\r\n\r\n")
    full = call("GET", PATH, headers=api_headers).content
    assert was_ended is ended
    assert body == full[: int(len(full) * (part_of_body or 0))]
    assert head == b"" if part_of_body is None else f"Content-Length: {len(full)}".encode() in head


@pytest.mark.parametrize(
    ("inject", "least"),
    [
        (lambda simulator: simulator.fault("delay", seconds=0.3), 0.3),
        (lambda simulator: simulator.fault("slow", seconds=0.004), 0.3),
        (lambda simulator: simulator.latency(sysdig=0.3), 0.3),
        (lambda simulator: simulator.latency(iam=60), 0.0),
    ],
    ids=["delay", "slow", "latency", "latency of another service"],
)
def test_slowness(call, simulator, api_headers, inject, least):
    call("GET", PATH, headers=api_headers)
    inject(simulator)

    started = time.monotonic()
    answer = call("GET", PATH, headers=api_headers)
    took = time.monotonic() - started

    assert least <= took < 30
    assert answer.json()["user"]["currentTeam"] == 101


def test_client_stuck_in_the_handshake_blocks_nobody(call, simulator, api_headers):
    address = urlsplit(simulator.url)
    with socket.create_connection((address.hostname, address.port)):
        assert call("GET", PATH, headers=api_headers).status_code == 200


@pytest.mark.parametrize(
    "document", [{"kind": "earthquake"}, {"kind": "html", "size": 3}, {"kind": "html", "service": "typo"}]
)
def test_mistaken_fault_is_an_error(simulator, document):
    with pytest.raises(ValueError, match="the simulator refuses POST faults"):
        simulator.fault(**document)
