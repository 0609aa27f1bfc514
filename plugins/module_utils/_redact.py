# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Keeps secrets out of messages, in every form in which a service or a library may repeat them."""

import base64
import json
import re
from typing import Iterable, Set
from urllib.parse import quote, quote_plus

MASK = "********"


def redact(text: str, secrets: Iterable[str]) -> str:
    """``text`` with every one of ``secrets`` masked: as it is, URL-encoded, JSON-escaped, base64."""
    forms = {form for secret in secrets for form in _forms(secret)}
    for form in sorted(forms, key=len, reverse=True):  # a form may contain a shorter one
        text = text.replace(form, MASK)
    return text


def _forms(secret: str) -> Set[str]:
    encoded = secret.encode()
    in_url = {quote(secret, safe=""), quote(secret), quote_plus(secret)}
    lower_case = {re.sub("%..", lambda escape: escape.group().lower(), form) for form in in_url}
    return {
        secret,
        *in_url,
        *lower_case,
        json.dumps(secret)[1:-1],
        base64.b64encode(encoded).decode(),
        base64.urlsafe_b64encode(encoded).decode(),
        base64.b64encode(encoded).decode().rstrip("="),
    } - {""}
