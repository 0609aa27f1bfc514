# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Exchange a credential for an IAM access token. A way to log in is one function and one row of LOGINS.

Sources: IBM Cloud API documentation, IAM Identity Services, "Create an IAM access token"; for trusted profiles and the
metadata service, IBM's Python SDK core 3.28.0, whose requests these are (tests compare them).
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import Any, Callable

from .._errors import network
from .._errors import services as errors
from .._errors.base import IAM_LOGIN, ServiceError, UnreachableError, redacted_errors
from . import credentials, parse
from .login import Login
from .options import ASSUME
from .response import Response
from .settings import Settings
from .transport import Transport

_GRANT = "urn:ibm:params:oauth:grant-type:"
# Where the metadata service of a virtual server or bare metal server has tokens, by the version of its API.
METADATA_PATHS = {
    "2022-03-01": ("/instance_identity/v1/token", "/instance_identity/v1/iam_token"),
    "2025-08-26": ("/identity/v1/token", "/identity/v1/iam_tokens"),
}
_IDENTITY_LIFETIME = 300  # seconds


@dataclass(frozen=True)
class AccessToken:
    """Hold an IAM access token: the bare JWT, and when it expires (epoch seconds).

    ``is_cached`` says whether it comes from an earlier login, so that another one may help where it is refused.
    """

    value: str = field(repr=False)
    expires: int
    is_cached: bool = False


def log_in(settings: Settings, transport: Transport, rejected: AccessToken | None = None) -> AccessToken:
    """Log in as ``settings.login`` says.

    ``rejected`` is a cached token that a service has refused. It is for what caches logins; this function does not.

    Raises:
        ServiceError: the login is refused.
        TransportError: no usable response came.
    """
    # A cache may keep an error for others, who do not know every secret that this login has learned.
    with redacted_errors(transport.secrets):
        token = LOGINS[settings.login.auth_method](settings.login, settings, transport)
    transport.keep_secret(token)
    # A token that does not tell its end is used at once, and for nothing later.
    return AccessToken(token, credentials.token_expiry(token) or int(time.time()))


def _with_api_key(login: Login, settings: Settings, transport: Transport) -> str:
    form = {"grant_type": f"{_GRANT}apikey", "apikey": login.credential, "response_type": "cloud_iam"}
    return _from_iam(settings, transport, form)


def _with_iam_token(login: Login, settings: Settings, transport: Transport) -> str:
    return login.credential or ""


def _as_container(login: Login, settings: Settings, transport: Transport) -> str:
    """Log in as a pod with a compute resource token."""
    form = {"grant_type": f"{_GRANT}cr-token", "cr_token": login.credential, **_profile(login)}
    return _of_profile("this pod", lambda: _from_iam(settings, transport, form))


def _assuming_profile(login: Login, settings: Settings, transport: Transport) -> str:
    """Log in with an API key whose owner may assume a trusted profile."""
    own_token = _with_api_key(login, settings, transport)
    transport.keep_secret(own_token)
    form = {"grant_type": f"{_GRANT}assume", "access_token": own_token, **_profile(login), "account": login.account_id}
    return _of_profile("the owner of the API key", lambda: _from_iam(settings, transport, form))


def _as_virtual_server(login: Login, settings: Settings, transport: Transport) -> str:
    """Log in as a server on VPC, by its metadata service."""
    try:
        return _of_profile("this server", lambda: _from_metadata_service(login, settings, transport))
    except UnreachableError as error:
        raise network.metadata_unreachable(error) from None


def _from_metadata_service(login: Login, settings: Settings, transport: Transport) -> str:
    version = str(login.metadata_version)
    identity_path, token_path = METADATA_PATHS[version]
    base = settings.iam
    # The service is on the server itself: its tokens are for no proxy to read.
    common: dict[str, Any] = {"params": {"version": version}, "is_direct": True}
    headers = {"Content-Type": "application/json", "Metadata-Flavor": "ibm"}
    body = json.dumps({"expires_in": _IDENTITY_LIFETIME})
    response = transport.send(IAM_LOGIN, "PUT", base + identity_path, headers=headers, data=body, **common)
    identity = _access_token(response)
    transport.keep_secret(identity)
    profile = {name.replace("profile_", ""): value for name, value in _profile(login).items()}
    response = transport.send(
        IAM_LOGIN,
        "POST",
        base + token_path,
        headers={**headers, "Authorization": f"Bearer {identity}"},
        data=json.dumps({"trusted_profile": profile}) if profile else None,
        **common,
    )
    return _access_token(response)


def _profile(login: Login) -> dict[str, str]:
    """Return how the login names its trusted profile, as IAM's form has it."""
    named = {"profile_crn": login.profile_crn, "profile_id": login.profile_id, "profile_name": login.profile_name}
    return {name: value for name, value in named.items() if value is not None}


def _from_iam(settings: Settings, transport: Transport, form: dict[str, str | None]) -> str:
    """Request an access token from IAM. requests leaves out what is None in the form."""
    return _access_token(transport.send(IAM_LOGIN, "POST", f"{settings.iam}/identity/token", data=form))


def _of_profile(who: str, ask: Callable[[], str]) -> str:
    try:
        return ask()
    except ServiceError as error:
        raise errors.refused_profile(error, who) if error.is_refusal else error from None


def _access_token(response: Response) -> str:
    token = response.field("access_token")
    if not isinstance(token, str) or not parse.is_header_safe(token):
        raise response.unusable("without an access_token")
    return token


LOGINS: dict[str, Callable[[Login, Settings, Transport], str]] = {
    "api_key": _with_api_key,
    "iam_token": _with_iam_token,
    "container": _as_container,
    "vpc": _as_virtual_server,
    ASSUME: _assuming_profile,
}
