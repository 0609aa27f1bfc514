# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Send requests: the one place where they are repeated and reported, and where the time of a retrieval is kept."""

from __future__ import annotations

import copy
import random
import re
import time
from contextlib import contextmanager
from typing import Any, Callable, Iterator, Mapping, Optional
from urllib.request import getproxies

from .._errors import network as errors
from .._errors.base import redacted_errors
from .._redact import redact, url_passwords
from .connection import AttemptFailed, Connection, RawResponse
from .endpoints import REGIONS
from .response import Response, parse_response, request_id_of, retry_after
from .settings import Settings

RETRYABLE_STATUSES = (429, 500, 502, 503, 504)
FIRST_BACKOFF, LONGEST_BACKOFF = 0.5, 8.0  # seconds
# What a path has of instances, keys and people: GUIDs, a user name with its team.
_IDS = re.compile(r"(?<=/)[0-9a-f]{8}-[0-9a-f-]{27}(?=/|\Z)|(?<=/api/token/).+", re.IGNORECASE)

OnRequest = Callable[[str], None]
OnExchange = Callable[[str, str, Mapping[str, str], Optional[RawResponse]], None]


@contextmanager
def opened(
    settings: Settings,
    on_request: OnRequest | None = None,
    started_at: float | None = None,
    on_exchange: OnExchange | None = None,
) -> Iterator[Transport]:
    """Open a transport for one retrieval. No error that leaves the context, and no report, shows a secret.

    Args:
        settings: of the retrieval.
        on_request: called with a line of text for every request.
        started_at: when the retrieval began (of time.monotonic()), by default now.
        on_exchange: called with method, URL, query and response (None if there was none) of every attempt.

    Raises:
        OptionError: the package requests is missing.
    """
    transport = Transport(settings, on_request, started_at, on_exchange)
    try:
        with redacted_errors(transport.secrets):
            yield transport
    finally:
        transport.report()


class Transport:
    """Send the requests of one retrieval. The arguments are those of ``opened``.

    Attributes:
        secrets: what no error may show; they are masked where an error leaves the retrieval.
    """

    def __init__(
        self,
        settings: Settings,
        on_request: OnRequest | None = None,
        started_at: float | None = None,
        on_exchange: OnExchange | None = None,
    ) -> None:
        self._connection = Connection(settings.verify, settings.timeout)
        self.secrets = {*settings.login.secrets, *url_passwords(getproxies().values())}
        self._retries = settings.retries
        self._seconds = settings.deadline
        self._deadline = (time.monotonic() if started_at is None else started_at) + settings.deadline
        self._unlisted_region = None if settings.url or settings.region in REGIONS else settings.region
        self._on_request = on_request
        self._unreported: list[str] = []
        self._on_exchange = on_exchange

    def keep_secret(self, *secrets: str) -> None:
        """Let no error that leaves the retrieval show ``secrets``. Whoever learns of one says so here."""
        self.secrets.update(secrets)

    def without_retries(self) -> Transport:
        """Return this transport, but for requests that are not repeated."""
        once = copy.copy(self)
        once._retries = 0
        return once

    def report(self) -> None:
        """Report the requests so far. That of a request waits until here, for secrets that its response tells."""
        while self._unreported:
            line = self._unreported.pop(0)
            if self._on_request is not None:
                self._on_request(redact(line, self.secrets, parts=True))

    def send(
        self,
        step: str,
        method: str,
        url: str,
        is_direct: bool = False,
        retryable: tuple[int, ...] | None = None,
        **request: Any,
    ) -> Response:
        """Send until there is a response that does not ask for another attempt.

        Args:
            step: a constant of _errors/base.py.
            method: of HTTP.
            url: without a query.
            is_direct: whether no proxy may see the request.
            retryable: the statuses after which it may be sent again, if it must not be after a failed attempt.
            request: ``headers``, ``params`` and ``data``, as requests takes them.

        Raises:
            TransportError: no usable response came.
            ServiceError: the status is 400 or more.
            OptionError: the file of authorities cannot be used.
        """
        self.report()
        if self._remaining() <= 0:
            raise errors.deadline_exceeded(step, url, self._seconds, "earlier calls took them all")
        for attempt in range(self._retries + 1):
            is_last = attempt == self._retries
            backoff = min(LONGEST_BACKOFF, FIRST_BACKOFF * 2**attempt) * random.uniform(0.5, 1.0)
            try:
                raw = self._attempt(step, method, url, is_direct, request)
            except AttemptFailed as failed:
                problem = str(failed)
                is_last = is_last or retryable is not None
            else:
                if raw.status not in (RETRYABLE_STATUSES if retryable is None else retryable) or is_last:
                    return parse_response(step, url, raw)
                problem = f"status {raw.status}"
                backoff = max(backoff, self._requested_backoff(step, url, raw))
            if is_last and self._remaining() > 0:
                raise errors.unreachable(step, url, problem, attempt + 1, self._unlisted_region, REGIONS)
            if is_last or backoff > self._remaining():
                raise errors.deadline_exceeded(step, url, self._seconds, problem)
            time.sleep(backoff)
        raise AssertionError("the last attempt returns or raises")

    def _attempt(self, step: str, method: str, url: str, is_direct: bool, request: Mapping[str, Any]) -> RawResponse:
        """Make one attempt, and note it for the report."""
        started_at, outcome = time.monotonic(), "no response"
        raw = None
        try:
            raw = self._connection.attempt(step, method, url, self._remaining(), is_direct, request)
            outcome = str(raw.status)
            request_id = request_id_of(raw)
            if request_id is not None:
                outcome += f", request ID {request_id}"
            return raw
        except AttemptFailed as failed:
            outcome += f" ({failed})"
            raise
        finally:
            if self._on_exchange is not None:
                self._on_exchange(method, url, request.get("params") or {}, raw)
            milliseconds = (time.monotonic() - started_at) * 1000
            self._unreported.append(f"{method} {_IDS.sub('...', url)}: {outcome}, {milliseconds:.0f} ms")

    def _requested_backoff(self, step: str, url: str, raw: RawResponse) -> float:
        """Return the seconds that the service asks to wait, if there is time for that."""
        requested = retry_after(raw)
        if requested > self._remaining():
            raise errors.retry_too_late(step, url, raw.status, requested, self._seconds)
        return requested

    def _remaining(self) -> float:
        return self._deadline - time.monotonic()
