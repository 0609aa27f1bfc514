# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make JSON Web Tokens that no service has issued."""

from __future__ import annotations

import base64
import json
from typing import Any


def web_token(signature: str = "signature", **claims: Any) -> str:
    """Return a token with these claims."""
    parts = ({"alg": "none"}, claims)
    encoded = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
    return ".".join([*encoded, signature])
