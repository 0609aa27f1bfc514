# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""What to know of the program that an entry configures, to check whether it works: addresses, service, metrics."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.entry import Entry
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.planned_file import Program
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.result import Result

_PORTS = {"https": 443, "http": 80}
_AGENT_PORT = 6443


def program_of(entry: Entry, result: Result) -> Program:
    """Return the program of an entry that is present."""
    given = entry.options.get("metrics_url")
    return Program(
        type=entry.kind,
        name=entry.name,
        service=entry.options.get("service", entry.type.service),
        addresses=_addresses(entry, result),
        metrics_url=entry.type.metrics_url if given is None else given,
        is_default_url=given is None,
    )


def _addresses(entry: Entry, result: Result) -> list[dict[str, Any]]:
    authorities = str(entry.below(entry.type.authorities_option) or "") if entry.type.authorities_option else ""
    if entry.type.endpoint == "collector":
        settings, endpoints = entry.options.get("settings", {}), result["endpoints"]
        host = settings.get("collector") or endpoints["collector"]
        port = settings.get("collector_port") or endpoints.get("collector_port") or _AGENT_PORT
        collector = {"host": str(host), "port": int(port), "is_tls": settings.get("ssl", True), "authorities": ""}
        return [collector, *(_of_url(result["url"], "") if result["product"] == "secure" else [])]
    if entry.type.endpoint:
        return _of_url(
            str(entry.below(entry.type.endpoint_option) or result["endpoints"][entry.type.endpoint]), authorities
        )
    return _of_url(result["url"], "")


def _of_url(url: str, authorities: str) -> list[dict[str, Any]]:
    """Return the address in a URL; none if it has no host, which its program will say."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or _PORTS.get(parts.scheme, 443)
    except ValueError:
        return []
    address = {"host": host, "port": port, "is_tls": parts.scheme != "http", "authorities": authorities}
    return [address] if host else []
