# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Check one credential at a time, and read those that are in files.

Every function raises OptionError when the credential cannot be used.
"""

from __future__ import annotations

import base64
import json
import re
import sys
import time
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from .._errors import options as errors
from .parse import is_header_safe, is_quoted, path, secret

# Where IBM Cloud Kubernetes Service, Red Hat OpenShift and Code Engine mount it. Source: IBM's Python SDK core 3.28.0.
CR_TOKEN_FILES = (
    "/var/run/secrets/tokens/vault-token",
    "/var/run/secrets/tokens/sa-token",
    "/var/run/secrets/codeengine.cloud.ibm.com/compute-resource-token/token",
)


def iam_token(option: str, value: Any) -> str:
    """Return the bare token out of what ``ibmcloud iam oauth-tokens`` prints: «IAM token:  Bearer eyJ...»."""
    bare = re.sub(r"\A\s*(IAM token:)?\s*(Bearer(\s+|\Z))?|\s*\Z", "", str(value), flags=re.IGNORECASE)
    token = secret(option, bare)
    if token_claims(token) is None:
        raise errors.not_an_iam_token()
    expires = token_expiry(token)
    if expires is not None and expires <= time.time():
        when = datetime.fromtimestamp(max(0, expires), timezone.utc)
        raise errors.expired_token(when.strftime("%Y-%m-%dT%H:%M:%SZ"))
    return token


def token_claims(token: str) -> dict[str, Any] | None:
    """Return what a JWT says (RFC 7519), or None if it is not one. Its signature is for the services to check."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, RecursionError):
        return None
    return claims if isinstance(claims, dict) else None


def token_expiry(token: str) -> int | None:
    """Return when a JWT expires (epoch seconds), or None if it does not tell. Source: RFC 7519, section 4.1.4."""
    try:
        return min(int((token_claims(token) or {})["exp"]), sys.maxsize)
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def token_account(token: str) -> str | None:
    """Return the ID of the account that an IAM access token was issued for, or None if it does not tell."""
    account = (token_claims(token) or {}).get("account")
    account_id = account.get("bss") if isinstance(account, dict) else None
    return account_id if isinstance(account_id, str) else None


def api_key_from_file(option: str, value: Any) -> str:
    """Return the key in a file: alone, or under ``apikey`` in the JSON of ``ibmcloud iam api-key-create --file``."""
    file = path(option, value)
    try:
        content = _read(file)
    except ValueError as error:
        raise errors.unusable_file(option, file, str(error)) from None
    if content.startswith("{"):
        try:
            content = json.loads(content)["apikey"]
        except (ValueError, KeyError, RecursionError):
            raise errors.unusable_file(option, file, "it is JSON without an apikey") from None
    if not isinstance(content, str) or not content.strip():
        raise errors.unusable_file(option, file, "it holds no key")
    if is_quoted(content.strip()):
        raise errors.unusable_file(option, file, "there are quotation marks around the key in it")
    if not is_header_safe(content.strip()):
        raise errors.unusable_file(option, file, "it holds a line break, or something else that is in no key")
    return content.strip()


def compute_resource_token(option: str, value: Any) -> str:
    """Return the compute resource token in a file; without one, in the first place that a platform mounts it at."""
    files = CR_TOKEN_FILES if value is None else (path(option, value),)
    reason = ""
    for file in files:
        try:
            token = _read(file)
        except ValueError as error:
            reason = f"{file}: {error}"
            continue
        if not is_header_safe(token):
            raise errors.missing_compute_resource_token(f"{file} does not hold one token and nothing else")
        return token
    raise errors.missing_compute_resource_token(reason)


def _read(file: str) -> str:
    """Return the text of a file, without white space around it. Raises ValueError with the reason if it has none."""
    try:
        return Path(file).read_text(encoding="utf-8-sig").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(getattr(error, "strerror", None) or "it is not text") from None
