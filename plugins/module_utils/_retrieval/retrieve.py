# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Retrieve an API token: settings in, TokenResult out, in a straight line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Callable, Protocol, TypeVar

from .._errors.base import ACCESS_KEY, INSTANCE, TEAM, TOKEN, ServiceError
from . import denials, iam, resource_controller
from .endpoints import Endpoints
from .iam import AccessToken
from .settings import Settings, located
from .sysdig import Sysdig
from .transport import OnRequest, Transport, opened

Outcome = TypeVar("Outcome")


class LogIn(Protocol):
    """Log in, or hand out a token of an earlier login; ``rejected`` is one that a service has refused meanwhile."""

    def __call__(self, settings: Settings, transport: Transport, rejected: AccessToken | None = None) -> AccessToken:
        """Return a token that is valid for some time to come."""


@dataclass(frozen=True)
class TokenResult:
    """Hold a Sysdig API token and what it belongs to. What is not known is None."""

    token: str = field(repr=False)
    product: str
    region: str | None
    instance_id: str | None
    team_id: int | None
    team_name: str | None
    url: str
    endpoints: Endpoints

    def as_dict(self) -> dict[str, Any]:
        """Return plain data: the module's return values, and the lookup's ``details``."""
        return {**vars(self), "endpoints": self.endpoints._asdict()}


def retrieve(
    settings: Settings,
    log_in: LogIn = iam.log_in,
    on_request: OnRequest | None = None,
    started_at: float | None = None,
) -> TokenResult:
    """Exchange the credential for the API token.

    Args:
        settings: what to retrieve.
        log_in: may be replaced by one that caches.
        on_request: called with a line of text for every request.
        started_at: when the retrieval began (of time.monotonic()), by default now.

    Raises:
        SysdigError: with a text that holds no secret.
    """
    with opened(settings, on_request, started_at) as transport:
        if settings.login.is_outside_ibm_cloud:
            return _explaining(settings, transport, None)
        return with_login(settings, transport, log_in, _explaining)


def from_known_token(settings: Settings, token: str) -> TokenResult:
    """Return the result for a known token, without a request."""
    return _result(settings, token, settings.team_id, settings.team_name)


def with_login(
    settings: Settings,
    transport: Transport,
    log_in: LogIn,
    use: Callable[[Settings, Transport, AccessToken], Outcome],
) -> Outcome:
    """Log in, find the instance, and return what ``use`` makes of them. A cached login that is refused is renewed.

    Raises:
        ServiceError: a service refuses a login of now, or what ``use`` asks for.
        TransportError: no usable response came.
    """
    access = log_in(settings, transport)
    transport.keep_secret(access.value)
    try:
        return _with_access(settings, transport, access, use)
    except ServiceError as error:
        is_about_login = error.facts.get("status") == 401 and error.step in (INSTANCE, TEAM, TOKEN, ACCESS_KEY)
        if not (is_about_login and access.is_cached):
            raise
    access = log_in(settings, transport, access)
    transport.keep_secret(access.value)
    return _with_access(settings, transport, access, use)


def _with_access(
    settings: Settings,
    transport: Transport,
    access: AccessToken,
    use: Callable[[Settings, Transport, AccessToken], Outcome],
) -> Outcome:
    if settings.instance_name is not None:
        settings = located(settings, resource_controller.find_instance(settings, transport, access))
    return use(settings, transport, access)


def _explaining(settings: Settings, transport: Transport, access: AccessToken | None) -> TokenResult:
    try:
        return api_token(settings, transport, access)
    except ServiceError as error:
        raise denials.explained(error, settings, transport, access) from None


def api_token(
    settings: Settings,
    transport: Transport,
    access: AccessToken | None,
    team: tuple[int | None, str | None] | None = None,
) -> TokenResult:
    """Return the API token of the team that the settings name. Without ``access`` it is for a Sysdig token.

    ``team`` is that team's ID and name, if they were looked up already.

    Raises:
        ServiceError: Sysdig refuses, or the token is not of that team.
        TransportError: no usable response came.
    """
    sysdig = Sysdig(settings, transport, access.value if access else settings.login.credential or "")
    team_id, team_name = team or sysdig.team()
    token = sysdig.token(team_id)
    if settings.check_token:
        team_id = Sysdig(settings, transport, token).current_team(team_id) or team_id
    return _result(settings, token, team_id, team_name)


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
