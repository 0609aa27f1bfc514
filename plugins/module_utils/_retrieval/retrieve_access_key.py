# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Retrieve an access key: by IAM, by an API token where IAM is refused or is not at hand, last by a resource key."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .._errors import access_keys as errors
from .._errors.base import ServiceError
from . import denials, iam, resource_controller
from .access_keys import AccessKey, choose_key, list_keys
from .endpoints import Endpoints
from .iam import AccessToken
from .retrieve import LogIn, api_token, with_login
from .settings import Settings
from .sysdig import Sysdig
from .transport import OnRequest, Transport, opened

IAM_TOKEN, API_TOKEN, RESOURCE_KEY = "iam_token", "api_token", "resource_key"


@dataclass(frozen=True)
class AccessKeyResult:
    """An access key and what it belongs to. What is not known is None.

    Attributes:
        access_key: what agents send with.
        access_key_source: what it was read with: ``iam_token``, ``api_token`` or ``resource_key``.
        team_id: the team that its agents send into, None for the default team.
    """

    access_key: str = field(repr=False)
    access_key_source: str
    product: str
    region: str | None
    instance_id: str | None
    team_id: int | None
    team_name: str | None
    url: str
    endpoints: Endpoints

    def as_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return {**vars(self), "endpoints": self.endpoints._asdict()}


@dataclass(frozen=True)
class ListedKeys:
    """The access keys of an instance, and what they were read with.

    Attributes:
        keys: all of them, enabled or not.
        source: IAM_TOKEN or API_TOKEN.
        sysdig: the API, as the caller that may see them; to create, enable, disable and delete keys.
        settings: with the instance that a name leads to.
        team_id: of the team that the settings name, which may be by its name.
    """

    keys: list[AccessKey]
    source: str
    sysdig: Sysdig
    settings: Settings
    team_id: int | None


def retrieve_access_key(
    settings: Settings,
    log_in: LogIn = iam.log_in,
    token: str | None = None,
    on_request: OnRequest | None = None,
    started_at: float | None = None,
) -> AccessKeyResult:
    """Retrieve the access key that agents of the instance, or of the team in the settings, send with.

    Args:
        settings: whose key to retrieve; with a known ``token``, resolved with ``token_is_known``.
        log_in: may be replaced by one that caches.
        token: a known API token, to read the key with.
        on_request: called with a line of text for every request.
        started_at: when the retrieval began (of time.monotonic()), by default now.

    Raises:
        SysdigError: with a text that holds no secret.
    """
    with opened(settings, on_request, started_at) as transport:
        if token is not None:
            transport.keep_secret(token)
            return _chosen(_listed(settings, transport, token, API_TOKEN, settings.team_id))
        if settings.login.is_outside_ibm_cloud:
            return _chosen(_by_own_token(settings, transport))
        return with_login(settings, transport, log_in, _by_any_way)


def list_access_keys(settings: Settings, transport: Transport, log_in: LogIn = iam.log_in) -> ListedKeys:
    """List the access keys of an instance, for what manages them. ``transport`` is from ``opened``.

    Raises:
        ServiceError: neither IAM nor an API token may see them.
        TransportError: no usable response came.
    """
    if settings.login.is_outside_ibm_cloud:
        return _by_own_token(settings, transport)

    def listed(settings: Settings, transport: Transport, access: AccessToken) -> ListedKeys:
        try:
            return _by_tokens(settings, transport, access)
        except _Refused as refused:
            raise _explained(refused.by_iam, settings, transport, access, ["an API token"]) from None

    return with_login(settings, transport, log_in, listed)


class _Refused(Exception):
    """Neither IAM nor an API token may see the access keys."""

    def __init__(self, by_iam: ServiceError) -> None:
        super().__init__()
        self.by_iam = by_iam


def _by_any_way(settings: Settings, transport: Transport, access: AccessToken) -> AccessKeyResult:
    try:
        return _chosen(_by_tokens(settings, transport, access))
    except _Refused as refused:
        by_iam = refused.by_iam
    try:
        keys = resource_controller.access_keys(settings, transport, access)
    except ServiceError:
        keys = []
    if not keys:
        raise _explained(by_iam, settings, transport, access, ["an API token", "resource keys"])
    if len(keys) > 1:
        raise errors.several_in_resource_keys(keys)
    return _result(settings, AccessKey(keys[0], is_enabled=True), RESOURCE_KEY, None)


def _by_tokens(settings: Settings, transport: Transport, access: AccessToken) -> ListedKeys:
    """List the keys by IAM, or where that is refused by an API token. Raises _Refused if both are."""
    team = None
    try:
        team = Sysdig(settings, transport, access.value).team()
        return _listed(settings, transport, access.value, IAM_TOKEN, team[0])
    except ServiceError as error:
        is_for_login = access.is_cached and error.facts.get("status") == 401
        if not error.is_refusal or is_for_login:
            raise
        by_iam = error
    try:
        found = api_token(settings, transport, access, team)
        return _listed(settings, transport, found.token, API_TOKEN, found.team_id)
    except ServiceError as error:
        raise (_Refused(by_iam) if error.is_refusal else error) from None


def _by_own_token(settings: Settings, transport: Transport) -> ListedKeys:
    """List the keys outside IBM Cloud, where the caller has a Sysdig token."""
    try:
        found = api_token(settings, transport, None)
        return _listed(settings, transport, found.token, API_TOKEN, found.team_id)
    except ServiceError as error:
        raise denials.explained(error, settings, transport, None) from None


def _listed(settings: Settings, transport: Transport, bearer: str, source: str, team_id: int | None) -> ListedKeys:
    sysdig = Sysdig(settings, transport, bearer)
    return ListedKeys(list_keys(sysdig), source, sysdig, settings, team_id)


def _explained(
    error: ServiceError, settings: Settings, transport: Transport, access: AccessToken, ways: list[str]
) -> ServiceError:
    return errors.unreadable(denials.explained(error, settings, transport, access), ways)


def _chosen(listed: ListedKeys) -> AccessKeyResult:
    key = choose_key(listed.keys, listed.team_id)
    return _result(listed.settings, key, listed.source, listed.team_id)


def _result(settings: Settings, key: AccessKey, source: str, team_id: int | None) -> AccessKeyResult:
    is_of_team = key.team_id is not None and key.team_id == team_id
    return AccessKeyResult(
        access_key=key.value,
        access_key_source=source,
        product=settings.product,
        region=settings.region,
        instance_id=settings.instance_id,
        team_id=key.team_id,
        team_name=settings.team_name if is_of_team else None,
        url=settings.endpoints.api,
        endpoints=settings.endpoints,
    )
