# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The resource controller's lists: filters and paging."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from .messages import Request, Response, refusal, single_fields

# The real service's pages are longer; short ones make clients that read only the first page fail.
LARGEST_PAGE = 3


def page(
    request: Request, filters: tuple[str, ...], find: Callable[[dict[str, str]], list[dict[str, Any]]]
) -> Response:
    """The part of what is found that the query asks for, with the URL of the next part."""
    try:
        parameters = single_fields(request.query)
        start = _decode_start(parameters.pop("start", ""))
        limit = int(parameters.pop("limit", LARGEST_PAGE))
        if not 1 <= limit <= 100:
            raise ValueError("limit is out of range")
        if not parameters.keys() <= set(filters):
            raise ValueError("unknown query parameter")
    except ValueError as error:
        raise refusal("resource_controller", "bad_request", str(error)) from error
    found = find(parameters)
    end = start + min(limit, LARGEST_PAGE)
    following = {"start": _encode_start(end), "limit": limit, **parameters} if end < len(found) else None
    return Response.of(
        {
            "rows_count": len(found[start:end]),
            "next_url": f"{request.path}?{urlencode(following)}" if following else None,
            "resources": found[start:end],
        }
    )


def _encode_start(position: int) -> str:
    return base64.urlsafe_b64encode(str(position).encode()).decode()


def _decode_start(token: str) -> int:
    try:
        return int(base64.urlsafe_b64decode(token)) if token else 0
    except (ValueError, binascii.Error) as error:
        raise ValueError("start is not a page token") from error
