# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who calls Sysdig, and what they may: the headers Authorization, IBMInstanceID, SysdigProduct and the team's."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .inhabitants import Customer, Instance, Team, User
from .messages import Request, refusal
from .roles import LEAST_ROLE, MANAGE_ACCESS_KEYS, suffices
from .tokens import TokenError
from .world import TokenSlot, World

BEARER = re.compile(r"Bearer (\S+)")
PRODUCT_CODES = {"monitor": "SDC", "secure": "SDS"}
# Consumers of metrics are configured with nothing but a token, so that they cannot name the instance.
REST_API = "/api/"


@dataclass(frozen=True)
class Caller:
    """An authenticated caller.

    Attributes:
        tenant: the instance or customer that the request is about.
        user: who calls; its current team is the one that the request is about.
        api_token: the Sysdig API token they came with; None when they came with an IAM token.
        role: on an instance on IBM Cloud. A team's API token may do what its Manager may: the documentation manages
            access keys with it.
    """

    tenant: Instance | Customer
    user: User
    api_token: str | None
    role: str = "Manager"

    @property
    def product_code(self) -> str:
        """`SDC` or `SDS`."""
        return PRODUCT_CODES[str(self.tenant.product)]

    @property
    def teams(self) -> list[Team]:
        """The caller's teams."""
        return [team for team in self.tenant.teams if team.id in self.user.teams]

    def must_be_allowed_to(self, action: str) -> None:
        """Refuse the call where the caller's role, or being no administrator outside IBM Cloud, forbids the action."""
        if isinstance(self.tenant, Customer):
            is_allowed = self.user.admin or action != MANAGE_ACCESS_KEYS
        else:
            is_allowed = suffices(self.role, LEAST_ROLE[str(self.tenant.product), action])
        if not is_allowed:
            raise refusal("sysdig", "access_denied")


def bearer(request: Request, dialect: str) -> str:
    """The token of the one well-formed Authorization header."""
    values = request.header_values("Authorization")
    match = BEARER.fullmatch(values[0]) if len(values) == 1 else None
    if match is None:
        raise refusal(dialect, "unauthorized", "exactly one header 'Authorization: Bearer <token>' is needed")
    return match.group(1)


def authenticate(world: World, request: Request) -> Caller:
    """The caller by either kind of token; a JSON Web Token has dots, a Sysdig API token has none."""
    token = bearer(request, "sysdig")
    caller = _by_iam_token(world, request, token) if "." in token else _by_api_token(world, request, token)
    _check_product(request, caller)
    return caller


def authenticate_by_api_token(world: World, request: Request) -> Caller:
    """The caller, where IAM tokens are not accepted."""
    caller = authenticate(world, request)
    if caller.api_token is None:
        raise refusal("sysdig", "unauthorized", "a Sysdig API token is needed")
    return caller


def _by_iam_token(world: World, request: Request, token: str) -> Caller:
    try:
        identity = world.identity_of(token)
    except TokenError as error:
        raise refusal("sysdig", "unauthorized", str(error)) from error
    guid = _single_header(request, "IBMInstanceID")
    if guid is None:
        raise refusal("sysdig", "unauthorized", "an IAM token needs the header IBMInstanceID")
    for instance in world.visible_instances(identity):
        if instance.guid == guid and instance.product and instance.state == "active":
            teams = [team for team in instance.teams if identity.teams is None or team.id in identity.teams]
            current = _requested_team(world, request, str(instance.product), [team.id for team in teams])
            user = User(identity.name, tuple(team.id for team in teams), current)
            return Caller(instance, user, None, identity.role)
    raise refusal("sysdig", "access_denied")


def _requested_team(world: World, request: Request, product: str, own_teams: list[int]) -> int:
    """The team that the headers select; without, the first of the caller's: world.json lists the default first."""
    values = {_single_header(request, name) for name in world.modes.team_headers(product)} - {None}
    if len(values) > 1:
        raise refusal("sysdig", "bad_request", "TeamID and SysdigTeamID differ")
    choice = [team_id for team_id in own_teams if not values or values == {str(team_id)}]
    if not choice:
        raise refusal("sysdig", "access_denied")
    return choice[0]


def _by_api_token(world: World, request: Request, token: str) -> Caller:
    slot = world.slot_of(token)
    if slot is None:
        raise refusal("sysdig", "unauthorized", "the API token is not valid")
    tenant = world.tenant(slot.tenant_id)
    if not world.takes_api_tokens(tenant):
        raise refusal("sysdig", "access_denied")
    _check_instance_is_named(world, request, tenant)
    for name, bound_to in [
        ("IBMInstanceID", tenant.id),
        *((name, str(slot.team_id)) for name in world.modes.team_headers(str(tenant.product))),
    ]:
        if _single_header(request, name) not in (None, bound_to):
            raise refusal("sysdig", "access_denied")
    return Caller(tenant, _user_of(tenant, slot), token)


def _check_instance_is_named(world: World, request: Request, tenant: Instance | Customer) -> None:
    if not world.modes.require_instance_id or isinstance(tenant, Customer) or not request.path.startswith(REST_API):
        return
    if _single_header(request, "IBMInstanceID") is None:
        raise refusal("sysdig", "unauthorized", "an instance on IBM Cloud needs the header IBMInstanceID")


def _user_of(tenant: Instance | Customer, slot: TokenSlot) -> User:
    if isinstance(tenant, Customer):
        user = tenant.user(slot.username)
        assert user is not None, "tokens of customers are made from their users"
        return User(user.username, user.teams, slot.team_id, user.admin)
    return User(f"team-{slot.team_id}", (slot.team_id,), slot.team_id)


def _check_product(request: Request, caller: Caller) -> None:
    code = _single_header(request, "SysdigProduct")
    if code is None:
        return
    if code not in PRODUCT_CODES.values():
        raise refusal("sysdig", "bad_request", "SysdigProduct is neither SDC nor SDS")
    if code != caller.product_code:
        raise refusal("sysdig", "access_denied")


def _single_header(request: Request, name: str) -> str | None:
    values = request.header_values(name)
    if len(values) > 1:
        raise refusal("sysdig", "bad_request", f"{name} is given twice")
    return values[0] if values else None
