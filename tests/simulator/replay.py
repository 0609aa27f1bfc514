# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answer as the services did when somebody recorded them: `check_record` of the playbook `ibmcloud.sysdig.check`.

A record has names and types, and no values. Those that clients look at are made up here, by the name of their field.
"""

from __future__ import annotations

import base64
import json
import time
from typing import Any

from .ids import ACCOUNT, METRICS, METRICS_CRN
from .messages import Request, Response

FORMAT = 1
HOUR = 3600  # seconds
VALUES: dict[str, Any] = {
    "bss": ACCOUNT,
    "crn": METRICS_CRN,
    "expires_in": HOUR,
    "external_api_auth": "ANY",
    "guid": METRICS,
    "products": "SDC",
    "region_id": "us-south",
    "state": "active",
    "token_type": "Bearer",
}
TIMES = {"exp": HOUR, "expiration": HOUR, "iat": 0}  # seconds from now
OF_TYPE = {"string": "replayed", "integer": 101, "number": 1.5, "boolean": True, "null": None}
# What the simulator says itself, or what the made-up values would contradict.
OWN_HEADERS = {
    *("connection", "content-encoding", "content-length", "content-type", "date", "keep-alive", "location"),
    *("retry-after", "transfer-encoding"),
}


class Replay:
    """Answer requests as a record says: in its order, and at last with the last response again.

    Raises:
        ValueError: it is not a record, or has another format.
    """

    def __init__(self, record: dict[str, Any]) -> None:
        if record.get("format") != FORMAT:
            raise ValueError(f"not a record in format {FORMAT}")
        # What was not answered cannot be replayed.
        self._requests = [each for each in record["requests"] if each["status"] is not None]
        self._used: list[dict[str, Any]] = []

    def answer(self, request: Request) -> Response:
        """Return the response to a request. What the record does not have is not found."""
        fitting = [each for each in self._requests if _fits(each, request)]
        unused = [each for each in fitting if not any(each is used for used in self._used)]
        if not fitting:
            return Response.of({"message": "the record has no such request"}, 404)
        recorded = (unused or fitting[-1:])[0]
        self._used.append(recorded)
        return _response(recorded)


def _fits(recorded: dict[str, Any], request: Request) -> bool:
    """Return whether a request is the recorded one. Hashes are written like <1a2b3c4d>, and stand for any ID."""
    words, ours = recorded["path"].split("/"), request.path.split("/")
    return (
        recorded["method"] == request.method
        and len(words) == len(ours)
        and all(word.startswith("<") or word == own for word, own in zip(words, ours, strict=True))
    )


def _response(recorded: dict[str, Any]) -> Response:
    names = [name for name in recorded["headers"] if name.lower() not in OWN_HEADERS]
    headers = tuple((name, "replayed") for name in names)
    if "body" not in recorded:
        return Response(recorded["status"], b"", headers=headers)
    if recorded["body"] == "no JSON":
        return Response(recorded["status"], b"replayed", "text/plain", headers)
    body = json.dumps(_value("", recorded["body"])).encode()
    return Response(recorded["status"], body, headers=headers)


def _value(name: str, kind: Any) -> Any:
    """Return a value of a field, of the kind that was recorded."""
    if isinstance(kind, list):
        return [_value(name, each) for each in kind]
    if isinstance(kind, dict) and kind.keys() == {"JWT"}:
        return ".".join(["", _encoded(_value(name, kind["JWT"])), "replayed"])
    if isinstance(kind, dict):
        return {field: _value(field, each) for field, each in kind.items()}
    value = OF_TYPE.get(kind)
    if name in TIMES and kind == "integer":
        return int(time.time()) + TIMES[name]
    known = VALUES.get(name)
    return known if type(known) is type(value) else value


def _encoded(claims: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
