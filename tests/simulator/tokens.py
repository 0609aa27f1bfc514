# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""IAM access tokens: JSON Web Tokens (RFC 7519), signed with HS256 where IAM uses RS256."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from typing import Any

ISSUER = "https://iam.cloud.ibm.com/identity"
HEADER = {"kid": "simulator", "alg": "HS256"}


class TokenError(Exception):
    """The token is not one of ours, or no longer valid; the message says which."""

    has_expired = False


class TokenExpired(TokenError):
    """The token was valid once."""

    has_expired = True


class TokenSigner:
    """Issues and verifies the access tokens of one simulated IAM.

    Attributes:
        issued: every token so far, so that tests can search for them.
    """

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(32)
        self.issued: list[str] = []

    def issue(self, iam_id: str, account: str, lifetime: float, grant_type: str) -> tuple[str, dict[str, Any]]:
        """A token with its claims; a lifetime (seconds) of zero or less gives one that has expired."""
        issued_at = int(time.time() + min(lifetime, 0))
        claims = {
            "iam_id": iam_id,
            "id": iam_id,
            "sub": iam_id,
            "account": {"valid": True, "bss": account},
            "iat": issued_at,
            "exp": int(time.time() + lifetime),
            "iss": ISSUER,
            "grant_type": grant_type,
            "scope": "ibm openid",
            "client_id": "default",
            "jti": secrets.token_hex(8),
        }
        signed = f"{_encode(json.dumps(HEADER).encode())}.{_encode(json.dumps(claims).encode())}"
        token = f"{signed}.{self._signature(signed)}"
        self.issued.append(token)
        return token, claims

    def verify(self, token: str) -> dict[str, Any]:
        """The claims of a valid token.

        Raises:
            TokenError: somebody else made it, or it has expired.
        """
        signed, _dot, signature = token.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(signed).encode()):
            raise TokenError("the token is malformed or its signature is not valid")
        claims: dict[str, Any] = json.loads(_decode(signed.split(".")[1]))
        if claims["exp"] <= time.time():
            raise TokenExpired("the token has expired")
        return claims

    def _signature(self, signed: str) -> str:
        return _encode(hmac.new(self._secret, signed.encode(), hashlib.sha256).digest())


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
