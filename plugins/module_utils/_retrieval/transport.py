# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Send requests: the one place where they are repeated, and where the time of the whole retrieval is kept."""

from __future__ import annotations

import copy
import random
import time
from contextlib import AbstractContextManager
from typing import Any
from urllib.request import getproxies

from .._errors import network as errors
from .._errors.base import redacted_errors
from .._redact import url_passwords
from .connection import AttemptFailed, Connection, RawResponse
from .endpoints import REGIONS
from .response import Response, parse_response, retry_after
from .settings import Settings

RETRYABLE_STATUSES = (429, 500, 502, 503, 504)
FIRST_BACKOFF, LONGEST_BACKOFF = 0.5, 8.0  # seconds


class Transport:
    """Send the requests of one retrieval, which started at ``started_at`` (of time.monotonic()), by default now.

    Raises:
        OptionError: the package requests is missing.
    """

    def __init__(self, settings: Settings, started_at: float | None = None) -> None:
        self._connection = Connection(settings.verify, settings.timeout)
        self._secrets = {*settings.login.secrets, *url_passwords(getproxies().values())}
        self._retries = settings.retries
        self._seconds = settings.deadline
        self._deadline = (time.monotonic() if started_at is None else started_at) + settings.deadline
        self._unlisted_region = None if settings.url or settings.region in REGIONS else settings.region

    def keep_secret(self, *secrets: str) -> None:
        """Show none of ``secrets`` in an error from now on. Whoever learns of one says so here."""
        self._secrets.update(secrets)

    def redacted_errors(self) -> AbstractContextManager[None]:
        """Mask all secrets in errors that leave the context."""
        return redacted_errors(self._secrets)

    def without_retries(self) -> Transport:
        """Return this transport, but for requests that are not repeated."""
        once = copy.copy(self)
        once._retries = 0
        return once

    def send(self, step: str, method: str, url: str, is_direct: bool = False, **request: Any) -> Response:
        """Send until there is a response that does not ask for another attempt.

        Args:
            step: a constant of _errors/base.py.
            method: of HTTP.
            url: without a query.
            is_direct: whether no proxy may see the request.
            request: ``headers``, ``params`` and ``data``, as requests takes them.

        Raises:
            TransportError: no usable response came.
            ServiceError: the status is 400 or more.
            OptionError: the file of authorities cannot be used.
        """
        if self._remaining() <= 0:
            raise errors.deadline_exceeded(step, url, self._seconds, "earlier calls took them all")
        for attempt in range(self._retries + 1):
            is_last = attempt == self._retries
            backoff = min(LONGEST_BACKOFF, FIRST_BACKOFF * 2**attempt) * random.uniform(0.5, 1.0)
            try:
                raw = self._connection.attempt(step, method, url, self._remaining(), is_direct, request)
            except AttemptFailed as failed:
                problem = str(failed)
            else:
                if raw.status not in RETRYABLE_STATUSES or is_last:
                    return parse_response(step, url, raw)
                problem = f"status {raw.status}"
                backoff = max(backoff, self._requested_backoff(step, url, raw))
            if is_last and self._remaining() > 0:
                raise errors.unreachable(step, url, problem, attempt + 1, self._unlisted_region, REGIONS)
            if is_last or backoff > self._remaining():
                raise errors.deadline_exceeded(step, url, self._seconds, problem)
            time.sleep(backoff)
        raise AssertionError("the last attempt returns or raises")

    def _requested_backoff(self, step: str, url: str, raw: RawResponse) -> float:
        """Return the seconds that the service asks to wait, if there is time for that."""
        requested = retry_after(raw)
        if requested > self._remaining():
            raise errors.retry_too_late(step, url, raw.status, requested, self._seconds)
        return requested

    def _remaining(self) -> float:
        return self._deadline - time.monotonic()
