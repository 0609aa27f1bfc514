# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the retrieval share: options that fit the simulator, and a clock that does not make them wait."""

from __future__ import annotations

import http.client
import io
import json
import time
from typing import Any
from urllib.parse import urlsplit

import pytest
import urllib3
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import TOKEN, SysdigError
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval import transport
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.retrieve import retrieve
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.settings import resolve
from requests.adapters import HTTPAdapter
from simulator.client import SimulatorClient
from simulator.ids import METRICS, OWNER_API_KEY


@pytest.fixture
def options(simulator: SimulatorClient) -> dict[str, Any]:
    """The owner's API key and the monitor instance, at the simulator; each call is made once."""
    return {
        "api_key": OWNER_API_KEY,
        "instance_id": METRICS,
        "url": simulator.url,
        "iam_url": simulator.url,
        "resource_controller_url": simulator.url,
        "ca_path": simulator.ca_file,
        "timeout": 5,
        "retries": 0,
    }


@pytest.fixture
def make_transport(options):
    """A transport for these options, changed as the test says."""
    return lambda environment=None, **changed: transport.Transport(resolve({**options, **changed}, environment or {}))


@pytest.fixture
def send(simulator, make_transport):
    """One call of Sysdig's token path, or another, with the given options changed."""

    def send(method="GET", path="/api/token", headers=None, **changed):
        return make_transport(**changed).send(TOKEN, method, simulator.url + path, headers=headers or {})

    return send


@pytest.fixture
def send_failure(send):
    """The error of such a call."""

    def send_failure(**arguments):
        with pytest.raises(SysdigError) as failed:
            send(**arguments)
        return failed.value

    return send_failure


@pytest.fixture
def retrieved(options):
    """The result for these options, changed as the test says; None takes an option away."""
    return lambda **changed: retrieve(resolve({**options, **changed}, {}))


@pytest.fixture
def failure(retrieved):
    """The error for such options."""

    def failure(**changed):
        with pytest.raises(SysdigError) as failed:
            retrieved(**changed)
        return failed.value

    return failure


@pytest.fixture
def calls(simulator):
    """The requests so far: method, path with query, and the headers that say for whom."""
    for_whom = {"IBMInstanceID", "SysdigProduct", "SysdigTeamID", "TeamID"}
    return lambda: [
        (
            request["method"],
            request["path"] + (f"?{request['query']}" if request["query"] else ""),
            {name: value for name, value in request["headers"] if name in for_whom},
        )
        for request in simulator.requests()
    ]


class Original:
    """What requests reads the cookies of a response from."""

    def __init__(self, headers: dict[str, str]) -> None:
        self.msg = http.client.HTTPMessage()
        for name, value in headers.items():
            self.msg[name] = value

    def isclosed(self) -> bool:
        return True

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def network_with(monkeypatch):
    """Stand where requests would open a connection: status, JSON or bytes, and headers, by the end of a path."""

    def network_with(responses):
        def send(_adapter, request, **_options):
            found = [end for end in responses if urlsplit(request.url).path.endswith(end)]
            status, body, headers = responses[found[0]] if found else (404, {}, {})
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            raw = urllib3.HTTPResponse(
                io.BytesIO(content), headers, status, preload_content=False, original_response=Original(headers)
            )
            sent.append(request)
            return HTTPAdapter().build_response(request, raw)

        sent = []
        monkeypatch.setattr(HTTPAdapter, "send", send)
        return sent

    return network_with


class Clock:
    """Stands in for the module ``time``: pauses are recorded, and pass at once."""

    def __init__(self) -> None:
        self.pauses: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)

    def monotonic(self) -> float:
        return time.monotonic() + sum(self.pauses)

    def time(self) -> float:
        return time.time() + sum(self.pauses)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The transport's clock; its pauses are as long as they can be, not random."""
    clock = Clock()
    monkeypatch.setattr(transport, "time", clock)
    monkeypatch.setattr(transport.random, "uniform", lambda low, high: high)
    return clock
