# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""IBM Cloud resource controller: `GET /v2/resource_instances`, and the resource keys of an instance."""

from __future__ import annotations

from typing import Any

from .access import bearer
from .inhabitants import Identity, Instance
from .messages import Request, Response, refusal
from .pages import page
from .resource_keys import describe
from .routing import Service, route
from .tokens import TokenError
from .world import World

FILTERS = ("name", "guid", "resource_group_id", "resource_id")


def _list_instances(world: World, request: Request) -> Response:
    identity = _authenticate(world, request)

    def find(filters: dict[str, str]) -> list[dict[str, Any]]:
        return [
            _describe(world, instance)
            for instance in world.visible_instances(identity)
            if all(getattr(instance, name) == value for name, value in filters.items())
        ]

    return page(request, FILTERS, find)


def _list_resource_keys(world: World, request: Request, instance_id: str) -> Response:
    identity = _authenticate(world, request)
    visible = {instance.guid: instance for instance in world.visible_instances(identity)}
    visible |= {instance.crn: instance for instance in visible.values()}
    if instance_id not in visible:
        raise refusal("resource_controller", "not_found")
    instance = visible[instance_id]
    keys = [describe(instance, key, identity.role) for key in instance.resource_keys]
    return page(request, (), lambda _filters: keys)


def _authenticate(world: World, request: Request) -> Identity:
    token = bearer(request, "resource_controller")
    try:
        return world.identity_of(token)
    except TokenError as error:
        raise refusal("resource_controller", "unauthorized", str(error)) from error


def _describe(world: World, instance: Instance) -> dict[str, Any]:
    setting = world.external_api_auth[instance.guid]
    parameters = {"external_api_auth": setting} if setting else {}
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


SERVICE = Service(
    "resource_controller",
    ("/v2/",),
    "resource_controller",
    (
        route("GET", "/v2/resource_instances", _list_instances),
        route("GET", "/v2/resource_instances/([^/]+)/resource_keys", _list_resource_keys),
    ),
    id_header="X-Global-Transaction-Id",
)
