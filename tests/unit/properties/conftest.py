# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long hypothesis searches, and the network that it searches behind.

`HYPOTHESIS_PROFILE=explore` searches longer, and elsewhere each time; what it finds is printed as an example to keep.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, configuration, settings
from network import Network
from requests.adapters import HTTPAdapter

configuration.set_hypothesis_home_dir(Path(__file__).resolve().parents[3] / ".build" / "hypothesis")
settings.register_profile(
    "bounded",
    max_examples=60,
    derandomize=True,  # the same examples everywhere: nobody's run fails by bad luck
    database=None,
    deadline=None,
    # Fixtures here keep nothing from one example to the next; how long generating takes depends on the machine's load.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.register_profile(
    "explore",
    settings.get_profile("bounded"),
    max_examples=5000,
    derandomize=False,
    print_blob=True,
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "bounded"))


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Network:
    """Stands where requests would open a connection."""
    network = Network()
    monkeypatch.setattr(HTTPAdapter, "send", network.send)
    return network
