# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state behind the services: who exists, what they may see, and which tokens are valid right now."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any, NamedTuple

from .access_keys import AccessKeys
from .connected_agents import ConnectedAgents
from .inhabitants import Customer, Identity, Instance, TrustedProfile, VirtualServer
from .modes import Modes
from .tokens import TokenError, TokenSigner
from .world_file import read_customer, read_identity, read_instance

WORLD_FILE = Path(__file__).parent / "world.json"
TOKEN_NAMESPACE = uuid.UUID("00000000-0000-4000-8000-000000000000")
DEFAULT_LIFETIME = 3600


class TokenSlot(NamedTuple):
    """What a Sysdig API token stands for. On IBM Cloud a team has one token, so the username is empty."""

    tenant_id: str
    team_id: int
    username: str = ""


class World:
    """Everything that exists. Not thread-safe: the simulator calls it under its lock.

    Attributes:
        external_api_auth: by the GUID of an instance on IBM Cloud, its setting; None where there is none.
    """

    def __init__(self, document: dict[str, Any]) -> None:
        self.identities = tuple(read_identity(entry) for entry in document["identities"])
        self.trusted_profiles = tuple(self._trusted_profile(entry) for entry in document["trusted_profiles"])
        self.virtual_server = self._virtual_server(document["virtual_server"])
        self.instances = tuple(read_instance(entry) for entry in document["instances"])
        self.customers = tuple(read_customer(entry) for entry in document["customers"])
        self.signer = TokenSigner()
        self.access_keys = AccessKeys(self.tenants)
        self.agents = ConnectedAgents()
        self.reset()

    @classmethod
    def load(cls) -> World:
        """The world of world.json."""
        return cls(json.loads(WORLD_FILE.read_text(encoding="utf-8")))

    def reset(self) -> None:
        """Back to the first API tokens, access keys and settings, and to IAM tokens of an hour."""
        self.modes = Modes()
        self.external_api_auth = {instance.guid: instance.external_api_auth for instance in self.instances}
        self.access_keys.reset()
        self.agents.cut_off()
        self.token_lifetime: float = DEFAULT_LIFETIME
        self.signer.issued.clear()
        self._resets = dict.fromkeys(self._slots(), 0)
        self._slot_of_token = {self._derive_token(slot): slot for slot in self._resets}

    @property
    def tenants(self) -> list[Instance | Customer]:
        """All instances and customers."""
        return [*self.instances, *self.customers]

    def takes_api_tokens(self, tenant: Instance | Customer) -> bool:
        """Whether Sysdig API tokens are given out and accepted; an instance on IBM Cloud may forbid it."""
        return self.external_api_auth.get(tenant.id) != "IAM_ONLY"

    def identity_with_api_key(self, api_key: str) -> Identity | None:
        """Whose API key that is."""
        return next((identity for identity in self.identities if identity.api_key == api_key), None)

    def identity_of(self, iam_token: str) -> Identity:
        """Whom an IAM access token was issued to.

        Raises:
            TokenError: the token is not valid.
        """
        iam_id = self.signer.verify(iam_token)["iam_id"]
        for identity in self.identities:
            if identity.iam_id == iam_id:
                return identity
        raise TokenError("the token's subject does not exist")

    def iam_token(self, identity: Identity, grant_type: str, lifetime: float | None = None) -> dict[str, Any]:
        """What IAM answers to a login; the lifetime is in seconds."""
        seconds = self.token_lifetime if lifetime is None else lifetime
        token, claims = self.signer.issue(identity.iam_id, identity.account, seconds, grant_type)
        return {
            "access_token": token,
            "refresh_token": "not_supported",
            "token_type": "Bearer",
            "expires_in": max(int(seconds), 0),
            "expiration": claims["exp"],
            "scope": claims["scope"],
        }

    def visible_instances(self, identity: Identity) -> list[Instance]:
        """The instances of the identity's account that it has access to."""
        return [
            instance
            for instance in self.instances
            if instance.account == identity.account
            and (identity.instances is None or instance.guid in identity.instances)
        ]

    def api_token(self, slot: TokenSlot) -> str | None:
        """The current Sysdig API token; None where none exists."""
        return self._derive_token(slot) if slot in self._resets else None

    def slot_of(self, api_token: str) -> TokenSlot | None:
        """What a current Sysdig API token stands for; None once it was reset."""
        return self._slot_of_token.get(api_token)

    def reset_api_token(self, slot: TokenSlot) -> str:
        """A new token; the old one is refused from now on, as after the button in the web UI.

        Raises:
            KeyError: there is no such token.
        """
        del self._slot_of_token[self._derive_token(slot)]
        self._resets[slot] += 1
        token = self._derive_token(slot)
        self._slot_of_token[token] = slot
        return token

    def secrets(self) -> dict[str, str]:
        """All that must not show, even tokens that were reset, each by a name that may.

        Of a JSON Web Token the claims and the signature: every token has the same header.
        """
        found = {f"API key of {identity.name}": identity.api_key for identity in self.identities if identity.api_key}
        for profile in self.trusted_profiles:
            if profile.cr_token:
                found[f"compute resource token for {profile.profile_name}"] = profile.cr_token
        for tenant in self.tenants:
            for number, key in enumerate(self.access_keys.ever(tenant.id)):
                found[f"access key {number} of {tenant.id}"] = key
        for instance in self.instances:
            for resource_key in instance.resource_keys:
                found[f"API key of resource key {resource_key.name} of {instance.guid}"] = resource_key.api_key
        for slot, resets in self._resets.items():
            for number in range(resets + 1):
                name = f"Sysdig API token of {slot.tenant_id}, team {slot.team_id} {slot.username}".rstrip()
                found[f"{name}, after {number} resets"] = self._derive_token(slot, number)
        for number, token in enumerate(self.signer.issued):
            _header, found[f"claims of IAM token {number}"], found[f"signature of IAM token {number}"] = token.split(
                "."
            )
        return found

    def tenant(self, tenant_id: str) -> Instance | Customer:
        """The instance or customer of that id.

        Raises:
            KeyError: there is none.
        """
        return {tenant.id: tenant for tenant in self.tenants}[tenant_id]

    def _slots(self) -> list[TokenSlot]:
        of_instances = [TokenSlot(instance.id, team.id) for instance in self.instances for team in instance.teams]
        of_customers = [
            TokenSlot(customer.id, team_id, user.username)
            for customer in self.customers
            for user in customer.users
            for team_id in user.teams
        ]
        return of_instances + of_customers

    def _derive_token(self, slot: TokenSlot, resets: int | None = None) -> str:
        """The token of a slot, now or after so many resets."""
        number = self._resets[slot] if resets is None else resets
        return str(uuid.uuid5(TOKEN_NAMESPACE, "/".join(map(str, (*slot, number)))))

    def _trusted_profile(self, entry: dict[str, Any]) -> TrustedProfile:
        identity = next(identity for identity in self.identities if identity.name == entry["identity"])
        return TrustedProfile(
            profile_id=entry["profile_id"],
            profile_name=entry["profile_name"],
            cr_token=entry.get("cr_token"),
            assumable_by=tuple(entry.get("assumable_by", [])),
            identity=identity,
        )

    def _virtual_server(self, entry: dict[str, Any]) -> VirtualServer:
        profiles = {profile.profile_id: profile for profile in self.trusted_profiles}
        account = entry["crn"].split(":")[6].removeprefix("a/")
        return VirtualServer(entry["crn"], account, tuple(profiles[number] for number in entry["trusted_profiles"]))
