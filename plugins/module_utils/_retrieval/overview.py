# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Find out what a credential is and sees: its owner and account, instances with their settings, and their teams."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from .._errors.base import SysdigError
from . import iam, resource_controller
from .access_keys import list_keys
from .credentials import token_account, token_claims
from .crn import Instance
from .iam import AccessToken
from .retrieve import LogIn
from .settings import Settings, located
from .sysdig import Sysdig
from .transport import OnExchange, OnRequest, Transport, opened

# How the IDs of owners begin. Source: IBM Cloud API documentation, IAM Identity Services.
_KINDS = {"iam-ServiceId-": "service ID", "iam-Profile-": "trusted profile", "IBMid-": "user"}


@dataclass(frozen=True)
class SeenInstance:
    """Hold an instance that a credential sees. ``problem`` is the error of its teams, if they cannot be listed.

    An instance that is not active is not asked for its teams.

    Attributes:
        name: what people call it.
        crn: what an option ``instance_id`` takes.
        settings: of a retrieval from it.
        state: of the resource, such as ``active``.
        external_api_auth: whether it takes API tokens; None if that does not show.
        teams: names by ID.
    """

    name: str
    crn: str
    settings: Settings
    state: str
    external_api_auth: str | None
    teams: dict[int, str]
    problem: SysdigError | None


@dataclass(frozen=True)
class Overview:
    """Hold what a credential is, and sees. ``owner`` is like «service ID iam-ServiceId-1234».

    ``wanted`` is the GUID or name of the one instance that was looked for, if it was one.
    """

    owner: str
    account: str
    wanted: str | None
    instances: list[SeenInstance]


def overview(
    settings: Settings,
    log_in: LogIn = iam.log_in,
    on_request: OnRequest | None = None,
    on_exchange: OnExchange | None = None,
) -> Overview:
    """Log in, and look at the instance of the settings, or at all if they name none that exists.

    With ``on_exchange`` (as in ``opened``) it makes the other requests of retrievals too, so that a record has them.

    Raises:
        SysdigError: the login fails, or instances cannot be listed.
    """
    with opened(settings, on_request, on_exchange=on_exchange) as transport:
        access = log_in(settings, transport)
        transport.keep_secret(access.value)
        claims = token_claims(access.value) or {}
        identity = str(claims.get("iam_id") or "unknown")
        kind = next((kind for start, kind in _KINDS.items() if identity.startswith(start)), "owner")
        resources = resource_controller.visible_instances(settings, transport, access)
        instances = [_seen(settings, transport, access, *each) for each in resources]
        if on_exchange is not None:
            for instance in instances:
                _retrieve_for_record(instance.settings, transport, access)
        wanted = settings.instance_id or settings.instance_name
        return Overview(f"{kind} {identity}", token_account(access.value) or "unknown", wanted, instances)


def _seen(
    settings: Settings, transport: Transport, access: AccessToken, resource: dict[str, Any], instance: Instance
) -> SeenInstance:
    there = located(settings, instance)
    parameters = resource.get("parameters")
    setting = parameters.get("external_api_auth") if isinstance(parameters, dict) else None
    teams: dict[int, str] = {}
    problem = None
    name, crn, state = (str(resource.get(field)) for field in ("name", "crn", "state"))
    try:
        teams = Sysdig(there, transport, access.value).teams() if state == "active" else {}
    except SysdigError as error:
        problem = error
    return SeenInstance(name, crn, there, state, setting if isinstance(setting, str) else None, teams, problem)


def _retrieve_for_record(settings: Settings, transport: Transport, access: AccessToken) -> None:
    """Make the requests for an API token, for its team, and for access keys. What is refused is in the record."""
    sysdig = Sysdig(settings, transport, access.value)
    with suppress(SysdigError):
        Sysdig(settings, transport, sysdig.token(None)).current_team(None)
    with suppress(SysdigError):
        list_keys(sysdig)
