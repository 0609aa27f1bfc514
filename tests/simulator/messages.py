# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the services get and give: requests, responses and refusals."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import parse_qsl

from .connected_agents import ConnectedAgent

REFUSALS: dict[str, Any] = json.loads((Path(__file__).parent / "refusals.json").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Request:
    """One HTTP request as it arrived; path and query are still percent-encoded.

    Attributes:
        id: what the service calls the request by in its answer.
    """

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    id: str = ""

    def header_values(self, name: str) -> list[str]:
        """All values of a header, in order: a header sent twice gives two."""
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def media_type(self) -> str:
        """The content type without parameters, in lower case; empty when absent or ambiguous."""
        values = self.header_values("Content-Type")
        return values[0].split(";")[0].strip().lower() if len(values) == 1 else ""


@dataclass(frozen=True)
class Response:
    """One HTTP answer.

    Attributes:
        agent: whose connection stays open after the answer.
    """

    status: int
    body: bytes
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()
    agent: ConnectedAgent | None = None

    @classmethod
    def of(cls, document: Any, status: int = 200) -> Response:
        """An answer with a JSON body."""
        return cls(status, json.dumps(document).encode())


class Refusal(Exception):
    """A service says no, as refusals.json describes it."""

    def __init__(self, service: str, reason: str, detail: str) -> None:
        super().__init__(service, reason)
        self._described = REFUSALS[service]["refusals"][reason]
        self._detail = detail

    def response(self, request_id: str) -> Response:
        """The answer to send, with `$detail` and `$request_id` filled in."""
        values = {"detail": self._detail, "request_id": request_id}
        return Response.of(_filled(self._described["body"], values), self._described["status"])


def refusal(service: str, reason: str, detail: str = "") -> Refusal:
    """The exception by which a service says no."""
    return Refusal(service, reason, detail)


def _filled(template: Any, values: dict[str, str]) -> Any:
    if isinstance(template, dict):
        return {key: _filled(value, values) for key, value in template.items()}
    if isinstance(template, list):
        return [_filled(value, values) for value in template]
    return Template(template).substitute(values) if isinstance(template, str) else template


def single_fields(encoded: str) -> dict[str, str]:
    """The fields of a query or form.

    Raises:
        ValueError: a field is malformed, not UTF-8, or given twice.
    """
    if not encoded:
        return {}
    pairs = parse_qsl(encoded, keep_blank_values=True, strict_parsing=True, errors="strict")
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a field is given twice")
    return fields
