# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""IBM Cloud resource controller: `GET /v2/resource_instances`."""

from __future__ import annotations

import base64
import binascii
from urllib.parse import urlencode

from .access import bearer
from .inhabitants import Identity, Instance
from .messages import Request, Response, refusal, single_fields
from .routing import Service, route
from .tokens import TokenError
from .world import World

FILTERS = {"name": "name", "guid": "guid", "resource_group_id": "resource_group_id", "resource_id": "resource_id"}
# The real service's pages are longer; short ones make clients that read only the first page fail.
LARGEST_PAGE = 3


def _list_instances(world: World, request: Request) -> Response:
    identity = _authenticate(world, request)
    try:
        parameters = single_fields(request.query)
        start = _decode_start(parameters.pop("start", ""))
        limit = int(parameters.pop("limit", LARGEST_PAGE))
        if not 1 <= limit <= 100:
            raise ValueError("limit is out of range")
        if not parameters.keys() <= FILTERS.keys():
            raise ValueError("unknown query parameter")
    except ValueError as error:
        raise refusal("resource_controller", "bad_request", str(error)) from error
    found = [
        instance
        for instance in world.visible_instances(identity)
        if all(getattr(instance, FILTERS[name]) == value for name, value in parameters.items())
    ]
    end = start + min(limit, LARGEST_PAGE)
    following = {"start": _encode_start(end), "limit": limit, **parameters} if end < len(found) else None
    return Response.of(
        {
            "rows_count": len(found[start:end]),
            "next_url": f"/v2/resource_instances?{urlencode(following)}" if following else None,
            "resources": [_describe(instance) for instance in found[start:end]],
        }
    )


def _authenticate(world: World, request: Request) -> Identity:
    token = bearer(request, "resource_controller")
    try:
        return world.identity_of(token)
    except TokenError as error:
        raise refusal("resource_controller", "unauthorized", str(error)) from error


def _describe(instance: Instance) -> dict[str, object]:
    parameters = {"external_api_auth": instance.external_api_auth} if instance.external_api_auth else {}
    return {
        "id": instance.crn,
        "guid": instance.guid,
        "crn": instance.crn,
        "name": instance.name,
        "region_id": instance.region,
        "state": instance.state,
        "resource_group_id": instance.resource_group_id,
        "resource_id": instance.resource_id,
        "parameters": parameters,
    }


def _encode_start(position: int) -> str:
    return base64.urlsafe_b64encode(str(position).encode()).decode()


def _decode_start(token: str) -> int:
    try:
        return int(base64.urlsafe_b64decode(token)) if token else 0
    except (ValueError, binascii.Error) as error:
        raise ValueError("start is not a page token") from error


SERVICE = Service(
    "resource_controller",
    ("/v2/",),
    "resource_controller",
    (route("GET", "/v2/resource_instances", _list_instances),),
)
