# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The REST API of Sysdig Monitor and Sysdig Secure, as far as the collection and its users' scripts call it."""

from __future__ import annotations

from . import access_key_api
from .access import PRODUCT_CODES, Caller, authenticate, authenticate_by_api_token
from .inhabitants import Customer, Team
from .messages import Request, Response, refusal, single_fields
from .roles import GET_API_TOKEN
from .routing import Service, route
from .world import TokenSlot, World


def _own_token(world: World, request: Request) -> Response:
    caller = authenticate(world, request)
    caller.must_be_allowed_to(GET_API_TOKEN)
    if not world.takes_api_tokens(caller.tenant):
        raise refusal("sysdig", "access_denied")
    username = caller.user.username if isinstance(caller.tenant, Customer) else ""
    return _token_answer(world, TokenSlot(caller.tenant.id, caller.user.current_team, username))


def _token_of_user(world: World, request: Request, username: str, team_id: str) -> Response:
    caller = authenticate_by_api_token(world, request)
    if not caller.user.admin:
        raise refusal("sysdig", "access_denied")
    return _token_answer(world, TokenSlot(caller.tenant.id, int(team_id), username))


def _token_answer(world: World, slot: TokenSlot) -> Response:
    token = world.api_token(slot)
    if token is None:
        raise refusal("sysdig", "access_denied")
    return Response.of({"token": {"key": token}})


def _teams(world: World, request: Request) -> Response:
    caller = authenticate(world, request)
    try:
        parameters = single_fields(request.query)
    except ValueError as error:
        raise refusal("sysdig", "bad_request", str(error)) from error
    product = parameters.pop("product", caller.product_code)
    if parameters or product not in PRODUCT_CODES.values():
        raise refusal("sysdig", "bad_request", "the only query parameter is product=SDC or product=SDS")
    teams = caller.teams if product == caller.product_code else []
    return Response.of({"teams": [_describe(caller, team) for team in teams]})


def _team(world: World, request: Request, team_id: str) -> Response:
    caller = authenticate(world, request)
    return Response.of({"team": _describe(caller, _only([team for team in caller.teams if str(team.id) == team_id]))})


def _light_team(world: World, request: Request, name: str) -> Response:
    caller = authenticate(world, request)
    team = _only([team for team in caller.teams if team.name == name])
    return Response.of({"team": {"id": team.id, "name": team.name}})


def _only(teams: list[Team]) -> Team:
    if not teams:
        raise refusal("sysdig", "not_found")
    return teams[0]


def _describe(caller: Caller, team: Team) -> dict[str, object]:
    return {"id": team.id, "name": team.name, "default": team.default, "products": [caller.product_code]}


def _me(world: World, request: Request) -> Response:
    caller = authenticate(world, request)
    return Response.of(
        {
            "user": {
                "username": caller.user.username,
                "currentTeam": caller.user.current_team,
                "enabled": True,
                "admin": caller.user.admin,
                "products": [caller.product_code],
            }
        }
    )


def _alert(world: World, request: Request, alert_id: str) -> Response:
    caller = authenticate_by_api_token(world, request)
    if alert_id != "62":
        raise refusal("sysdig", "not_found")
    team_id = caller.user.current_team
    return Response.of({"alert": {"id": 62, "name": "Simulated alert", "enabled": True, "teamId": team_id}})


def _query(world: World, request: Request) -> Response:
    caller = authenticate_by_api_token(world, request)
    if caller.tenant.product != "monitor":
        raise refusal("sysdig", "not_found")
    try:
        expression = single_fields(request.query).get("query")
    except ValueError as error:
        raise refusal("sysdig", "bad_request", str(error)) from error
    if not expression:
        raise refusal("sysdig", "bad_request", "the query parameter 'query' is missing")
    return Response.of({"status": "success", "data": {"resultType": "vector", "result": []}})


SERVICE = Service(
    "sysdig",
    ("",),  # any other request, even one for a proxy
    "sysdig",
    (
        route("GET", r"/api/token", _own_token),
        route("GET", r"/api/token/([^/]+)/([0-9]+)", _token_of_user),
        route("GET", r"/api/teams", _teams),
        route("GET", r"/api/teams/([0-9]+)", _team),
        route("GET", r"/api/v2/teams/light/name/([^/]+)", _light_team),
        route("GET", r"/api/users/me", _me),
        *access_key_api.ROUTES,
        route("GET", r"/api/alerts/([0-9]+)", _alert),
        route("GET", r"/prometheus/api/v1/query", _query),
    ),
)
