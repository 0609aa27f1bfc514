# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Call the Sysdig API: teams, the API token, and the proof that it is accepted.

Sources: IBM Cloud documentation, "Working with Monitor API tokens" (2025-05-14) and "Managing Secure API tokens"
(2024-04-17); for Sysdig outside IBM Cloud, the public client sdcclient 0.19.0.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from .._errors import services as errors
from .._errors.base import CHECK, TEAM, TOKEN
from . import parse
from .endpoints import PRODUCTS
from .response import Response
from .settings import Settings
from .transport import Transport


class Sysdig:
    """Call the API of one instance (or installation) with one bearer token: an IAM access token, or a Sysdig one."""

    def __init__(self, settings: Settings, transport: Transport, bearer: str) -> None:
        self._settings = settings
        self._transport = transport
        self._base = settings.endpoints.api
        self._product = PRODUCTS[settings.product]
        self._headers = {"Authorization": f"Bearer {bearer}"}
        if settings.instance_id is not None:
            self._headers["IBMInstanceID"] = settings.instance_id
            self._headers["SysdigProduct"] = self._product.header

    def call(
        self,
        step: str,
        path: str,
        method: str = "GET",
        headers: dict[str, str] | None = None,
        retryable: tuple[int, ...] | None = None,
    ) -> Response:
        """Send a request. ``retryable`` is as in Transport.send.

        Raises:
            ServiceError: the service refuses it.
            TransportError: no usable response came.
        """
        headers = {**self._headers, **(headers or {})}
        return self._transport.send(step, method, self._base + path, headers=headers, retryable=retryable)

    def keep_secret(self, *secrets: str) -> None:
        """Let no error show ``secrets``."""
        self._transport.keep_secret(*secrets)

    def teams(self) -> dict[int, str]:
        """Return the caller's teams in this product: names by ID."""
        response = self.call(TEAM, "/api/teams")
        listed = response.field("teams")
        if not isinstance(listed, list):
            raise response.unusable("without a list of teams")
        return {
            number: str(team.get("name"))
            for team in listed
            if isinstance(team, dict)
            and (number := as_id(team.get("id"))) is not None
            and self._is_in_product(team.get("products"))
        }

    def _is_in_product(self, products: Any) -> bool:
        """Return whether a team that lists these products is in this one. One that lists none is in each."""
        return not products or (isinstance(products, list) and self._product.header in products)

    def team(self) -> tuple[int | None, str | None]:
        """Return ID and name of the team that the settings name, as far as they are known; a name is looked up.

        Raises:
            ServiceError: the caller has no such team, or may not list its teams.
        """
        wanted, name = self._settings.team_id, self._settings.team_name
        if name is None:
            return wanted, None
        teams = self.teams()
        found = [number for number, known in teams.items() if known == name]
        if not found:
            raise errors.unknown_team("team_name", name, teams)
        return found[0], name

    def token(self, team_id: int | None) -> str:
        """Return the API token of a team, or of the caller's default team. Errors do not show it.

        Raises:
            ServiceError: the service refuses it.
        """
        path, headers = "/api/token", {}
        if self._settings.username is not None:
            path += f"/{quote(self._settings.username, safe='')}/{team_id}"
        elif team_id is not None:
            # The pages of both products disagree about the name, and a service ignores the one that it does not know.
            headers = {"SysdigTeamID": str(team_id), "TeamID": str(team_id)}
        response = self.call(TOKEN, path, headers=headers)
        body = response.field("token")
        token = body.get("key") if isinstance(body, dict) else None
        if not isinstance(token, str) or not parse.is_header_safe(token):
            raise response.unusable("without a usable token.key")
        self.keep_secret(token)
        return token

    def current_team(self, wanted: int | None) -> int | None:
        """Prove that Sysdig accepts the bearer, an API token, and return the ID of its team if the response tells.

        Raises:
            ServiceError: the token is not accepted, or is not of the team that is ``wanted``.
            TransportError: a team is wanted, and the response does not tell the token's.
        """
        response = self.call(CHECK, "/api/users/me")
        user = response.field("user")
        if not isinstance(user, dict):
            raise response.unusable("without a user")
        team = as_id(user.get("currentTeam"))
        if wanted is not None and team is None:
            raise response.unusable("without the team of the token")
        if wanted is not None and team is not None and team != wanted:
            raise errors.other_team(response.url, wanted, self._settings.team_name, team, response.request_id)
        return team


def as_id(value: Any) -> int | None:
    """Return the number of a team, or None for what is not one. In Python, a bool is an int too."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None
