# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""What to know of the program that an entry configures, to check whether it works: addresses, service, metrics."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from ansible.module_utils.parsing.convert_bool import boolean
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import entries as errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._host_check.network import NONE, REQUIRED, UNKNOWN
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.entry import Entry
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.planned_file import Program
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.result import Result

_PORTS = {"https": 443, "http": 80, "socks5": 1080, "socks5h": 1080}
_AGENT_PORT = 6443


def program_of(entry: Entry, result: Result) -> Program:
    """Return the program of an entry that is present.

    Raises:
        OptionError: a port is none.
    """
    given = entry.options.get("metrics_url")
    return Program(
        type=entry.kind,
        name=entry.name,
        service=entry.options.get("service", entry.type.service),
        addresses=_addresses(entry, result),
        metrics_url=entry.type.metrics_url if given is None else given,
        is_default_url=given is None,
        has_access_key_only=entry.needs_access_key_only,
    )


def _addresses(entry: Entry, result: Result) -> list[dict[str, Any]]:
    kind, trust = entry.type, _trust(entry, result)
    if kind.endpoint == "collector":
        return [
            _collector(entry, result, trust),
            *(_of_url(result["url"], trust) if result["product"] == "secure" else []),
        ]
    proxy = entry.below(kind.proxy_option) if kind.proxy_option else None
    if proxy:
        return _of_url(str(proxy), trust)
    if kind.endpoint:
        return _of_url(str(entry.below(kind.endpoint_option) or result["endpoints"][kind.endpoint]), trust)
    return _of_url(result["url"], trust)


def _collector(entry: Entry, result: Result, trust: dict[str, str]) -> dict[str, Any]:
    settings, endpoints = entry.options.get("settings", {}), result["endpoints"]
    proxy = settings.get("http_proxy")
    if isinstance(proxy, Mapping) and {"proxy_host", "proxy_port"} <= proxy.keys():
        port = _port("settings.http_proxy.proxy_port", proxy["proxy_port"])
        return {"host": str(proxy["proxy_host"]), "port": port, "is_tls": False}
    host = settings.get("collector") or endpoints["collector"]
    port = _port(
        "settings.collector_port", settings.get("collector_port") or endpoints.get("collector_port") or _AGENT_PORT
    )
    is_tls = boolean(settings.get("ssl", True), strict=False)
    return {"host": str(host), "port": port, "is_tls": is_tls, **trust}


def _port(option: str, value: Any) -> int:
    if not str(value).isdecimal() or not 0 < int(value) < 65536:
        raise errors.not_a_port(option, value)
    return int(value)


def _trust(entry: Entry, result: Result) -> dict[str, str]:
    """Return whom the program trusts, and how it verifies certificates, as far as the entry says so."""
    kind = entry.type
    if kind.unverified is None:
        # It is not ours to know what an exporter or a scanner trusts.
        return {"authorities": "", "verification": UNKNOWN if result.is_private else REQUIRED}
    option, value = kind.unverified
    given = entry.below(option)
    if given is not None and boolean(given, strict=False) is value:
        return {"authorities": "", "verification": NONE}
    authorities = str(entry.below(kind.authorities_option) or "")
    if authorities and not authorities.startswith("/"):  # beside a file that only the program knows
        return {"authorities": "", "verification": UNKNOWN}
    return {"authorities": authorities, "verification": REQUIRED}


def _of_url(url: str, trust: dict[str, str]) -> list[dict[str, Any]]:
    """Return the address in a URL; none if it has no host, such as one with a variable of the program."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or _PORTS.get(parts.scheme, 443)
    except ValueError:
        return []
    return [{"host": host, "port": port, "is_tls": parts.scheme == "https", **trust}] if host else []
