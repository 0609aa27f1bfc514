# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who and what exists in the simulated world, as world.json describes it; nothing here changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

PRODUCT_OF_SERVICE = {"sysdig-monitor": "monitor", "sysdig-secure": "secure"}


@dataclass(frozen=True)
class Team:
    """A Sysdig team; ids are unique over all tenants."""

    id: int
    name: str
    default: bool = False


@dataclass(frozen=True)
class AccessKey:
    """What an agent authenticates with."""

    key: str
    enabled: bool


@dataclass(frozen=True)
class Tenant:
    """Something with teams and API tokens of its own: an IBM Cloud instance or a customer of Sysdig's."""

    name: str
    teams: tuple[Team, ...]
    access_keys: tuple[AccessKey, ...]

    def team(self, team_id: int) -> Team | None:
        """The team of that id, if this tenant has it."""
        return next((team for team in self.teams if team.id == team_id), None)


@dataclass(frozen=True)
class Instance(Tenant):
    """A service instance on IBM Cloud. One that is not a Sysdig service has no product and no teams."""

    guid: str
    service: str
    region: str
    account: str
    state: str
    resource_group_id: str
    resource_id: str
    external_api_auth: str | None

    @property
    def id(self) -> str:
        """What tokens are bound to."""
        return self.guid

    @property
    def crn(self) -> str:
        """The Cloud Resource Name."""
        return f"crn:v1:bluemix:public:{self.service}:{self.region}:a/{self.account}:{self.guid}::"

    @property
    def product(self) -> str | None:
        """`monitor`, `secure` or None."""
        return PRODUCT_OF_SERVICE.get(self.service)

    @property
    def issues_api_tokens(self) -> bool:
        """Whether Sysdig API tokens exist here at all."""
        return self.product is not None and self.external_api_auth != "IAM_ONLY"


@dataclass(frozen=True)
class User:
    """A person at a customer of Sysdig's; on IBM Cloud, whoever calls."""

    username: str
    teams: tuple[int, ...]
    current_team: int
    admin: bool = False


@dataclass(frozen=True)
class Customer(Tenant):
    """A customer of Sysdig SaaS, or an on-premises installation: users hold one API token for each of their teams."""

    product: str
    users: tuple[User, ...]

    @property
    def id(self) -> str:
        """What tokens are bound to."""
        return self.name

    def user(self, username: str) -> User | None:
        """The user of that name, if there is one."""
        return next((user for user in self.users if user.username == username), None)


@dataclass(frozen=True)
class Identity:
    """A user or service ID of IBM Cloud; None for instances or teams means all of the account's."""

    name: str
    iam_id: str
    account: str
    api_key: str
    instances: tuple[str, ...] | None = None
    teams: tuple[int, ...] | None = None


@dataclass(frozen=True)
class TrustedProfile:
    """A profile that a compute resource may assume with its token."""

    profile_id: str
    profile_name: str
    cr_token: str
    identity: Identity

    @property
    def crn(self) -> str:
        """The Cloud Resource Name."""
        return f"crn:v1:bluemix:public:iam-identity::a/{self.identity.account}::profile:{self.profile_id}"


@dataclass(frozen=True)
class VirtualServer:
    """The virtual server whose metadata service this is, and the trusted profiles linked to it, the default first."""

    crn: str
    account: str
    trusted_profiles: tuple[TrustedProfile, ...]


def read_identity(entry: dict[str, Any]) -> Identity:
    """An entry of `identities`."""
    return Identity(
        name=entry["name"],
        iam_id=entry["iam_id"],
        account=entry["account"],
        api_key=entry["api_key"],
        instances=_only(entry, "instances"),
        teams=_only(entry, "teams"),
    )


def read_instance(entry: dict[str, Any]) -> Instance:
    """An entry of `instances`."""
    return Instance(
        name=entry["name"],
        teams=_teams(entry),
        access_keys=_access_keys(entry),
        guid=entry["guid"],
        service=entry["service"],
        region=entry["region"],
        account=entry["account"],
        state=entry.get("state", "active"),
        resource_group_id=entry["resource_group_id"],
        resource_id=entry["resource_id"],
        external_api_auth=entry.get("external_api_auth"),
    )


def read_customer(entry: dict[str, Any]) -> Customer:
    """An entry of `customers`."""
    users = tuple(
        User(user["username"], tuple(user["teams"]), user["current_team"], user.get("admin", False))
        for user in entry["users"]
    )
    return Customer(entry["name"], _teams(entry), _access_keys(entry), entry["product"], users)


def _only(entry: dict[str, Any], name: str) -> tuple[Any, ...] | None:
    return tuple(entry[name]) if name in entry else None


def _teams(entry: dict[str, Any]) -> tuple[Team, ...]:
    return tuple(Team(**team) for team in entry.get("teams", []))


def _access_keys(entry: dict[str, Any]) -> tuple[AccessKey, ...]:
    return tuple(AccessKey(**key) for key in entry.get("access_keys", []))
