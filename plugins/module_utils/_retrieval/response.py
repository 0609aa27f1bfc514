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
from .._errors.base import SysdigError, TransportError
from .connection import LARGEST_BODY, RawResponse

# How services call a request, for their support: IAM (as IBM's Go client shows it), other services of IBM Cloud.
REQUEST_ID_HEADERS = ("Transaction-Id", "X-Global-Transaction-Id")


class Response(NamedTuple):
    """Hold a service's response: ``body`` is parsed JSON, or None for an empty body."""

    step: str
    url: str
    status: int
    body: Any
    request_id: str | None

    def field(self, name: str) -> Any:
        """Return a member of the body, or None if it has none of that name."""
        return self.body.get(name) if isinstance(self.body, dict) else None

    def unusable(self, why: str) -> TransportError:
        """Return the error for a response that is JSON, but not the service's own."""
        error = network.unusable_response(self.step, self.url, self.status, why)
        return error.with_facts(request_id=self.request_id)


def parse_response(step: str, url: str, raw: RawResponse) -> Response:
    """Return the response, if it is one.

    Raises:
        TransportError: it is a redirect, too long, encoded, or not JSON.
        ServiceError: its status is 400 or more.
    """
    body, is_json = _parsed(raw.content)
    request_id = _request_id(raw, body)
    problem = _problem(step, url, raw, body, is_json)
    if problem is not None:
        raise problem.with_facts(request_id=request_id)
    return Response(step, url, raw.status, body, request_id)


def request_id_of(raw: RawResponse) -> str | None:
    """Return what the service calls the request, or None if it does not tell."""
    return _request_id(raw, _parsed(raw.content)[0] if raw.status >= 400 else None)


def _problem(step: str, url: str, raw: RawResponse, body: Any, is_json: bool) -> SysdigError | None:
    """Return why this is not a response to go on with."""
    status = raw.status
    if 300 <= status < 400:
        target = re.split("[?#]", raw.headers.get("Location", ""))[0]
        return network.redirected(step, url, status, target)
    if len(raw.content) > LARGEST_BODY:
        return network.unusable_response(step, url, status, f"with more than {LARGEST_BODY} bytes")
    if status >= 400:
        code, message = service_words(body)
        return errors.refused(step, url, status, code, message or raw.reason)
    if raw.encoding is not None:
        return network.unusable_response(step, url, status, f"in an encoding that was not requested ({raw.encoding})")
    if not is_json:
        kind = raw.headers.get("Content-Type", "unknown type")
        return network.unusable_response(step, url, status, f"not with JSON ({kind})")
    return None


def _parsed(content: bytes) -> tuple[Any, bool]:
    """Return the JSON in a body (None in an empty one), and whether it is JSON."""
    try:
        return (json.loads(content) if content.strip() else None), True
    except (ValueError, RecursionError):
        return None, False


def _request_id(raw: RawResponse, body: Any) -> str | None:
    fields = body if isinstance(body, dict) else {}
    context = fields.get("context")
    in_body = [context.get("requestId") if isinstance(context, dict) else None]
    in_body += [fields.get("transaction_id"), fields.get("trace")]
    found = [*(raw.headers.get(name) for name in REQUEST_ID_HEADERS), *in_body]
    return next((each for each in found if isinstance(each, str) and re.fullmatch("[!-~]{1,128}", each)), None)


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
    """Return ``text`` on one line, without the ends of long words: a token must not leave no room for the rest."""
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
