# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""What IBM Cloud's resource controller knows of instances. Source: its API documentation, "List service instances"."""

from __future__ import annotations

from typing import Any, Iterator
from urllib.parse import parse_qsl

from .._errors import network
from .._errors import services as errors
from .._errors.base import INSTANCE, SysdigError
from . import endpoints
from .endpoints import Instance
from .iam import AccessToken
from .settings import Settings
from .transport import Transport

_MOST_PAGES = 50  # a next_url that never ends must not keep us


def find_instance(settings: Settings, transport: Transport, token: AccessToken) -> Instance:
    """The one active instance called ``settings.instance_name``. Raises ServiceError if there is none, or several."""
    name = settings.instance_name or ""
    filters = {"name": name}
    if settings.resource_group_id:
        filters["resource_group_id"] = settings.resource_group_id
    named = [
        (resource, instance)
        for resource in _instances(settings, transport, token, filters)
        if resource.get("name") == name and (instance := _instance(resource)) is not None
    ]
    if not named:
        raise errors.unknown_instance(name, _visible_names(settings, transport, token))
    fitting = [(resource, instance) for resource, instance in named if _fits(instance, settings)]
    if not fitting:
        raise errors.other_instance(name, _requested(settings), (str(resource.get("crn")) for resource, _fit in named))
    active = [(resource, instance) for resource, instance in fitting if resource.get("state") == "active"]
    if not active:
        raise errors.inactive_instance(name, str(fitting[0][0].get("state")))
    if len(active) > 1:
        raise errors.ambiguous_instance(name, (str(resource.get("crn")) for resource, _fit in active))
    return active[0][1]


def is_iam_only(settings: Settings, transport: Transport, token: AccessToken) -> bool | None:
    """Whether the instance's ``external_api_auth`` forbids API tokens, or None if the credential cannot see it."""
    try:
        resources = list(_instances(settings, transport, token, {"guid": settings.instance_id or ""}))
    except SysdigError:
        return None
    parameters = resources[0].get("parameters") if resources else None
    setting = parameters.get("external_api_auth") if isinstance(parameters, dict) else None
    return None if setting is None else setting == "IAM_ONLY"


def _fits(instance: Instance, settings: Settings) -> bool:
    """Whether the instance is of the product and in the region that were asked for."""
    of_product = not settings.product_is_given or instance.product == settings.product
    return of_product and settings.region in (None, instance.region)


def _requested(settings: Settings) -> str:
    product = f"O(product)={settings.product}" if settings.product_is_given else ""
    region = f"O(region)={settings.region}" if settings.region else ""
    return " and ".join(part for part in (product, region) if part)


def _visible_names(settings: Settings, transport: Transport, token: AccessToken) -> list[str]:
    """Names for a remedy, none if they cannot be had."""
    try:
        return [str(each.get("name")) for each in _instances(settings, transport, token, {}) if _instance(each)]
    except SysdigError:
        return []


def _instance(resource: dict[str, Any]) -> Instance | None:
    """The instance a resource describes, or None if it is another service's."""
    try:
        service, region, guid = endpoints.parse_crn(str(resource.get("crn")))
    except ValueError:
        return None
    product = endpoints.product_of_service(service)
    return Instance(guid, product, region) if product else None


def _instances(
    settings: Settings, transport: Transport, token: AccessToken, filters: dict[str, str]
) -> Iterator[dict[str, Any]]:
    """Every resource that passes the filters, page by page."""
    base = settings.resource_controller_url or endpoints.RESOURCE_CONTROLLER[settings.endpoint_type]
    url = f"{base}/v2/resource_instances"
    headers = {"Authorization": f"Bearer {token.value}"}
    params = filters
    for _page in range(_MOST_PAGES):
        response = transport.send(INSTANCE, "GET", url, headers=headers, params=params)
        page = response.body
        if not isinstance(page, dict) or not isinstance(page.get("resources"), list):
            raise network.unusable_response(INSTANCE, url, response.status, "without a list of resources")
        yield from (resource for resource in page["resources"] if isinstance(resource, dict))
        # Only its query is taken: the host of a link in an answer is not where a credential goes.
        following = page.get("next_url")
        params = dict(parse_qsl(following.partition("?")[2])) if isinstance(following, str) else {}
        if not params:
            return
