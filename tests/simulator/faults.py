# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults that tests inject: wrong answers, and right answers that never fully arrive."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from typing import Any

from .messages import Request, Response

# Kind of fault -> its parameters with their defaults. Sizes in bytes, times in seconds.
KINDS: dict[str, dict[str, Any]] = {
    "status": {
        "status": 503,
        "body": '{"message": "injected fault"}',
        "content_type": "application/json",
        "retry_after": None,
        "retry_after_date": None,
    },
    "echo": {"status": 400},
    "html": {},
    "values": {"value": None},
    "content_type": {"content_type": "text/html"},
    "huge": {"size": 64 * 1024 * 1024},
    "redirect": {"url": "https://redirected.invalid/", "status": 302, "size": 0},
    "delay": {"seconds": 1.0},
    "slow": {"seconds": 0.05},
    "reset": {},
    "close": {},
    "hang": {},
    "hang_in_body": {},
    "truncated": {},
}
HTML_PAGE = b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Please sign in.</body></html>\n"


@dataclass
class Fault:
    """One fault, for requests of a service and method below a path, the next `times` times (None: for ever)."""

    kind: str
    service: str | None = None
    method: str | None = None
    path: str | None = None
    times: int | None = 1
    parameters: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, document: dict[str, Any]) -> Fault:
        """A fault from what a test asked for.

        Raises:
            ValueError: there is no such kind, or the kind has no such parameter.
        """
        kind = document.get("kind", "")
        if kind not in KINDS:
            raise ValueError(f"unknown kind of fault {kind!r}; known: {', '.join(KINDS)}")
        matching = {name: document[name] for name in ("service", "method", "path", "times") if name in document}
        parameters = {name: value for name, value in document.items() if name not in {"kind", *matching}}
        unknown = parameters.keys() - KINDS[kind].keys()
        if unknown:
            raise ValueError(f"the fault {kind!r} has no parameter {', '.join(sorted(unknown))}")
        return cls(kind, **matching, parameters={**KINDS[kind], **parameters})

    def concerns(self, service: str, request: Request) -> bool:
        """Whether it strikes at this request."""
        return (
            self.times != 0
            and self.service in (None, service)
            and self.method in (None, request.method)
            and request.path.startswith(self.path or "/")
        )

    def replacement(self, request: Request) -> Response | None:
        """The answer given instead of the service's; None when that is altered, or not fully transmitted."""
        if self.kind == "status":
            retry_after, date = self.parameters["retry_after"], self.parameters["retry_after_date"]
            if date is not None:
                retry_after = formatdate(time.time() + date, usegmt=True)
            headers = () if retry_after is None else (("Retry-After", str(retry_after)),)
            return Response(
                self.parameters["status"], self.parameters["body"].encode(), self.parameters["content_type"], headers
            )
        if self.kind == "echo":
            repeated = [*request.header_values("Authorization"), request.body.decode("utf-8", "replace")]
            return Response.of({"message": f"not understood: {' '.join(repeated)}"}, self.parameters["status"])
        if self.kind == "html":
            return Response(200, HTML_PAGE, "text/html; charset=utf-8")
        if self.kind == "huge":
            return Response(200, b'"' + b"x" * (self.parameters["size"] - 2) + b'"')
        if self.kind == "redirect":
            location = ("Location", self.parameters["url"])
            return Response(self.parameters["status"], b"x" * self.parameters["size"], "text/plain", (location,))
        return None

    def altered(self, response: Response) -> Response:
        """The service's answer, with what the fault changes in it."""
        if self.kind == "values":
            body = _with_every_value(json.loads(response.body), self.parameters["value"])
            return replace(response, body=json.dumps(body).encode())
        if self.kind == "content_type":
            return replace(response, content_type=self.parameters["content_type"])
        return response


def _with_every_value(document: Any, value: Any) -> Any:
    """The same lists and objects, and in them nothing but ``value``."""
    if isinstance(document, dict):
        return {name: _with_every_value(each, value) for name, each in document.items()}
    if isinstance(document, list):
        return [_with_every_value(each, value) for each in document]
    return value


class Faults:
    """The faults still to come. Not thread-safe: the simulator calls it under its lock."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Inject one more; the oldest that concerns a request strikes."""
        self._faults.append(fault)

    def clear(self) -> None:
        """Everything works again."""
        self._faults.clear()

    def strike(self, service: str, request: Request) -> Fault | None:
        """The fault for this request, which is thereby used up by one."""
        for fault in self._faults:
            if fault.concerns(service, request):
                if fault.times is not None:
                    fault.times -= 1
                return fault
        return None
