# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Read what programs say of their own deliveries: the metrics of Prometheus and vmagent."""

import base64
import http.client
import math
import re
import time
import urllib.error
import urllib.request
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple
from urllib.parse import unquote, urlsplit

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import host_checks as errors

SECONDS = 5.0
PAUSE, READINGS = 1.0, 15  # seconds, and how often to look whether samples still fail; they are sent every 5 seconds
LATEST = 180.0  # seconds since the newest sample that was sent; three scrapes of the usual interval
_MOST = 2**24  # bytes
_SAMPLE = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)")
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
_CREDENTIAL = re.compile(r"^(\w+://).*@")
RELOADED_AT = "prometheus_config_last_reload_success_timestamp_seconds"
_PROMETHEUS, _VMAGENT = "prometheus_remote_storage_", "vmagent_remotewrite_"
_OF_INTEREST = (_PROMETHEUS, _VMAGENT, RELOADED_AT)


class Metrics:
    """Hold the samples of one page of metrics."""

    def __init__(self, text: str) -> None:
        self._samples: List[Tuple[str, Dict[str, str], float]] = []
        for line in text.splitlines():
            matched = _SAMPLE.match(line) if line.startswith(_OF_INTEREST) else None
            if matched and math.isfinite(float(matched.group(3))):
                name, labels, value = matched.groups()
                self._samples.append((name, dict(_LABEL.findall(labels or "")), float(value)))

    @property
    def is_empty(self) -> bool:
        """Return whether the page is of neither Prometheus nor vmagent."""
        return not self._samples

    def total(self, name: str, fits: Callable[[Dict[str, str]], bool] = lambda labels: True) -> Optional[float]:
        """Return the sum of a metric's samples whose labels fit, None if there is none."""
        values = [value for each, labels, value in self._samples if each == name and fits(labels)]
        return sum(values) if values else None


def read(url: str, is_default: bool) -> Metrics:
    """Read the metrics of a program. A user and a password in the URL are sent as HTTP has it, and not shown.

    Raises:
        Finding: if that is impossible. With ``is_default`` the URL is a guess, and nothing may be wrong.
    """
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(_request(url), timeout=SECONDS) as response:
            metrics = Metrics(_body(response).decode("utf-8", "replace"))
    except (OSError, ValueError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", "") or error
        text = getattr(reason, "strerror", "") or str(reason) or type(reason).__name__
        raise errors.no_metrics(shown(url), text.rstrip(". \r\n"), is_default) from None
    if metrics.is_empty:
        raise errors.no_metrics(shown(url), "the page has none of Prometheus or vmagent", is_default)
    return metrics


def _request(url: str) -> urllib.request.Request:
    parts = urlsplit(url)
    request = urllib.request.Request(shown(url))
    if parts.username is not None:
        credential = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        request.add_unredirected_header(
            "Authorization", "Basic " + base64.b64encode(credential.encode()).decode("ascii")
        )
    return request


def _body(response: Any) -> bytes:
    """Read a page that may be endless, or come a byte at a time.

    Raises:
        OSError: it does not end in time.
    """
    until, body = time.monotonic() + SECONDS, b""
    while len(body) < _MOST:
        part = response.read1(_MOST - len(body))
        if not part:
            break
        body += part
        if time.monotonic() > until:
            raise OSError("timed out")
    return body


def shown(url: str) -> str:
    """Return a URL without a user and a password."""
    return _CREDENTIAL.sub(r"\1", url)


def _read(program: Dict[str, Any]) -> Metrics:
    return read(program["metrics_url"], program["is_default_url"])


def delivery(program: Dict[str, Any]) -> str:
    """Return the numbers of a receiver's deliveries.

    Raises:
        Finding: nothing is delivered, or that is not known.
    """
    return (_vmagent if program["type"] == "vmagent" else _prometheus)(program)


class _Queue(NamedTuple):
    """Hold what Prometheus counts of one receiver since its start. ``newest`` is in epoch seconds."""

    sent: float
    failed: float
    pending: float
    newest: float

    @classmethod
    def read(cls, program: Dict[str, Any]) -> "_Queue":
        """Read the numbers.

        Raises:
            Finding: there are none.
        """
        metrics = _read(program)

        def number(*names: str) -> Optional[float]:
            found = [
                metrics.total(_PROMETHEUS + name, lambda labels: labels.get("remote_name") == program["name"])
                for name in names
            ]
            return next((value for value in found if value is not None), None)

        failed = number("samples_failed_total", "failed_samples_total") or 0
        sent, succeeded = number("samples_total"), number("succeeded_samples_total")
        if succeeded is not None:  # before Prometheus 2.23, which counts the failed ones as sent, too
            sent = succeeded + failed
        if sent is None:
            raise errors.no_receiver(shown(program["metrics_url"]), program["name"])
        pending = number("samples_pending", "pending_samples") or 0
        return cls(sent, failed, pending, number("queue_highest_sent_timestamp_seconds") or 0)

    def __str__(self) -> str:
        return _numbers(sent=self.sent, failed=self.failed, pending=self.pending)


def _prometheus(program: Dict[str, Any]) -> str:
    queue = _Queue.read(program)
    # The number of samples counts the failed ones too.
    if queue.newest <= 0 or queue.sent <= queue.failed:
        raise errors.not_delivering(str(queue))
    age = time.time() - queue.newest
    if age > LATEST:
        raise errors.late(age, str(queue))
    if queue.failed:
        queue = _look_on(queue, program)
    return f"{queue}, newest {max(0, round(time.time() - queue.newest))} seconds old"


def _look_on(first: _Queue, program: Dict[str, Any]) -> _Queue:
    """Return the numbers after the next delivery: for Prometheus, a sample is sent even if it was refused.

    Raises:
        Finding: it failed, or there was none.
    """
    before = after = first
    for _reading in range(READINGS):
        time.sleep(PAUSE)
        before, after = after, _Queue.read(program)
        if after.failed > first.failed:
            raise errors.failing(str(after))
        # Failures are counted a moment after the time.
        if before.newest > first.newest:
            return after
    raise errors.failed_before(str(after))


class _Requests(NamedTuple):
    """Hold what vmagent counts of one receiver since its start. ``pending`` is in bytes and blocks."""

    accepted: float
    refused: float
    retried: float
    pending: float

    @classmethod
    def read(cls, program: Dict[str, Any]) -> "_Requests":
        """Read the numbers: vmagent names a receiver by its place in the list, like ``1:secret-url``.

        Raises:
            Finding: there are none.
        """
        metrics, place = _read(program), f"{program['place']}:"

        def number(name: str, statuses: str = "") -> Optional[float]:
            def fits(labels: Dict[str, str]) -> bool:
                return labels.get("url", "").startswith(place) and labels.get("status_code", "").startswith(statuses)

            return metrics.total(_VMAGENT + name, fits)

        if number("blocks_sent_total") is None:
            raise errors.no_receiver(shown(program["metrics_url"]), program["name"])
        accepted, every = number("requests_total", "2") or 0, number("requests_total") or 0
        pending = (number("pending_data_bytes") or 0) + (number("pending_inmemory_blocks") or 0)
        return cls(accepted, every - accepted, number("retries_count_total") or 0, pending)

    def __str__(self) -> str:
        return _numbers(accepted=self.accepted, refused=self.refused, retried=self.retried)


def _vmagent(program: Dict[str, Any]) -> str:
    """Judge by the answers of the receiver. Requests without one are retried, too."""
    first = after = _Requests.read(program)
    if not first.accepted:
        raise errors.not_delivering(str(first))
    if not first.refused and not first.retried:
        return str(first)
    for _reading in range(READINGS):
        time.sleep(PAUSE)
        after = _Requests.read(program)
        if after.accepted > first.accepted:
            return str(after)
    has_failed = after.refused > first.refused or after.retried > first.retried or after.pending > 0
    raise (errors.failing if has_failed else errors.failed_before)(str(after))


def _numbers(**values: float) -> str:
    return ", ".join(f"{value:.0f} {name}" for name, value in values.items())
