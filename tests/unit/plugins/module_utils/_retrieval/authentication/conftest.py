# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Retrievals at the simulator, for the corners of the ways in."""

from __future__ import annotations

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import SysdigError
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval import transport
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.retrieve import retrieve
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.settings import resolve


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    """Repetitions without pauses, and no proxy of the caller's."""
    monkeypatch.setattr(transport, "FIRST_BACKOFF", 0.0)
    for name in ("http_proxy", "https_proxy", "no_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def retrieved(simulator):
    """The result for options, in an environment of the test's own."""
    urls = dict.fromkeys(("url", "iam_url", "resource_controller_url"), simulator.url)
    common = {**urls, "ca_path": simulator.ca_file, "retries": 1, "timeout": 5}
    return lambda environment=None, **options: retrieve(resolve({**common, **options}, environment or {}))


@pytest.fixture
def failure(retrieved):
    """The error for such options."""

    def failure(environment=None, **options):
        with pytest.raises(SysdigError) as failed:
            retrieved(environment, **options)
        return failed.value

    return failure
