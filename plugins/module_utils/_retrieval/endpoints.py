# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Where the services are, and what a CRN says. Pure: no input, no output, no options.

Sources: IBM Cloud documentation, "Endpoints" of Monitoring (2026-04-24), "Collecting metrics by using Prometheus
remote write" (2025-03-03), "Endpoints" of Workload Protection (2026-07-30).
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import urlsplit


class Product(NamedTuple):
    """One of the two Sysdig products as IBM Cloud offers it.

    ``service`` is its name in CRNs, ``header`` the value of ``SysdigProduct`` and of a team's ``products``. The
    patterns are keyed by endpoint type and take a ``region``.
    """

    service: str
    header: str
    api: dict[str, str]
    collector: dict[str, str]
    remote_write: dict[str, str]


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
        # The hosts without "prws" stopped serving remote write on 2024-08-31.
        remote_write={
            "public": "https://ingest.prws.{region}.monitoring.cloud.ibm.com/prometheus/remote/write",
            "private": "https://ingest.prws.private.{region}.monitoring.cloud.ibm.com/prometheus/remote/write",
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

IAM = {"public": "https://iam.cloud.ibm.com", "private": "https://private.iam.cloud.ibm.com"}
METADATA_SERVICE = "http://169.254.169.254"  # of a server on VPC; with secure access https://api.metadata.cloud.ibm.com
RESOURCE_CONTROLLER = {
    "public": "https://resource-controller.cloud.ibm.com",
    "private": "https://private.resource-controller.cloud.ibm.com",
}

# For advice only: a region that is not listed works too, because new ones appear.
REGIONS = (
    "au-syd",
    "br-sao",
    "ca-mon",
    "ca-tor",
    "eu-de",
    "eu-es",
    "eu-gb",
    "in-che",
    "jp-osa",
    "jp-tok",
    "us-east",
    "us-south",
)
_REGION = re.compile(r"[a-z]{2}-[a-z]{2,12}[0-9]?")
_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class Instance(NamedTuple):
    """What is known of an instance: its GUID, and from a CRN also its product and region."""

    guid: str
    product: str | None = None
    region: str | None = None


class Endpoints(NamedTuple):
    """The addresses of one instance: ``collector`` is a host name, the others are URLs. None is not known."""

    api: str
    collector: str | None
    collector_port: int | None
    remote_write: str | None
    prometheus: str


def is_region(value: str) -> bool:
    """Whether ``value`` has the form of a region, such as ``us-south`` (a zone, such as ``us-south-1``, has not)."""
    return _REGION.fullmatch(value) is not None


def is_guid(value: str) -> bool:
    """Whether ``value`` is a GUID in lower case."""
    return _GUID.fullmatch(value) is not None


def parse_crn(value: str) -> tuple[str, str, str]:
    """Return (service, region, GUID) of a CRN, ``crn:v1:{cname}:{ctype}:{service}:{region}:{scope}:{guid}::``.

    Raises ValueError when it is not the CRN of a service instance. Source: IBM Cloud documentation, "Cloud Resource
    Names".
    """
    parts = value.split(":")
    if len(parts) != 10 or parts[:2] != ["crn", "v1"]:
        raise ValueError("a CRN has ten parts separated by colons and begins with crn:v1")
    service, region, guid = parts[4], parts[5], parts[7].lower()
    if not is_guid(guid):
        raise ValueError("its eighth part is not a GUID")
    if not is_region(region):
        raise ValueError("its sixth part is not a region")
    return service, region, guid


def product_of_service(service: str) -> str | None:
    """The product (``monitor``, ``secure``) that a service name in a CRN stands for, or None for another service."""
    return next((name for name, product in PRODUCTS.items() if product.service == service), None)


def region_of_url(url: str, product: str) -> str | None:
    """The region in the host name of one of IBM Cloud's own API URLs, or None for any other."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return None
    for pattern in PRODUCTS[product].api.values():
        prefix, suffix = (urlsplit(pattern).netloc).split("{region}")
        region = host[len(prefix) : -len(suffix)]
        if host == f"{prefix}{region}{suffix}" and is_region(region):
            return region
    return None


def product_of_url(url: str) -> str | None:
    """The product that one of IBM Cloud's own API URLs belongs to, or None for any other."""
    return next((product for product in PRODUCTS if region_of_url(url, product)), None)


def endpoints(product: str, region: str | None, endpoint_type: str, url: str | None) -> Endpoints:
    """The addresses of an instance. ``url`` replaces the API's base URL; without it ``region`` must be known."""
    patterns = PRODUCTS[product]
    api = url or patterns.api[endpoint_type].format(region=region)
    if region is None:  # outside IBM Cloud, Sysdig takes remote writes at the API's own host
        return Endpoints(api, None, None, f"{api}/prometheus/remote/write", f"{api}/prometheus")
    remote_write = patterns.remote_write.get(endpoint_type)
    return Endpoints(
        api=api,
        collector=patterns.collector[endpoint_type].format(region=region),
        collector_port=COLLECTOR_PORT,
        remote_write=remote_write.format(region=region) if remote_write else None,
        prometheus=f"{api}/prometheus",
    )
