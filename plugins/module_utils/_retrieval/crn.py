# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Read a CRN: which service, which region, whose account, which instance.

Source: IBM Cloud documentation, "Cloud Resource Names".
"""

from __future__ import annotations

import re
from typing import NamedTuple

from .endpoints import PRODUCTS, is_region

_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class Instance(NamedTuple):
    """Hold what is known of an instance: its GUID, and from a CRN also its product, region and account."""

    guid: str
    product: str | None = None
    region: str | None = None
    account: str | None = None


class ForeignService(ValueError):
    """Report that a CRN is of another service, which is its text."""


def is_guid(value: str) -> bool:
    """Return whether ``value`` is a GUID in lower case."""
    return _GUID.fullmatch(value) is not None


def parse_crn(value: str) -> Instance:
    """Return the instance of a CRN, ``crn:v1:{cname}:{ctype}:{service}:{region}:a/{account}:{guid}::``.

    Raises:
        ForeignService: it is of a service that is not one of the products.
        ValueError: it is not the CRN of a service instance.
    """
    parts = value.split(":")
    if len(parts) != 10 or parts[:2] != ["crn", "v1"]:
        raise ValueError("a CRN has ten parts separated by colons and begins with crn:v1")
    service, region, scope, guid = parts[4], parts[5], parts[6], parts[7].lower()
    product = next((name for name, known in PRODUCTS.items() if known.service == service), None)
    if product is None:  # first, because some services have no region, and others no GUID
        raise ForeignService(service)
    if not is_guid(guid):
        raise ValueError("its eighth part is not a GUID")
    if not is_region(region):
        raise ValueError("its sixth part is not a region")
    account = scope[2:] if scope.startswith("a/") else None
    return Instance(guid, product, region, account or None)
