# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Ask IBM Cloud's resource controller for instances and resource keys.

Source: its API documentation, "List service instances" and "Get a list of all of the resource keys for the instance".
"""

from __future__ import annotations

from typing import Any, Iterator
from urllib.parse import parse_qsl

from .._errors import services as errors
from .._errors.base import ACCESS_KEY, INSTANCE, SysdigError
from .crn import Instance, parse_crn
from .iam import AccessToken
from .parse import is_header_safe
from .settings import Settings
from .transport import Transport

_MOST_PAGES = 50  # a next_url that never ends must not keep us
_ACCESS_KEY = "Sysdig Access Key"  # among the credentials of a resource key


def find_instance(settings: Settings, transport: Transport, token: AccessToken) -> Instance:
    """Return the one active instance called ``settings.instance_name``.

    Raises:
        ServiceError: there is none, or there are several.
    """
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


def look_up(settings: Settings, transport: Transport, token: AccessToken) -> dict[str, Any] | None:
    """Return the resource of ``settings.instance_id``, None if the credential sees none.

    Raises:
        SysdigError: the resource controller does not say.
    """
    return next(_instances(settings, transport, token, {"guid": settings.instance_id or ""}), None)


def visible_instances(
    settings: Settings, transport: Transport, token: AccessToken
) -> list[tuple[dict[str, Any], Instance]]:
    """Return the instance of the settings, or all of both products that the credential sees, as they are listed.

    Raises:
        SysdigError: the resource controller does not say.
    """
    named = {"guid": settings.instance_id, "name": settings.instance_name}
    filters = {field: value for field, value in named.items() if value}
    listed = [(each, _instance(each)) for each in _instances(settings, transport, token, filters)]
    return [(resource, instance) for resource, instance in listed if instance is not None]


def access_keys(settings: Settings, transport: Transport, token: AccessToken) -> list[str]:
    """Return the access keys in the instance's resource keys, each once. They do not tell whether one is enabled.

    The controller hides the credentials of a resource key from whoever has a lesser role, or after their first view.

    Raises:
        ServiceError: the credential may not see resource keys.
    """
    url = f"{settings.resource_controller}/v2/resource_instances/{settings.instance_id}/resource_keys"
    resources = _pages(ACCESS_KEY, url, transport, token, {})
    shown = [credentials for each in resources if isinstance(credentials := each.get("credentials"), dict)]
    keys = [key for credentials in shown if isinstance(key := credentials.get(_ACCESS_KEY), str)]
    transport.keep_secret(*keys)
    return list(dict.fromkeys(filter(is_header_safe, keys)))


def _fits(instance: Instance, settings: Settings) -> bool:
    """Return whether the instance is of the product and in the region that the settings name."""
    of_product = not settings.product_is_given or instance.product == settings.product
    return of_product and settings.region in (None, instance.region)


def _requested(settings: Settings) -> str:
    product = f"O(product)={settings.product}" if settings.product_is_given else ""
    region = f"O(region)={settings.region}" if settings.region else ""
    return " and ".join(part for part in (product, region) if part)


def _visible_names(settings: Settings, transport: Transport, token: AccessToken) -> list[str]:
    """Return names for a remedy, none if they cannot be listed."""
    try:
        return [str(each.get("name")) for each in _instances(settings, transport, token, {}) if _instance(each)]
    except SysdigError:
        return []


def _instance(resource: dict[str, Any]) -> Instance | None:
    """Return the instance that a resource describes, or None if it is another service's."""
    try:
        return parse_crn(str(resource.get("crn")))
    except ValueError:
        return None


def _instances(
    settings: Settings, transport: Transport, token: AccessToken, filters: dict[str, str]
) -> Iterator[dict[str, Any]]:
    """Yield every resource that passes the filters."""
    url = f"{settings.resource_controller}/v2/resource_instances"
    return _pages(INSTANCE, url, transport, token, filters)


def _pages(
    step: str, url: str, transport: Transport, token: AccessToken, params: dict[str, str]
) -> Iterator[dict[str, Any]]:
    """Yield the resources of a list, page by page."""
    headers = {"Authorization": f"Bearer {token.value}"}
    for _page in range(_MOST_PAGES):
        response = transport.send(step, "GET", url, headers=headers, params=params)
        resources = response.field("resources")
        if not isinstance(resources, list):
            raise response.unusable("without a list of resources")
        yield from (resource for resource in resources if isinstance(resource, dict))
        # Only its query is taken: the host of a link in a response is not where a credential goes.
        following = response.field("next_url")
        params = dict(parse_qsl(following.partition("?")[2])) if isinstance(following, str) else {}
        if not params:
            return
