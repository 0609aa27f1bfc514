# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Say what a credential is and sees, and what the control node reaches, without any entry or host."""

from __future__ import annotations

import os
from collections.abc import Iterator
from urllib.parse import urlsplit

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import checks as errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import SysdigError
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.host_checks import NETWORK
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._host_check import network
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._host_check.lines import Line, found, passed
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._host_check.network import Address
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.overview import Overview, SeenInstance
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.record import Record
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.transport import OnExchange
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.retrievals import Retrievals

CREDENTIAL = "credential"


def recorded_lines(retrievals: Retrievals, path: str) -> list[Line]:
    """Return the lines of ``lines``, and write a record of the requests to a file of the control node."""
    record, place = Record(), os.path.abspath(os.path.expanduser(path))
    seen = lines(retrievals, record.note)
    try:
        with open(place, "w", encoding="utf-8") as file:
            file.write(record.as_text())
    except OSError as error:
        return [*seen, found(errors.RECORD, errors.record_not_written(place, error.strerror or str(error)))]
    return [*seen, passed(errors.RECORD, errors.RECORD, f"{place} has the requests, without any value")]


def lines(retrievals: Retrievals, on_exchange: OnExchange | None = None) -> list[Line]:
    """Return the lines of a check that needs no host. ``on_exchange`` is called with each request and its response."""
    try:
        seen = retrievals.overview(on_exchange)
    except SysdigError as error:
        return [found(CREDENTIAL, error)]
    owner = passed(CREDENTIAL, CREDENTIAL, f"{seen.owner} of the account {seen.account}")
    if not seen.instances:
        return [owner, found(CREDENTIAL, errors.no_instance(seen.account, seen.wanted))]
    return [
        owner,
        *(line for instance in seen.instances for line in _of_instance(instance, seen.wanted)),
        *_of_network(seen),
    ]


def _of_instance(instance: SeenInstance, wanted: str | None) -> Iterator[Line]:
    settings, setting = instance.settings, instance.external_api_auth
    shown = f", external_api_auth={setting}" if setting else ""
    what = f"{settings.product} in {settings.region}, {instance.state}{shown}, {instance.crn}"
    yield passed(instance.name, errors.INSTANCE, what)
    if instance.problem:
        yield found(
            instance.name, instance.problem if wanted else errors.teams_not_seen(instance.problem), errors.TEAMS
        )
    elif instance.state == "active":
        teams = ", ".join(f"{name} ({number})" for number, name in sorted(instance.teams.items()))
        yield passed(instance.name, errors.TEAMS, teams or "none")


def _of_network(seen: Overview) -> Iterator[Line]:
    """Look at the addresses of all instances. Those that only hosts need may be closed to the control node."""
    addresses: dict[Address, str] = {}
    for instance in seen.instances:
        endpoints = instance.settings.endpoints
        for url in (endpoints.remote_write, f"https://{endpoints.collector}:{endpoints.collector_port}"):
            host = urlsplit(url or "").hostname
            if host and endpoints.collector:
                addresses.setdefault(Address(host, urlsplit(url or "").port or 443, is_tls=True), instance.name)
    reached = network.look(list(addresses))
    for address, name in addresses.items():
        problem = reached[address]
        if problem:
            yield found(name, errors.closed_to_control_node(problem))
        else:
            yield passed(name, NETWORK, f"{address}, answers, with a certificate that is trusted here")
