# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Read a response: what counts as one, what a service says of an error, how long it asks to wait."""

from __future__ import annotations

import email.utils
import json
import re
import time
from typing import Any, NamedTuple

from .._errors import network
from .._errors import services as errors
from .connection import LARGEST_BODY, RawResponse


class Response(NamedTuple):
    """A service's response: ``body`` is parsed JSON, or None for an empty body."""

    url: str
    status: int
    body: Any


def parse_response(step: str, url: str, raw: RawResponse) -> Response:
    """Return the response, if it is one.

    Raises:
        TransportError: it is a redirect, too long, or not JSON.
        ServiceError: its status is 400 or more.
    """
    status, content = raw.status, raw.content
    if 300 <= status < 400:
        target = re.split("[?#]", raw.headers.get("Location", ""))[0]
        raise network.redirected(step, url, status, target)
    if len(content) > LARGEST_BODY:
        raise network.unusable_response(step, url, status, f"with more than {LARGEST_BODY} bytes")
    try:
        body = json.loads(content) if content.strip() else None
    except (ValueError, RecursionError):
        if status < 400:
            kind = raw.headers.get("Content-Type", "unknown type")
            raise network.unusable_response(step, url, status, f"not with JSON ({kind})") from None
        body = None
    if status >= 400:
        code, message = service_words(body)
        raise errors.refused(step, url, status, code, message or raw.reason)
    return Response(url, status, body)


def service_words(body: Any) -> tuple[str | None, str]:
    """Return a service's own error code (or None) and message, from the shapes that the services use."""
    if not isinstance(body, dict):
        return None, ""
    errors_listed = body.get("errors")
    if isinstance(errors_listed, list) and errors_listed and isinstance(errors_listed[0], dict):
        body = errors_listed[0]
    code = body.get("errorCode") or body.get("error_code") or body.get("code")
    words = [body.get(name) for name in ("reason", "errorMessage", "message", "errorDetails", "error_description")]
    said = [_shortened(word) for word in words if isinstance(word, str) and word.strip()]
    return (code if isinstance(code, str) else None), ": ".join(dict.fromkeys(said))


def _shortened(text: str) -> str:
    """Return ``text`` on one line, long words without their ends: a token must leave room for the rest."""
    return " ".join(word if len(word) <= 120 else f"{word[:100]}..." for word in text.split())[:300]


def retry_after(raw: RawResponse) -> float:
    """Return the seconds to wait: a number or a date (RFC 9110, section 10.2.3); 0 for nothing or nonsense."""
    value = raw.headers.get("Retry-After", "").strip()
    if value.isdecimal() and value.isascii():
        return float(value)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return 0.0
