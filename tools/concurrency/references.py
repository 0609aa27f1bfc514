# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the workers evaluate, what they must get, and how many requests that may cost."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from simulator.client import SimulatorClient
from simulator.ids import EUROPE, METRICS, ONE_TEAM_KEY, OWNER_API_KEY, PROTECTION

UNKNOWN_API_KEY = "sim-api-key-that-nobody-has"
EUROPEAN_TEAMS = range(301, 336)

IAM_LIFETIME = 70  # seconds; the collection uses none in its last minute
VALIDITY = 9.0  # seconds for which one is used, less the second that its expiry is rounded by


class Reference(NamedTuple):
    """A credential, an instance and a team, and either the token or words of the refusal.

    ``start`` is the seconds after the beginning from which it is evaluated, so that there is always a new one.
    """

    api_key: str
    crn: str
    team_id: int
    start: float
    token: str = ""
    refusal: str = ""


def references(simulator: SimulatorClient, seconds: float) -> list[Reference]:
    """Return all references of a run of so many seconds. No two credentials use the same team."""
    new = [(EUROPE, team, seconds * number / len(EUROPEAN_TEAMS)) for number, team in enumerate(EUROPEAN_TEAMS)]
    owner = [(METRICS, 101, 0.0), (METRICS, 103, 0.0), (PROTECTION, 201, 0.0), *new]
    one_team = [(METRICS, 102, 0.0), (PROTECTION, 202, seconds / 2)]
    instances = {instance["guid"]: instance for instance in simulator.world["instances"]}
    with_token = [
        Reference(api_key, instances[guid]["crn"], team["id"], start, token=team["token"])
        for api_key, evaluated in ((OWNER_API_KEY, owner), (ONE_TEAM_KEY, one_team))
        for guid, team_id, start in evaluated
        for team in instances[guid]["teams"]
        if team["id"] == team_id
    ]
    crn = instances[METRICS]["crn"]
    return [
        *with_token,
        Reference(ONE_TEAM_KEY, crn, 999, 0.0, refusal="is not one of the credential's teams"),
        Reference(UNKNOWN_API_KEY, crn, 101, 0.0, refusal="BXNIM0415E"),
    ]


class Requests(NamedTuple):
    """Requests of one kind: all, and those that were not needed."""

    made: int
    extra: int


def logins(simulator: SimulatorClient) -> Requests:
    """Count logins at IAM. One is needed for each credential and validity period of its IAM token."""
    requests = simulator.requests("iam")
    extra = 0
    for times in _grouped((parse_qs(request["body"])["apikey"][0], request["time"]) for request in requests).values():
        extra += sum(later - earlier < VALIDITY for earlier, later in itertools.pairwise(times))
    return Requests(len(requests), extra)


def token_requests(simulator: SimulatorClient) -> Requests:
    """Count requests for API tokens. One is needed for each instance and team: a token is valid for the whole run."""
    requests = [request for request in simulator.requests("sysdig") if request["path"] == "/api/token"]
    by_team = _grouped((_instance_and_team(request), request["time"]) for request in requests)
    return Requests(len(requests), len(requests) - len(by_team))


def _instance_and_team(request: dict[str, Any]) -> tuple[str, str]:
    headers = dict(request["headers"])
    return headers["IBMInstanceID"], headers["SysdigTeamID"]


def _grouped(pairs: Iterable[tuple[Any, float]]) -> dict[Any, list[float]]:
    """Return the times of each key, in order."""
    groups = defaultdict(list)
    for key, time in pairs:
        groups[key].append(time)
    return {key: sorted(times) for key, times in groups.items()}
