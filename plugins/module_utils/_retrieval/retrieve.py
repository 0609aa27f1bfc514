# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Settings in, TokenResult out: the straight line, and the only functions that module and lookups call."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Callable

from .._errors import services as errors
from .._errors.base import ServiceError, SysdigError
from . import iam, resource_controller
from .endpoints import Endpoints
from .settings import Settings, located
from .sysdig import Sysdig, current_team, enabled_access_key
from .transport import Transport

LogIn = Callable[[Settings, Transport], iam.AccessToken]


@dataclass(frozen=True)
class TokenResult:
    """A Sysdig API token and what it belongs to. What is not known is None."""

    token: str = field(repr=False)
    product: str
    region: str | None
    instance_id: str | None
    team_id: int | None
    team_name: str | None
    url: str
    endpoints: Endpoints

    def as_dict(self) -> dict[str, Any]:
        """As plain data: the module's return values, and the lookup's ``details``."""
        return {**vars(self), "endpoints": self.endpoints._asdict()}


def retrieve(settings: Settings, log_in: LogIn = iam.log_in) -> TokenResult:
    """Exchange the credential for the API token. ``log_in`` may be replaced by one that remembers.

    Raises SysdigError, whose text holds no secret.
    """
    transport = Transport(settings)
    with transport.redacted_errors():
        return _retrieve(settings, transport, log_in)


def _retrieve(settings: Settings, transport: Transport, log_in: LogIn) -> TokenResult:
    login = settings.login
    access = None if login.is_outside_ibm_cloud else log_in(settings, transport)
    if access is not None and settings.instance_name is not None:
        settings = located(settings, resource_controller.find_instance(settings, transport, access))
    sysdig = Sysdig(settings, transport, access.value if access else login.credential or "")
    try:
        team_id, team_name = sysdig.team()
        token = sysdig.token(team_id)
    except ServiceError as error:
        raise _explained(error, settings, transport, access, sysdig) from None
    transport.keep_secret(token)
    if settings.check_token:
        team_id = current_team(settings, transport, token) or team_id
    return _result(settings, token, team_id, team_name)


def from_known_token(settings: Settings, token: str) -> TokenResult:
    """The result for a token that is known already; no call is made."""
    return _result(settings, token, settings.team_id, settings.team_name)


def access_key(settings: Settings, token: str, started_at: float) -> str:
    """The enabled access key of the instance that ``token`` belongs to. Raises SysdigError, whose text has no secret.

    Of ``settings``, only the URL and what concerns the call itself is looked at. ``started_at`` is as in Transport.
    """
    transport = Transport(settings, started_at)
    transport.keep_secret(token)
    with transport.redacted_errors():
        return enabled_access_key(settings, transport, token)


def _explained(
    error: ServiceError, settings: Settings, transport: Transport, access: iam.AccessToken | None, sysdig: Sysdig
) -> ServiceError:
    """A refusal with its meaning, which is found out with two more calls where the credential may make them."""
    status = error.facts.get("status")
    if access is None:
        return errors.refused_outside(error) if status in (401, 403) else error
    if status != 403:
        return error
    transport = transport.without_retries()  # the response is known; these calls only find out what it means
    if settings.team_id is not None:
        try:
            teams = sysdig.teams()
        except SysdigError:
            teams = {settings.team_id: ""}
        if settings.team_id not in teams:
            return errors.unknown_team("team_id", settings.team_id, teams)
    return errors.access_denied(error, resource_controller.is_iam_only(settings, transport, access))


def _result(settings: Settings, token: str, team_id: int | None, team_name: str | None) -> TokenResult:
    return TokenResult(
        token=token,
        product=settings.product,
        region=settings.region,
        instance_id=settings.instance_id,
        team_id=team_id,
        team_name=team_name,
        url=settings.endpoints.api,
        endpoints=settings.endpoints,
    )
