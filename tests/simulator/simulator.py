# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator without its sockets: which service answers, what is recorded, which fault strikes."""

from __future__ import annotations

import hashlib
import itertools
import threading
import time
from dataclasses import replace
from typing import Any, NamedTuple

from . import collector, iam, metadata, remote_write, resource_controller, sysdig
from .connected_agents import ConnectedAgent
from .faults import Fault, Faults
from .messages import Request, Response
from .replay import Replay
from .routing import Service
from .world import World

# The first with a fitting prefix answers; Sysdig takes the rest.
SERVICES = (
    metadata.SERVICE,
    iam.SERVICE,
    resource_controller.SERVICE,
    remote_write.SERVICE,
    collector.SERVICE,
    sysdig.SERVICE,
)
UNANSWERED = {"reset", "close", "hang"}
TEXT_TYPES = {"application/x-www-form-urlencoded", "application/json", "text/plain"}


class Outcome(NamedTuple):
    """What to do with a request: wait, then send the response, as far as the fault lets it through."""

    wait_seconds: float
    response: Response
    fault: Fault | None


class Simulator:
    """World, faults and the record of requests; whoever reads or changes them holds the lock.

    Attributes:
        replay: what answers in the place of the services, if somebody's record is replayed.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.world = World.load()
        self.faults = Faults()
        self.latency: dict[str, float] = {}
        self.replay: Replay | None = None
        self.records: list[dict[str, Any]] = []
        self.connection_numbers = itertools.count(1)
        self._request_numbers = itertools.count(1)

    def reset(self) -> None:
        """Back to the state just after the start."""
        self.world.reset()
        self.faults.clear()
        self.latency.clear()
        self.replay = None
        self.records.clear()
        self._request_numbers = itertools.count(1)

    def handle(self, request: Request, connection: int) -> Outcome:
        """Answer a request and record it; the record is there before the client can see the answer."""
        service = next(service for service in SERVICES if request.path.startswith(service.prefixes))
        with self.lock:
            request = replace(request, id=f"simulated-{service.name}-{next(self._request_numbers):04}")
            fault = self.faults.strike(service.name, request)
            response = (fault and fault.replacement(request)) or self._answer(service, request)
            response = service.with_id(fault.altered(response) if fault else response, request)
            wait_seconds = self.latency.get(service.name, 0.0)
            if fault and fault.kind == "delay":
                wait_seconds += fault.parameters["seconds"]
            self.records.append(_record(service.name, request, connection, response, fault))
        return Outcome(wait_seconds, response, fault)

    def _answer(self, service: Service, request: Request) -> Response:
        return self.replay.answer(request) if self.replay else service.answer(self.world, request)

    def forget_agent(self, agent: ConnectedAgent) -> None:
        """An agent's connection has ended."""
        with self.lock:
            self.world.agents.forget(agent)


def fingerprint(token: str) -> str:
    """What the record shows of a bearer token, so that tests can tell whose it was."""
    return hashlib.sha256(token.encode()).hexdigest()[:12]


def _record(service: str, request: Request, connection: int, response: Response, fault: Fault | None) -> dict[str, Any]:
    _scheme, _space, token = (request.header_values("Authorization") or [""])[0].partition(" ")
    is_text = request.media_type() in TEXT_TYPES
    return {
        "service": service,
        "request_id": request.id,
        "method": request.method,
        "path": request.path,
        "query": request.query,
        "headers": [list(header) for header in request.headers],
        "body": request.body.decode("utf-8", "replace") if is_text else None,
        "body_length": len(request.body),
        "token_fingerprint": fingerprint(token) if token else None,
        "status": None if fault and fault.kind in UNANSWERED else response.status,
        "fault": fault.kind if fault else None,
        "time": time.time(),
        "connection": connection,
    }
