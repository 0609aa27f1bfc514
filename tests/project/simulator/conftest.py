# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plain HTTP client for the simulator, and the headers that callers send."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import requests
from simulator.client import SimulatorClient
from simulator.ids import METRICS, OWNER_API_KEY

Call = Callable[..., requests.Response]
Headers = dict[str, str]
# The documented answer of an instance that forbids API tokens, and of one that the caller may not use.
ACCESS_DENIED = {"errors": [{"reason": "Not enough privileges to complete the action", "message": "Access is denied"}]}


@pytest.fixture
def call(simulator: SimulatorClient) -> Iterator[Call]:
    """Send one request: call("GET", "/path", **arguments of requests)."""
    with requests.Session() as session:
        session.verify = simulator.ca_file
        session.trust_env = False
        yield lambda method, path, **arguments: session.request(
            method, simulator.url + path, timeout=5, allow_redirects=False, **arguments
        )


@pytest.fixture
def by_iam(simulator: SimulatorClient) -> Callable[..., Headers]:
    """What somebody with an API key sends to an instance: by_iam(GUID, API_KEY)."""
    return lambda guid, api_key=OWNER_API_KEY: {
        "Authorization": f"Bearer {simulator.iam_token(api_key)}",
        "IBMInstanceID": guid,
    }


@pytest.fixture
def by_token(simulator: SimulatorClient) -> Callable[..., Headers]:
    """The Sysdig API token of an instance's team, by default the default team's: by_token(GUID, TEAM_ID)."""
    return lambda guid, team_id=None: {"Authorization": f"Bearer {simulator.token(guid, team_id)}"}


@pytest.fixture
def iam_headers(by_iam: Callable[..., Headers]) -> Headers:
    """What the owner of the account sends to the monitor instance."""
    return by_iam(METRICS)


@pytest.fixture
def api_headers(by_token: Callable[..., Headers]) -> Headers:
    """The Sysdig API token of the monitor instance's default team."""
    return by_token(METRICS)


@pytest.fixture
def outcome() -> Callable[[requests.Response], int | str]:
    """The status of an answer; `denied` if it is exactly the documented 403."""

    def outcome(answer: requests.Response) -> int | str:
        if answer.status_code == 403:
            assert answer.json() == ACCESS_DENIED
            return "denied"
        return answer.status_code

    return outcome
