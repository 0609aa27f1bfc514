# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What world.json says: from its entries to those who inhabit the world."""

from __future__ import annotations

import calendar
import time
from typing import Any

from .inhabitants import AccessKey, Customer, Identity, Instance, ResourceKey, Team, User


def read_identity(entry: dict[str, Any]) -> Identity:
    """An entry of `identities`."""
    return Identity(
        name=entry["name"],
        iam_id=entry["iam_id"],
        account=entry["account"],
        api_key=entry.get("api_key"),
        role=entry.get("role", "Manager"),
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
        resource_keys=tuple(ResourceKey(**key) for key in entry.get("resource_keys", [])),
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
    return tuple(_access_key(key) for key in entry.get("access_keys", []))


def _access_key(entry: dict[str, Any]) -> AccessKey:
    attributes = dict(entry)
    created, disabled = attributes.pop("created"), attributes.pop("disabled", None)
    return AccessKey(
        date_created=_milliseconds(created), date_disabled=disabled and _milliseconds(disabled), **attributes
    )


def _milliseconds(day: str) -> int:
    """The beginning of a day in UTC, in milliseconds since the epoch."""
    return calendar.timegm(time.strptime(day, "%Y-%m-%d")) * 1000
