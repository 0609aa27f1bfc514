# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Word the errors of a request that got no usable response.

Each function returns an error to raise. ``step`` is a constant of base.py.
"""

from __future__ import annotations

import platform
from typing import Iterable

from .base import ServiceError, TransportError, UnreachableError
from .phrases import did_you_mean, duration, shown


def unreachable(
    step: str, url: str, reason: str, attempts: int, unlisted_region: str | None, regions: Iterable[str]
) -> UnreachableError:
    """``unlisted_region`` is a region that is not among ``regions``: the likeliest reason for an unknown host."""
    hint = ""
    if unlisted_region and unlisted_region in url:
        hint = f" The region {unlisted_region} is not a known one.{did_you_mean(unlisted_region, regions)}"
    return UnreachableError(
        step,
        f"{url} did not answer after {attempts} {'attempt' if attempts == 1 else 'attempts'} ({reason}).",
        f"Check the host name, the network and the proxy from {platform.node()}.{hint}",
        url=url,
    )


def metadata_unreachable(error: UnreachableError) -> UnreachableError:
    """Say that the metadata service of a server on VPC did not answer."""
    return error.explained(
        "",
        f"O(auth_method)=vpc is for a server on VPC whose metadata service is enabled: is {platform.node()} one? With"
        " secure access, O(iam_url) is https://api.metadata.cloud.ibm.com.",
    )


def uncallable(step: str, url: str) -> TransportError:
    """Leave out the library's words: it names neither the URL nor the proxy, whose password it may show."""
    return TransportError(
        step,
        f"{url} cannot be called: its host, or the proxy of the environment, is not written as an address is.",
        "Correct the URL, or the variable HTTPS_PROXY; a SOCKS proxy needs the Python package PySocks.",
        url=url,
    )


def untrusted(step: str, url: str, reason: str) -> TransportError:
    remedy = "If a private authority signed it, name that authority's certificate with O(ca_path)."
    if "expired" in reason:
        remedy = f"Whoever runs the service has to renew it, unless the clock of {platform.node()} is wrong."
    elif "match" in reason or "not valid for" in reason:
        remedy = "Check O(url) and O(iam_url): the service is known by another name."
    return TransportError(step, f"the certificate of {url} is not trusted ({reason}).", remedy, url=url)


def deadline_exceeded(step: str, url: str, seconds: float, reason: str) -> TransportError:
    return TransportError(
        step,
        f"{url} gave no usable response within the {seconds:g} seconds of the whole retrieval ({reason}).",
        "Try again later, or raise O(timeout) or O(retries).",
        url=url,
    )


def retry_too_late(step: str, url: str, status: int, backoff: float, seconds: float) -> ServiceError:
    """``backoff`` is the service's ``Retry-After``, ``seconds`` the time that the whole retrieval may take."""
    return ServiceError(
        step,
        f"{url} answered {status} and asks to wait {duration(backoff)}, longer than is left of the {seconds:g} seconds"
        " of the whole retrieval.",
        "Try again after that time, or raise O(timeout) or O(retries).",
        url=url,
        status=status,
    )


def redirected(step: str, url: str, status: int, target: str) -> TransportError:
    return TransportError(
        step,
        f"{url} answered {status} and points to {shown(target)}, which is not followed, because it would take the"
        " secret along.",
        "Check O(url), O(iam_url) and O(region).",
        url=url,
        status=status,
    )


def unusable_response(step: str, url: str, status: int, why: str) -> TransportError:
    return TransportError(
        step,
        f"{url} answered {status}, but {why}.",
        "Check that the URL is the service's own, and that no proxy or login page answers in its place.",
        url=url,
        status=status,
    )
