# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sysdig's REST API of access keys, `/api/customer/accessKeys`.

Sources: IBM Cloud documentation, Monitoring, "Managing access keys" (2023-01-06), and Workload Protection, "Managing
access keys" (2026-08-17): the calls, their answers, and that nothing is in their bodies. sdcclient 0.19: a body that
names limit, reservation and team of a new key, and a slash at the end of two paths. terraform-provider-sysdig: DELETE
is answered without a body and takes only a disabled key, and dateDisabled says when a key was *last* disabled.
"""

from __future__ import annotations

import json
from typing import Any

from .access import Caller, authenticate
from .inhabitants import AccessKey, Instance
from .messages import Request, Response, refusal
from .roles import MANAGE_ACCESS_KEYS, SEE_ACCESS_KEYS
from .routing import Route, route
from .world import World

PATH = "/api/customer/accessKeys"
# In the body of a call -> in the world.
ATTRIBUTES = {"limit": "limit", "reservation": "reservation", "teamId": "team_id"}


def _list(world: World, request: Request) -> Response:
    caller = authenticate(world, request)
    caller.must_be_allowed_to(SEE_ACCESS_KEYS)
    keys = world.access_keys.of(caller.tenant.id)
    return Response.of({"customerAccessKeys": [_describe(caller, key) for key in keys]})


def _create(world: World, request: Request) -> Response:
    caller = _manager(world, request)
    return _answer(caller, world.access_keys.create(caller.tenant.id, **_attributes(request, caller)))


def _disable(world: World, request: Request, key: str) -> Response:
    caller = _manager(world, request)
    disabled = world.access_keys.disable(caller.tenant.id, _own(world, caller, key))
    world.agents.cut_off(disabled.key)
    return _answer(caller, disabled)


def _enable(world: World, request: Request, key: str) -> Response:
    caller = _manager(world, request)
    return _answer(caller, world.access_keys.enable(caller.tenant.id, _own(world, caller, key)))


def _delete(world: World, request: Request, key: str) -> Response:
    caller = _manager(world, request)
    try:
        world.access_keys.delete(caller.tenant.id, _own(world, caller, key))
    except ValueError as error:
        raise refusal("sysdig", "bad_request", str(error)) from error
    return Response(204, b"")


def _manager(world: World, request: Request) -> Caller:
    caller = authenticate(world, request)
    caller.must_be_allowed_to(MANAGE_ACCESS_KEYS)
    return caller


def _own(world: World, caller: Caller, key: str) -> str:
    """The key, if it is one of the caller's tenant."""
    if key not in [own.key for own in world.access_keys.of(caller.tenant.id)]:
        raise refusal("sysdig", "not_found")
    return key


def _attributes(request: Request, caller: Caller) -> dict[str, int]:
    """What the body says of the new key. On IBM Cloud nothing is documented, so that there it may only be nothing."""
    try:
        document = json.loads(request.body)["customerAccessKey"] if request.body else {}
        wanted = {ATTRIBUTES[name]: value for name, value in document.items() if value is not None}
        if not all(isinstance(value, int) and not isinstance(value, bool) and value > 0 for value in wanted.values()):
            raise ValueError("a value is not a positive number")
        if isinstance(caller.tenant, Instance) and wanted:
            raise ValueError("the access key of an instance on IBM Cloud is created without attributes")
        if "team_id" in wanted and caller.tenant.team(wanted["team_id"]) is None:
            raise ValueError("no such team")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise refusal("sysdig", "bad_request", f"the body is not valid: {error}") from error
    return wanted


def _answer(caller: Caller, key: AccessKey) -> Response:
    return Response.of({"customerAccessKey": _describe(caller, key)})


def _describe(caller: Caller, key: AccessKey) -> dict[str, Any]:
    described = {
        "accessKey": key.key,
        "enabled": key.enabled,
        "dateCreated": key.date_created,
        "dateDisabled": key.date_disabled,
        "limit": key.limit,
        "reservation": key.reservation,
    }
    has_teams = not isinstance(caller.tenant, Instance) or caller.tenant.product == "secure"
    return {**described, "teamId": key.team_id} if has_teams else described


ROUTES: tuple[Route, ...] = (
    route("GET", PATH, _list),
    route("POST", PATH, _create),
    route("POST", f"{PATH}/([^/]+)/disable/?", _disable),
    route("POST", f"{PATH}/([^/]+)/enable/?", _enable),
    route("DELETE", f"{PATH}/([^/]+)", _delete),
)
