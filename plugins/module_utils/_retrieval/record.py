# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Describe requests and their responses for a bug report: methods, paths, statuses, names and types, but no value."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from typing import Any, Mapping
from urllib.parse import urlsplit

from .connection import RawResponse
from .credentials import token_claims

FORMAT = 1
# All that is in a path of the services beside IDs, and the names of users and teams.
_WORDS = {
    *("identity", "token", "v1", "v2", "instance_identity", "iam_token", "iam_tokens"),
    *("resource_instances", "resource_keys"),
    *("api", "teams", "users", "me", "customer", "accessKeys", "enable", "disable"),
}
_PUBLIC_HOSTS = (".cloud.ibm.com", ".sysdig.com")
_FIELD = re.compile(r"[A-Za-z_$][A-Za-z_$ .-]{0,60}[0-9]{0,2}")
_DEEPEST = 20  # levels of a body


class Record:
    """Collect the requests of one process. The same ID has the same hash in one record, and another in the next."""

    def __init__(self) -> None:
        self._salt = secrets.token_bytes(16)
        self._requests: list[dict[str, Any]] = []

    def note(self, method: str, url: str, params: Mapping[str, str], raw: RawResponse | None) -> None:
        """Add a request, and its response if there was one."""
        parts = urlsplit(url)
        noted: dict[str, Any] = {
            "method": method,
            "host": self._host(parts.hostname or ""),
            "path": "/".join(word if word in {*_WORDS, ""} else self._hashed(word) for word in parts.path.split("/")),
            "query": [self._field(name) for name in params],
            "status": None if raw is None else raw.status,
        }
        if raw is not None:
            noted["headers"] = [self._field(name) for name in raw.headers]
            noted.update(self._body(raw.content))
        self._requests.append(noted)

    def as_text(self) -> str:
        """Return the record as JSON."""
        return json.dumps({"format": FORMAT, "requests": self._requests}, indent=2) + "\n"

    def _host(self, name: str) -> str:
        return name if name.endswith(_PUBLIC_HOSTS) else self._hashed(name)

    def _body(self, content: bytes) -> dict[str, Any]:
        if not content.strip():
            return {}
        try:
            return {"body": self._types(json.loads(content), _DEEPEST)}
        except (ValueError, RecursionError):
            return {"body": "no JSON"}

    def _types(self, value: Any, levels: int) -> Any:
        """Return names and types of what a body holds; of a list each kind of item once."""
        if isinstance(value, dict) and levels:
            return {self._field(name): self._types(each, levels - 1) for name, each in value.items()}
        if isinstance(value, list) and levels:
            kinds: list[Any] = []
            for item in value:
                kind = self._types(item, levels - 1)
                kinds += [kind] if kind not in kinds else []
            return kinds
        claims = token_claims(value) if isinstance(value, str) else None
        return {"JWT": self._types(claims, levels)} if claims is not None else _type(value)

    def _field(self, name: str) -> str:
        return name if _FIELD.fullmatch(name) else self._hashed(name)

    def _hashed(self, value: str) -> str:
        return f"<{hashlib.sha256(self._salt + value.encode('utf-8', 'replace')).hexdigest()[:8]}>"


def _type(value: Any) -> str:
    names = {bool: "boolean", int: "integer", float: "number", str: "string", type(None): "null"}
    return names.get(type(value), "nested")
