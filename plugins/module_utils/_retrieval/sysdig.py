# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""The Sysdig API: teams, the API token, the proof that it is accepted, and what it may read.

Sources: IBM Cloud documentation, "Working with Monitor API tokens" (2025-05-14) and "Managing Secure API tokens"
(2024-04-17); for Sysdig outside IBM Cloud, the public client sdcclient 0.19.0.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from .._errors import network
from .._errors import services as errors
from .._errors.base import ACCESS_KEY, CHECK, TEAM, TOKEN
from . import parse
from .endpoints import PRODUCTS
from .response import Response
from .settings import Settings
from .transport import Transport


class Sysdig:
    """The API of one instance (or installation), called with one bearer token: an IAM access token, or a Sysdig one."""

    def __init__(self, settings: Settings, transport: Transport, bearer: str) -> None:
        self._settings = settings
        self._transport = transport
        self._base = settings.endpoints.api
        self._product = PRODUCTS[settings.product]
        self._headers = {"Authorization": f"Bearer {bearer}"}
        if settings.instance_id is not None:
            self._headers["IBMInstanceID"] = settings.instance_id
            self._headers["SysdigProduct"] = self._product.header

    def teams(self) -> dict[int, str]:
        """The caller's teams in this product: names by ID."""
        response = self._get(TEAM, "/api/teams")
        listed = response.body.get("teams") if isinstance(response.body, dict) else None
        if not isinstance(listed, list):
            raise network.unusable_response(TEAM, response.url, response.status, "without a list of teams")
        return {
            team["id"]: str(team.get("name"))
            for team in listed
            if isinstance(team, dict) and _is_id(team.get("id")) and self._is_in_product(team.get("products"))
        }

    def _is_in_product(self, products: Any) -> bool:
        """Whether a team that lists these products is in this one. One that lists none is in each."""
        return not products or (isinstance(products, list) and self._product.header in products)

    def team(self) -> tuple[int | None, str | None]:
        """ID and name of the team that the settings ask for, as far as they are known; a name is looked up."""
        wanted, name = self._settings.team_id, self._settings.team_name
        if name is None:
            return wanted, None
        teams = self.teams()
        found = [number for number, known in teams.items() if known == name]
        if not found:
            raise errors.unknown_team("team_name", name, teams)
        return found[0], name

    def token(self, team_id: int | None) -> str:
        """The API token of a team, or of the caller's default team. Raises ServiceError, with a bare 403."""
        path, headers = "/api/token", {}
        if self._settings.username is not None:
            path += f"/{quote(self._settings.username, safe='')}/{team_id}"
        elif team_id is not None:
            headers["SysdigTeamID"] = str(team_id)
            if self._settings.product == "secure":
                # The product's own pages disagree about the name, so it gets both.
                headers["TeamID"] = str(team_id)
        response = self._get(TOKEN, path, headers)
        body: Any = response.body.get("token") if isinstance(response.body, dict) else None
        token = body.get("key") if isinstance(body, dict) else None
        if not isinstance(token, str) or not parse.is_header_safe(token):
            raise network.unusable_response(TOKEN, response.url, response.status, "without a usable token.key")
        return token

    def _get(self, step: str, path: str, headers: dict[str, str] | None = None) -> Response:
        return self._transport.send(step, "GET", self._base + path, headers={**self._headers, **(headers or {})})


def current_team(settings: Settings, transport: Transport, token: str) -> int | None:
    """Prove that Sysdig accepts an API token. The ID of its team, if the response tells.

    Raises ServiceError when the token is not accepted.
    """
    response = _get_with_token(CHECK, settings, transport, token, "/api/users/me")
    user = response.body.get("user") if isinstance(response.body, dict) else None
    if not isinstance(user, dict):
        raise network.unusable_response(CHECK, response.url, response.status, "without a user")
    team = user.get("currentTeam")
    return team if _is_id(team) else None


def _is_id(value: Any) -> bool:
    """Whether it is the number of a team. In Python, a bool is an int too."""
    return isinstance(value, int) and not isinstance(value, bool)


def enabled_access_key(settings: Settings, transport: Transport, token: str) -> str:
    """The first of the instance's access keys that is enabled: agents that use a disabled one are cut off.

    Raises ServiceError when there is none, or when the token's owner may not see it.
    """
    response = _get_with_token(ACCESS_KEY, settings, transport, token, "/api/customer/accessKeys")
    listed = response.body.get("customerAccessKeys") if isinstance(response.body, dict) else None
    if not isinstance(listed, list) or not all(isinstance(entry, dict) for entry in listed):
        raise network.unusable_response(ACCESS_KEY, response.url, response.status, "without a list of access keys")
    keys = [entry.get("accessKey") for entry in listed if entry.get("enabled") is True]
    if not keys:
        raise errors.no_enabled_access_key(response.url, len(listed))
    if not isinstance(keys[0], str) or not parse.is_header_safe(keys[0]):
        raise network.unusable_response(ACCESS_KEY, response.url, response.status, "without a usable accessKey")
    return keys[0]


def _get_with_token(step: str, settings: Settings, transport: Transport, token: str, path: str) -> Response:
    """A call with an API token, which needs no IBM header."""
    headers = {"Authorization": f"Bearer {token}"}
    return transport.send(step, "GET", settings.endpoints.api + path, headers=headers)
