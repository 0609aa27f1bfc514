# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Credential in, IAM access token out. A way to log in is one function and one row of LOGINS."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any, Callable

from .._errors import network
from .._errors import options as option_errors
from .._errors import services as errors
from .._errors.base import IAM_LOGIN, ServiceError
from . import endpoints, parse
from .login import Login
from .response import Response
from .settings import Settings
from .transport import Transport


@dataclass(frozen=True)
class AccessToken:
    """An IAM access token: the bare JWT, and when it expires (epoch seconds)."""

    value: str = field(repr=False)
    expires: int


def log_in(settings: Settings, transport: Transport) -> AccessToken:
    """Log in as ``settings.login`` says. Raises ServiceError, TransportError, OptionError."""
    token = LOGINS[settings.login.auth_method](settings.login, settings, transport)
    transport.keep_secret(token)
    # A token that does not tell its end is used at once, and for nothing later.
    return AccessToken(token, parse.token_expiry(token) or int(time.time()))


def _with_api_key(login: Login, settings: Settings, transport: Transport) -> str:
    """Source: IBM Cloud API documentation, IAM Identity Services, "Create an IAM access token"."""
    form = {
        "grant_type": "urn:ibm:params:oauth:grant-type:apikey",
        "apikey": login.credential or "",
        "response_type": "cloud_iam",
    }
    return _access_token(transport.send(IAM_LOGIN, "POST", f"{_iam_url(settings)}/identity/token", data=form))


def _with_iam_token(login: Login, settings: Settings, transport: Transport) -> str:
    return login.credential or ""


def _as_container(login: Login, settings: Settings, transport: Transport) -> str:
    """A pod with a compute resource token."""
    manager = _sdk().ContainerTokenManager(
        cr_token_filename=login.credential,
        iam_profile_id=login.profile_id,
        iam_profile_name=login.profile_name,
        url=_iam_url(settings),
    )
    try:
        compute_resource_token = manager.retrieve_cr_token().strip()
    except Exception as error:  # the SDK raises nothing more specific
        raise option_errors.missing_compute_resource_token(str(error)) from None
    if not parse.is_header_safe(compute_resource_token):
        file = login.credential or "the file that the platform mounts"
        raise option_errors.missing_compute_resource_token(f"{file} does not hold one token and nothing else")
    transport.keep_secret(compute_resource_token)
    manager.retrieve_cr_token = lambda: compute_resource_token
    return _through(transport, manager)


def _as_virtual_server(login: Login, settings: Settings, transport: Transport) -> str:
    """A virtual server that asks its metadata service; ``iam_url`` is that service's base URL here."""
    named = {"iam_profile_name": login.profile_name} if login.profile_name else {}  # not in every version of the SDK
    manager = _sdk().VPCInstanceTokenManager(
        iam_profile_id=login.profile_id, iam_profile_crn=login.profile_crn, url=settings.iam_url, **named
    )
    return _through(transport, manager)


def _sdk() -> Any:
    """IBM's own SDK, imported only when one of its ways to log in is asked for."""
    try:
        import ibm_cloud_sdk_core
    except ImportError:
        raise option_errors.missing_package("ibm-cloud-sdk-core") from None
    return ibm_cloud_sdk_core


def _through(transport: Transport, manager: Any) -> str:
    """Let the SDK make the requests and our transport send them, with our limits, repetition and errors."""

    def send(method: str, url: str, **request: Any) -> Any:
        known = {name: request.get(name) for name in ("headers", "params", "data")}
        response = transport.send(IAM_LOGIN, method, url, **known)
        transport.keep_secret(_access_token(response))
        return response.body

    manager._request = send
    try:
        return str(manager.request_token()["access_token"])
    except ServiceError as error:
        raise errors.refused_profile(error) from None


def _access_token(response: Response) -> str:
    token = response.body.get("access_token") if isinstance(response.body, dict) else None
    if not isinstance(token, str) or not parse.is_header_safe(token):
        raise network.unusable_response(IAM_LOGIN, response.url, response.status, "without an access_token")
    return token


def _iam_url(settings: Settings) -> str:
    return settings.iam_url or endpoints.IAM[settings.endpoint_type]


LOGINS: dict[str, Callable[[Login, Settings, Transport], str]] = {
    "api_key": _with_api_key,
    "iam_token": _with_iam_token,
    "container": _as_container,
    "vpc": _as_virtual_server,
}
