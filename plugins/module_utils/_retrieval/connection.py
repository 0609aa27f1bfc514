# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Make one attempt at one request: TLS, proxies, a time limit, a limit of size."""

from __future__ import annotations

import logging
import ssl
import threading
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from http.client import IncompleteRead
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Callable, Mapping, NamedTuple, TypeVar
from urllib.parse import urlsplit

from .._errors import network as errors
from .._errors.options import missing_package, unusable_file
from .parse import is_loopback

try:
    import requests
    import urllib3
    from requests import exceptions
except ImportError:  # said with a remedy when a Connection is made: documentation tools import this file without it
    HAS_REQUESTS = False
else:
    HAS_REQUESTS = True

    for _name in ("urllib3.connection", "urllib3.connectionpool"):
        # Malformed headers would be logged as they came, and so be in Ansible's log file.
        logging.getLogger(_name).addFilter(lambda record: "parse headers" not in str(record.msg))

    class _Session(requests.Session):
        """See no redirects: requests would read their body to its end, and fail on an address it cannot read."""

        def get_redirect_target(self, resp: Any) -> None:
            return None


LARGEST_BODY = 1_000_000  # bytes; the largest response, a page of instances, has some 100 kB
# One reason, which versions of Python and TLS call by different names.
BROKEN_OFF = (ConnectionResetError, BrokenPipeError, IncompleteRead, ssl.SSLEOFError)
USER_AGENT = "ibmcloud.sysdig (Ansible collection)"

Outcome = TypeVar("Outcome")


class AttemptFailed(Exception):
    """Report that no response came, but another attempt may get one. Its text is the reason."""


class RawResponse(NamedTuple):
    """Hold a response as it arrived; ``content`` is cut off behind LARGEST_BODY, and empty if it is encoded."""

    status: int
    reason: str
    headers: Mapping[str, str]
    content: bytes

    @property
    def encoding(self) -> str | None:
        """Return the encoding of the content, None for plain content."""
        encoding = self.headers.get("Content-Encoding", "").strip()
        return None if encoding.lower() in ("", "identity") else encoding


class Connection:
    """Keep one session for all requests of a retrieval.

    Args:
        verify: as requests takes it.
        timeout: seconds for one attempt.

    Raises:
        OptionError: the package requests is missing.
    """

    def __init__(self, verify: bool | str, timeout: float) -> None:
        if not HAS_REQUESTS:
            raise missing_package("requests")
        self._verify = verify
        self._timeout = timeout
        self._session = _Session()
        # Off, or .netrc would replace our Authorization, and REQUESTS_CA_BUNDLE our ca_path. Proxies: see _proxies.
        self._session.trust_env = False
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))  # none: services share the session
        # A small response can be a huge one in a compressed form.
        headers = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": USER_AGENT}
        self._session.headers.update(headers)
        if not verify:  # the user knows by the name of the option
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)

    def attempt(
        self, step: str, method: str, url: str, seconds: float, is_direct: bool, request: Mapping[str, Any]
    ) -> RawResponse:
        """Send a request once, and wait at most so many seconds for the whole response.

        ``is_direct`` keeps it from proxies.

        Raises:
            AttemptFailed: no response came in time, or not all of it.
            TransportError: the service is not trusted, or the address is none.
            OptionError: the file of authorities cannot be used.
        """

        def exchange() -> RawResponse:
            return self._exchange(method, url, {} if is_direct else _proxies(url), request)

        try:
            return _run_with_timeout(min(self._timeout, seconds), exchange)
        except exceptions.SSLError as error:
            if "CERTIFICATE_VERIFY_FAILED" in str(error):
                raise errors.untrusted(step, url, _reason(error)) from None
            if "[X509" in str(error):
                raise unusable_file("ca_path", str(self._verify), _reason(error)) from None
            raise AttemptFailed(_reason(error)) from None
        except ValueError:  # about an address, maybe a proxy's with its password: not shown
            raise errors.uncallable(step, url) from None
        except (exceptions.RequestException, TimeoutError) as error:
            raise AttemptFailed(_reason(error)) from None
        except OSError as error:  # requests' own words for a bundle that it cannot find
            raise unusable_file("ca_path", str(self._verify), _reason(error)) from None

    def _exchange(self, method: str, url: str, proxies: dict[str, str], request: Mapping[str, Any]) -> RawResponse:
        response = self._session.request(
            method,
            url,
            allow_redirects=False,
            timeout=self._timeout,
            verify=self._verify,
            proxies=proxies,
            stream=True,
            **request,
        )
        raw = RawResponse(response.status_code, response.reason or "", response.headers, b"")
        if raw.encoding is not None:
            response.close()
            return raw
        content = b""
        for chunk in response.iter_content(65536):
            content += chunk
            if len(content) > LARGEST_BODY:
                response.close()
                break
        return raw._replace(content=content)


def _run_with_timeout(seconds: float, call: Callable[[], Outcome]) -> Outcome:
    """Return ``call()``, or raise TimeoutError after so many seconds.

    A thread, because requests bounds each wait for the socket, not the exchange: neither name resolution nor a response
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
    """Return the environment's proxies, but none for plain text that does not leave this machine."""
    parts = urlsplit(url)
    if parts.scheme == "http" and is_loopback(parts.hostname or ""):
        return {}
    return dict(requests.utils.get_environ_proxies(url))


def _reason(error: BaseException) -> str:
    """Say the innermost cause in few words; the outer ones repeat the URL and the library's internals."""
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
