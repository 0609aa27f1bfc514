# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credential in, IAM access token out. A way to log in is one function and one row of LOGINS."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Callable

from . import errors, values
from .settings import Login, Settings
from .transport import Transport


@dataclass(frozen=True)
class AccessToken:
    """An IAM access token: the bare JWT, and when it expires (epoch seconds)."""

    value: str = field(repr=False)
    expires: int


def log_in(settings: Settings, transport: Transport) -> AccessToken:
    """Log in as ``settings.login`` says. Raises ServiceError, TransportError."""
    assert settings.login is not None
    token = LOGINS[settings.login.auth_method](settings.login, settings.iam_url, transport)
    transport.secrets.add(token.value)
    return token


def _with_api_key(login: Login, iam_url: str, transport: Transport) -> AccessToken:
    """Source: IBM Cloud API documentation, IAM Identity Services, "Create an IAM access token for a user or service ID"."""
    url = f"{iam_url}/identity/token"
    answer = transport.post_form(
        errors.IAM_LOGIN,
        url,
        {
            "grant_type": "urn:ibm:params:oauth:grant-type:apikey",
            "apikey": login.api_key or "",
            "response_type": "cloud_iam",
        },
    )
    token = answer.body.get("access_token") if isinstance(answer.body, dict) else None
    if not isinstance(token, str) or not token:
        raise errors.unusable_answer(errors.IAM_LOGIN, url, answer.status, "without an access_token")
    return _access_token(token)


def _with_iam_token(login: Login, _iam_url: str, _transport: Transport) -> AccessToken:
    return _access_token(login.iam_token or "")


def _access_token(token: str) -> AccessToken:
    # A token that does not tell its end is used at once, and for nothing later.
    return AccessToken(token, values.token_expiry(token) or int(time.time()))


LOGINS: dict[str, Callable[[Login, str, Transport], AccessToken]] = {
    "api_key": _with_api_key,
    "iam_token": _with_iam_token,
}
