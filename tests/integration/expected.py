# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a way in is expected to send, and to return."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from simulator.client import SimulatorClient
from simulator.ids import CR_TOKEN, OWNER_API_KEY

CODES = {"monitor": "SDC", "secure": "SDS"}
INSTANCES_PATH = "/v2/resource_instances"
ME = {"call": "GET /api/users/me"}
TEAMS = {"call": "GET /api/teams"}
TOKEN = {"call": "GET /api/token"}


class Way(NamedTuple):
    """Options, the requests expected of them, and either the result or phrases of the error."""

    options: dict[str, Any]
    requests: list[dict[str, Any]]
    result: dict[str, Any] | None = None
    error: tuple[str, ...] = ()


def iam_login(**form: str) -> dict[str, Any]:
    """The call to IAM, with its form."""
    return {"call": "POST /identity/token", "Content-Type": "application/x-www-form-urlencoded", "body": form}


def by_key(key: str = OWNER_API_KEY) -> dict[str, Any]:
    """The login with an API key."""
    return iam_login(grant_type="urn:ibm:params:oauth:grant-type:apikey", apikey=key, response_type="cloud_iam")


def by_pod(**profile: str) -> dict[str, Any]:
    """The login with a compute resource token."""
    return iam_login(grant_type="urn:ibm:params:oauth:grant-type:cr-token", cr_token=CR_TOKEN, **profile)


def by_assuming(key: str = OWNER_API_KEY, **profile: str) -> list[dict[str, Any]]:
    """The login with an API key, and the exchange of its token for a trusted profile's."""
    grant = "urn:ibm:params:oauth:grant-type:assume"
    return [by_key(key), iam_login(grant_type=grant, access_token="JWT", **profile)]


# Those of the simulator's world for which an address of remote write is documented.
PRWS_REGIONS = ("eu-de", "us-south")
METADATA_PATHS = {
    "2022-03-01": ("/instance_identity/v1/token", "/instance_identity/v1/iam_token"),
    "2025-08-26": ("/identity/v1/token", "/identity/v1/iam_tokens"),
}


def by_virtual_server(profile: dict[str, str] | None = None, version: str = "2022-03-01") -> list[dict[str, Any]]:
    """The two calls to the metadata service."""
    common = {"Content-Type": "application/json"}
    identity, token = METADATA_PATHS[version]
    first = {"call": f"PUT {identity}?version={version}", "body": {"expires_in": 300}}
    second = {"call": f"POST {token}?version={version}", "Authorization": "Bearer JWT"}
    return [{**first, **common}, {**second, **common, "body": {"trusted_profile": profile} if profile else None}]


def listing(query: str) -> dict[str, Any]:
    """A call to the resource controller."""
    return {"call": f"GET {INSTANCES_PATH}{'?' if query else ''}{query}", "Authorization": "Bearer JWT"}


class Expected:
    """The requests to Sysdig, and the results, at one simulator; ``directory`` is for files with credentials."""

    def __init__(self, simulator: SimulatorClient, directory: Path) -> None:
        self.simulator = simulator
        self.directory = directory
        self.instances = {instance["guid"]: instance for instance in simulator.world["instances"]}

    def file(self, name: str, content: str) -> str:
        """A file with a credential."""
        path = self.directory / name
        path.write_text(content, encoding="utf-8")
        return str(path)

    def crn(self, guid: str) -> str:
        """The instance's CRN."""
        return str(self.instances[guid]["crn"])

    def get_token(
        self, guid: str, call: dict[str, str] | None = None, team: int | None = None, bearer: str = "JWT"
    ) -> dict[str, Any]:
        """A call to Sysdig, with an IAM token unless another ``bearer`` is named."""
        product = CODES[self.instances[guid]["product"]]
        return {
            **(call or TOKEN),
            "Authorization": f"Bearer {bearer}",
            "IBMInstanceID": guid,
            "SysdigProduct": product,
            **({} if team is None else {"SysdigTeamID": str(team), "TeamID": str(team)}),
        }

    def result(self, guid: str, team_id: int | None = None, team_name: str | None = None) -> dict[str, Any]:
        """What an instance gives; the default team's token is the one of its ID too."""
        region, product = self.instances[guid]["region"], self.instances[guid]["product"]
        domain = {"monitor": "monitoring", "secure": "security-compliance-secure"}[product]
        ours = self.simulator.url
        return {
            "token": self.simulator.token(guid, team_id),
            "product": product,
            "region": region,
            "instance_id": guid,
            "team_id": team_id,
            "team_name": team_name,
            "url": ours,
            "endpoints": {
                "api": ours,
                "collector": f"ingest.{region}.{domain}.cloud.ibm.com",
                "collector_port": 6443,
                "remote_write": f"https://ingest.prws.{region}.monitoring.cloud.ibm.com/prometheus/remote/write"
                if product == "monitor" and region in PRWS_REGIONS
                else None,
                "prometheus": f"{ours}/prometheus",
            },
        }

    def result_outside(self, token: str, product: str, team: tuple[int | None, str | None]) -> dict[str, Any]:
        """What Sysdig outside IBM Cloud gives."""
        ours = self.simulator.url
        return {
            "token": token,
            "product": product,
            "region": None,
            "instance_id": None,
            "team_id": team[0],
            "team_name": team[1],
            "url": ours,
            "endpoints": {
                "api": ours,
                "collector": None,
                "collector_port": None,
                "remote_write": f"{ours}/prometheus/remote/write",
                "prometheus": f"{ours}/prometheus",
            },
        }
