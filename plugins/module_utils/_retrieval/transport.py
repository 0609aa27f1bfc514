# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""The one place where a request is built and sent: TLS, time limits, repetition, and what counts as an answer."""

from __future__ import annotations

import email.utils
import json
import logging
import random
import re
import ssl
import threading
import time
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from http.client import IncompleteRead
from typing import Any, Callable, Mapping, NamedTuple, TypeVar
from urllib.parse import urlsplit
from urllib.request import getproxies

from .._errors import retrieval as errors
from .._errors.base import OptionError
from .._redact import url_passwords
from .endpoints import REGIONS
from .parse import is_loopback
from .settings import Settings

try:
    import requests
    import urllib3
    from requests import exceptions
except ImportError:  # said with a remedy when a Transport is made: documentation tools import this file without it
    HAS_REQUESTS = False
else:
    HAS_REQUESTS = True

    for _name in ("urllib3.connection", "urllib3.connectionpool"):
        # Malformed headers would be logged as they came, and so be in Ansible's log file.
        logging.getLogger(_name).addFilter(lambda record: "parse headers" not in str(record.msg))

    class _Session(requests.Session):
        """Sees no redirects: requests would read their body to its end, and fail on an address it cannot read."""

        def get_redirect_target(self, resp: Any) -> None:
            return None


REPEATED_STATUSES = (429, 500, 502, 503, 504)
LARGEST_BODY = 1_000_000  # bytes; the largest answer, a page of instances, has some 100 kB
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 8.0  # seconds
# One reason, which versions of Python and TLS call by different names.
BROKEN_OFF = (ConnectionResetError, BrokenPipeError, IncompleteRead, ssl.SSLEOFError)
USER_AGENT = "ibmcloud.sysdig (Ansible collection)"

Outcome = TypeVar("Outcome")


class Answer(NamedTuple):
    """A service's answer: ``body`` is parsed JSON, or None for an empty body."""

    url: str
    status: int
    body: Any


class Transport:
    """One session for one retrieval, begun at ``begun`` (of time.monotonic()), by default now.

    ``secrets`` are what messages must not show; whoever learns of one adds it. ``retries`` is how often a call is
    repeated from now on. Raises OptionError (missing package).
    """

    def __init__(self, settings: Settings, begun: float | None = None) -> None:
        if not HAS_REQUESTS:
            raise errors.missing_package("requests")
        self.secrets = {*settings.login.secrets, *url_passwords(getproxies().values())}
        self._timeout = settings.timeout
        self.retries = settings.retries
        self._seconds = settings.deadline
        self._ends = (time.monotonic() if begun is None else begun) + settings.deadline
        self._verify = settings.verify
        self._unlisted_region = None if settings.url or settings.region in REGIONS else settings.region
        self._session = _Session()
        # Off, or .netrc would replace our Authorization, and REQUESTS_CA_BUNDLE our ca_path. Proxies: see _attempt.
        self._session.trust_env = False
        if not self._verify:  # the user has been told by the name of the option
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        self._session.headers.update({"Accept": "application/json", "User-Agent": USER_AGENT})

    def send(self, step: str, method: str, url: str, **request: Any) -> Answer:
        """Send until there is an answer that does not ask for another attempt.

        ``step`` is a constant of errors.py; ``request`` is ``headers``, ``params`` and ``data`` as requests takes them.
        Raises TransportError when no usable answer comes, and ServiceError for a status of 400 or more.
        """
        if self._left() <= 0:
            raise errors.gave_up(step, url, self._seconds, "earlier calls took them all")
        for attempt in range(self.retries + 1):
            is_last = attempt == self.retries
            pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2**attempt) * random.uniform(0.5, 1.0)
            try:
                response, content = self._attempt(method, url, request)
            except exceptions.SSLError as error:
                if "CERTIFICATE_VERIFY_FAILED" in str(error):
                    raise errors.untrusted(step, url, _reason(error)) from None
                if "[X509" in str(error):
                    raise self._unusable_authorities(error) from None
                problem = _reason(error)
            except ValueError:  # about an address, maybe a proxy's with its password: not shown
                raise errors.uncallable(step, url) from None
            except (exceptions.RequestException, TimeoutError) as error:
                problem = _reason(error)
            except OSError as error:  # requests' own words for a bundle that it cannot find
                raise self._unusable_authorities(error) from None
            else:
                if response.status_code not in REPEATED_STATUSES or is_last:
                    return self._judge(step, url, response, content)
                problem = f"status {response.status_code}"
                asked = _retry_after(response.headers.get("Retry-After"))
                if asked > self._left():
                    raise errors.asked_to_wait(step, url, response.status_code, asked, self._seconds)
                pause = max(pause, asked)
            if is_last and self._left() > 0:
                raise errors.unreachable(step, url, problem, attempt + 1, self._unlisted_region)
            if is_last or pause > self._left():
                raise errors.gave_up(step, url, self._seconds, problem)
            time.sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    def _unusable_authorities(self, error: OSError) -> OptionError:
        return errors.unusable_file("ca_path", str(self._verify), _reason(error))

    def _left(self) -> float:
        return self._ends - time.monotonic()

    def _attempt(self, method: str, url: str, request: Mapping[str, Any]) -> tuple[Any, bytes]:
        """One attempt: the response and its body, cut off after LARGEST_BODY."""

        def exchange() -> tuple[Any, bytes]:
            response = self._session.request(
                method,
                url,
                allow_redirects=False,
                timeout=self._timeout,
                verify=self._verify,
                proxies=_proxies(url),
                stream=True,
                **request,
            )
            content = b""
            for chunk in response.iter_content(65536):
                content += chunk
                if len(content) > LARGEST_BODY:
                    response.close()
                    break
            return response, content

        return _within(min(self._timeout, self._left()), exchange)

    def _judge(self, step: str, url: str, response: Any, content: bytes) -> Answer:
        """The answer, if it is one."""
        status = response.status_code
        if 300 <= status < 400:
            target = re.split("[?#]", response.headers.get("Location", ""))[0]
            raise errors.redirected(step, url, status, target)
        if len(content) > LARGEST_BODY:
            raise errors.unusable_answer(step, url, status, f"with more than {LARGEST_BODY} bytes")
        try:
            body = json.loads(content) if content.strip() else None
        except (ValueError, RecursionError):
            if status < 400:
                kind = response.headers.get("Content-Type", "unknown type")
                raise errors.unusable_answer(step, url, status, f"not with JSON ({kind})") from None
            body = None
        if status >= 400:
            code, message = service_words(body)
            raise errors.refused(step, url, status, code, message or response.reason or "")
        return Answer(url, status, body)


def service_words(body: Any) -> tuple[str | None, str]:
    """A service's own error code (or None) and message, from the shapes that the three services use."""
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


def _within(seconds: float, call: Callable[[], Outcome]) -> Outcome:
    """``call()``, or TimeoutError after so many seconds.

    A thread, because requests bounds each wait for the socket, not the exchange: neither name resolution nor an answer
    that arrives in drips has an end. Not a signal: Ansible's own task timeout uses that.
    """
    future: Future[Outcome] = Future()

    def work() -> None:
        try:
            future.set_result(call())
        except BaseException as error:  # handed to the caller, whatever it is
            future.set_exception(error)

    threading.Thread(target=work, daemon=True).start()
    try:
        return future.result(timeout=seconds)
    except FutureTimeoutError:
        raise TimeoutError(f"nothing within {seconds:.3g} seconds") from None


def _proxies(url: str) -> dict[str, str]:
    """The environment's proxies, but not for what may go in clear because it does not leave this machine."""
    parts = urlsplit(url)
    if parts.scheme == "http" and is_loopback(parts.hostname or ""):
        return {}
    return dict(requests.utils.get_environ_proxies(url))


def _retry_after(value: str | None) -> float:
    """Seconds to wait: a number or a date (RFC 9110, section 10.2.3); 0 for nothing or nonsense."""
    value = (value or "").strip()
    if value.isdecimal() and value.isascii():
        return float(value)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return 0.0


def _reason(error: BaseException) -> str:
    """The innermost cause in few words; the outer ones repeat the URL and the library's internals."""
    if isinstance(error, (exceptions.Timeout, TimeoutError)):
        return "timed out"
    seen: list[BaseException] = []
    cause: Any = error
    while isinstance(cause, BaseException) and cause not in seen:
        seen.append(cause)
        inner = [argument for argument in cause.args if isinstance(argument, BaseException)]
        cause = getattr(cause, "reason", None) or cause.__cause__ or cause.__context__ or (inner[0] if inner else None)
    if isinstance(seen[-1], BROKEN_OFF):
        return "the connection broke off"
    words = next((getattr(one, "strerror", None) for one in reversed(seen) if getattr(one, "strerror", None)), None)
    text = str(words or getattr(seen[-1], "verify_message", None) or seen[-1]).partition(" (_ssl.c")[0][:200]
    return text.rpartition("certificate verify failed: ")[2].rstrip(".")
