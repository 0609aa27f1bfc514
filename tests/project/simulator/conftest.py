# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plain HTTP client for the simulator, and the ids of its world that these tests name."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import requests
from simulator.client import SimulatorClient
from simulator.ids import METRICS

Call = Callable[..., requests.Response]


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
def iam_headers(simulator: SimulatorClient) -> dict[str, str]:
    """What the owner of the account sends to the monitor instance."""
    return {"Authorization": f"Bearer {simulator.iam_token()}", "IBMInstanceID": METRICS}


@pytest.fixture
def api_headers(simulator: SimulatorClient) -> dict[str, str]:
    """The Sysdig API token of the monitor instance's default team."""
    return {"Authorization": f"Bearer {simulator.token(METRICS)}"}
