# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""State the addresses of the services. Pure: no input, no output, no options.

Sources: IBM Cloud documentation, "Endpoints" of Monitoring (2026-04-24), "Collecting metrics by using Prometheus
remote write" (2025-03-03), "Endpoints" of Workload Protection (2026-07-30); IAM and resource controller API docs.
"""

from __future__ import annotations

import re
from typing import Mapping, NamedTuple
from urllib.parse import urlsplit

Addresses = Mapping[str, str]  # patterns that take a ``region``, by network: public or private


class Product(NamedTuple):
    """Describe one of the two Sysdig products as IBM Cloud offers it.

    ``service`` is its name in CRNs, ``header`` the value of ``SysdigProduct`` and of a team's ``products``.
    ``remote_write`` has only the regions for which an address is documented: a guess could lose samples silently.
    """

    service: str
    header: str
    api: Addresses
    collector: Addresses
    remote_write: Mapping[str, Addresses]


_REMOTE_WRITE: Addresses = {
    "public": "https://ingest.prws.{region}.monitoring.cloud.ibm.com/prometheus/remote/write",
    "private": "https://ingest.prws.private.{region}.monitoring.cloud.ibm.com/prometheus/remote/write",
}
# Montreal's addresses. Where the hosts above exist, these stopped serving remote write on 2024-08-31.
_REMOTE_WRITE_WITHOUT_PRWS: Addresses = {
    "public": "https://ingest.{region}.monitoring.cloud.ibm.com/prometheus/remote/write",
    "private": "https://ingest.private.{region}.monitoring.cloud.ibm.com/prometheus/remote/write",
}
_REMOTE_WRITE_REGIONS = (
    *("au-syd", "br-sao", "ca-tor", "eu-de", "eu-es", "eu-gb"),
    *("jp-osa", "jp-tok", "us-east", "us-south"),
)

PRODUCTS: dict[str, Product] = {
    "monitor": Product(
        service="sysdig-monitor",
        header="SDC",
        api={
            "public": "https://{region}.monitoring.cloud.ibm.com",
            "private": "https://private.{region}.monitoring.cloud.ibm.com",
        },
        collector={
            "public": "ingest.{region}.monitoring.cloud.ibm.com",
            "private": "ingest.private.{region}.monitoring.cloud.ibm.com",
        },
        remote_write={
            **dict.fromkeys(_REMOTE_WRITE_REGIONS, _REMOTE_WRITE),
            "ca-mon": _REMOTE_WRITE_WITHOUT_PRWS,
        },
    ),
    "secure": Product(
        service="sysdig-secure",
        header="SDS",
        api={
            "public": "https://{region}.security-compliance-secure.cloud.ibm.com",
            "private": "https://private.{region}.security-compliance-secure.cloud.ibm.com",
        },
        collector={
            "public": "ingest.{region}.security-compliance-secure.cloud.ibm.com",
            "private": "ingest.private.{region}.security-compliance-secure.cloud.ibm.com",
        },
        remote_write={},  # Workload Protection documents no endpoint that takes metrics.
    ),
}
COLLECTOR_PORT = 6443

IAM = {
    "public": "https://iam.cloud.ibm.com",
    "private": "https://private.iam.cloud.ibm.com",  # of a VPC
    "private_classic": "https://private.{region}.iam.cloud.ibm.com",
}
METADATA_SERVICE = "http://169.254.169.254"  # of a server on VPC
RESOURCE_CONTROLLER = {
    "public": "https://resource-controller.cloud.ibm.com",
    "private": "https://private.resource-controller.cloud.ibm.com",  # of a VPC in a region of the US
    # Of a VPC elsewhere, and of classic infrastructure.
    "private_east": "https://private.us-east.resource-controller.cloud.ibm.com",
    "private_south": "https://private.us-south.resource-controller.cloud.ibm.com",
}

# For advice only: a region that is not listed works too, because new ones appear.
REGIONS = (
    *("au-syd", "br-sao", "ca-mon", "ca-tor", "eu-de", "eu-es", "eu-gb"),
    *("in-che", "jp-osa", "jp-tok", "us-east", "us-south"),
)
_REGION = re.compile(r"[a-z]{2}-[a-z]{2,12}[0-9]?")


class Endpoints(NamedTuple):
    """Hold the addresses of one instance: ``collector`` is a host name, the others are URLs. None is not known."""

    api: str
    collector: str | None
    collector_port: int | None
    remote_write: str | None
    prometheus: str


def is_region(value: str) -> bool:
    """Return whether ``value`` has the form of a region: ``us-south``, but not a zone such as ``us-south-1``."""
    return _REGION.fullmatch(value) is not None


def region_of_url(url: str, product: str) -> str | None:
    """Return the region in the host name of one of IBM Cloud's own API URLs, or None for any other."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return None
    regions = (_region_in(host, urlsplit(pattern).netloc) for pattern in PRODUCTS[product].api.values())
    return next(filter(None, regions), None)


def product_of_url(url: str) -> str | None:
    """Return the product that one of IBM Cloud's own API URLs belongs to, or None for any other."""
    return next((product for product in PRODUCTS if region_of_url(url, product)), None)


def endpoints(product: str, region: str | None, endpoint_type: str, url: str | None) -> Endpoints:
    """Return the addresses of an instance.

    ``url`` replaces the API's base URL; without it ``region`` must be known.
    """
    known, network = PRODUCTS[product], endpoint_type.partition("_")[0]
    api = url or known.api[network].format(region=region)
    if region is None:  # outside IBM Cloud, Sysdig takes remote writes at the API's own host
        return Endpoints(api, None, None, f"{api}/prometheus/remote/write", f"{api}/prometheus")
    remote_write = known.remote_write.get(region, {}).get(network)
    return Endpoints(
        api=api,
        collector=known.collector[network].format(region=region),
        collector_port=COLLECTOR_PORT,
        remote_write=remote_write.format(region=region) if remote_write else None,
        prometheus=f"{api}/prometheus",
    )


def iam(endpoint_type: str, region: str | None) -> str:
    """Return IAM's base URL. For ``private_classic``, ``region`` must be known."""
    return IAM[endpoint_type].format(region=region)


def resource_controller(endpoint_type: str, region: str | None) -> str:
    """Return the resource controller's base URL."""
    is_outside_us = region is not None and not region.startswith("us-")
    if endpoint_type == "private_classic" or (endpoint_type == "private" and is_outside_us):
        return RESOURCE_CONTROLLER["private_east" if region == "us-east" else "private_south"]
    return RESOURCE_CONTROLLER[endpoint_type]


def equivalent_addresses(url: str) -> tuple[str, ...]:
    """Return the addresses that lead where ``url`` leads, to recognise it under another one: public, private, retired.

    Any other URL is equivalent to itself alone. A trailing slash and the host's case do not matter.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return (url,)
    normal = parts._replace(netloc=parts.netloc.lower(), path=parts.path.rstrip("/")).geturl()
    remote_writes = (*_REMOTE_WRITE.values(), *_REMOTE_WRITE_WITHOUT_PRWS.values())
    for group in (remote_writes, *(tuple(product.api.values()) for product in PRODUCTS.values())):
        for pattern in group:
            start, _region, end = pattern.partition("{region}")
            found = re.match(rf"{re.escape(start)}([^./]+){re.escape(end)}(?=/|\Z)", normal)
            if found and is_region(found.group(1)):
                return tuple(each.format(region=found.group(1)) + normal[found.end() :] for each in group)
    return (normal,)


def _region_in(host: str, pattern: str) -> str | None:
    """Return the region in a host name that a pattern describes, or None."""
    start, _region, end = pattern.partition("{region}")
    region = host[len(start) : -len(end)]
    return region if host == f"{start}{region}{end}" and is_region(region) else None
