# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who and what may exist in the simulated world. Nothing here changes."""

from __future__ import annotations

from dataclasses import dataclass

PRODUCT_OF_SERVICE = {"sysdig-monitor": "monitor", "sysdig-secure": "secure"}


@dataclass(frozen=True)
class Team:
    """A Sysdig team; ids are unique over all tenants."""

    id: int
    name: str
    default: bool = False


@dataclass(frozen=True)
class AccessKey:
    """What an agent authenticates with.

    Attributes:
        date_created: in milliseconds since the epoch.
        date_disabled: when it was last disabled, in milliseconds since the epoch.
        limit: how many agents it takes.
        reservation: for how many agents it keeps a place.
        team_id: the team that its agents send to; None for the default team.
    """

    key: str
    enabled: bool
    date_created: int
    date_disabled: int | None = None
    limit: int | None = None
    reservation: int | None = None
    team_id: int | None = None


@dataclass(frozen=True)
class ResourceKey:
    """A service credential of an instance in the resource controller, with an access key that agents may use.

    Attributes:
        role: whoever has a lesser role on the instance sees no credentials.
        one_time: only its creator saw the credentials, only once.
    """

    name: str
    role: str
    access_key: str
    one_time: bool = False

    @property
    def api_key(self) -> str:
        """The API key of its service ID, which nobody needs and nobody should show."""
        return f"sim-api-key-of-a-resource-key-for-{self.access_key}"


@dataclass(frozen=True)
class Tenant:
    """Something with teams and API tokens of its own: an IBM Cloud instance or a customer of Sysdig's."""

    name: str
    teams: tuple[Team, ...]
    access_keys: tuple[AccessKey, ...]

    @property
    def id(self) -> str:
        """What tokens and access keys are bound to."""
        return self.name

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
    resource_keys: tuple[ResourceKey, ...]

    @property
    def id(self) -> str:
        """What tokens and access keys are bound to."""
        return self.guid

    @property
    def crn(self) -> str:
        """The Cloud Resource Name."""
        return f"crn:v1:bluemix:public:{self.service}:{self.region}:a/{self.account}:{self.guid}::"

    @property
    def product(self) -> str | None:
        """`monitor`, `secure` or None."""
        return PRODUCT_OF_SERVICE.get(self.service)


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

    def user(self, username: str) -> User | None:
        """The user of that name, if there is one."""
        return next((user for user in self.users if user.username == username), None)


@dataclass(frozen=True)
class Identity:
    """A user, a service ID or a trusted profile of IBM Cloud; None for instances or teams means all of the account's.

    Attributes:
        api_key: None for a trusted profile.
        role: on each of the instances: `Reader`, `Writer` or `Manager`.
    """

    name: str
    iam_id: str
    account: str
    api_key: str | None
    role: str
    instances: tuple[str, ...] | None = None
    teams: tuple[int, ...] | None = None


@dataclass(frozen=True)
class TrustedProfile:
    """A profile that compute resources or identities may assume.

    Attributes:
        cr_token: of the pod that it is linked to.
        assumable_by: the names of the identities that may assume it.
        identity: whose rights it gives.
    """

    profile_id: str
    profile_name: str
    cr_token: str | None
    assumable_by: tuple[str, ...]
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
