# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The world as tests see it: everything that exists, with the tokens and access keys of now."""

from __future__ import annotations

from typing import Any

from .access import PRODUCT_CODES
from .inhabitants import Customer, Instance
from .world import TokenSlot, World


def describe(world: World) -> dict[str, Any]:
    """All of it, in JSON's types."""
    return {
        "identities": [{**vars(identity)} for identity in world.identities],
        "trusted_profiles": [
            {**vars(profile), "crn": profile.crn, "identity": profile.identity.name}
            for profile in world.trusted_profiles
        ],
        "instances": [_describe_instance(world, instance) for instance in world.instances],
        "customers": [_describe_customer(world, customer) for customer in world.customers],
    }


def _describe_instance(world: World, instance: Instance) -> dict[str, Any]:
    teams = [{**vars(team), "token": world.api_token(TokenSlot(instance.id, team.id))} for team in instance.teams]
    return {
        **_describe_tenant(world, instance),
        "crn": instance.crn,
        "teams": teams,
        "external_api_auth": world.external_api_auth[instance.guid],
        "resource_keys": [vars(key) for key in instance.resource_keys],
    }


def _describe_customer(world: World, customer: Customer) -> dict[str, Any]:
    users = [
        {
            **vars(user),
            "tokens": {
                str(team_id): world.api_token(TokenSlot(customer.id, team_id, user.username)) for team_id in user.teams
            },
        }
        for user in customer.users
    ]
    teams = [vars(team) for team in customer.teams]
    return {**_describe_tenant(world, customer), "teams": teams, "users": users}


def _describe_tenant(world: World, tenant: Instance | Customer) -> dict[str, Any]:
    return {
        **vars(tenant),
        "product": tenant.product,
        "product_code": PRODUCT_CODES.get(str(tenant.product)),
        "default_team_id": next((team.id for team in tenant.teams if team.default), None),
        "access_keys": [vars(key) for key in world.access_keys.of(tenant.id)],
    }
