# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Choose the service of the demo: the simulator, or the real one if the environment has a credential for it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simulator import client
from simulator.ids import METRICS_CRN, OWNER_API_KEY

NEEDED = ("IBMCLOUD_API_KEY", "SYSDIG_IBM_MONITOR_INSTANCE_ID")
# Where the collection, sdcclient and Ansible look for settings.
SETTINGS = ("IBMCLOUD_", "IC_", "SYSDIG_", "SDC_", "SECURE_API_", "ANSIBLE_")


@dataclass(frozen=True)
class Service:
    """A service, and the ``environment`` and ``variables`` by which a playbook finds it.

    Without ``ca_file``, the system's authorities are trusted.
    """

    description: str
    is_real: bool
    environment: dict[str, str]
    variables: dict[str, Any] = field(default_factory=dict)
    ca_file: str | None = None


@contextlib.contextmanager
def reachable(directory: Path) -> Iterator[Service]:
    """Provide the real service, or a simulator that keeps its files in ``directory`` and stops at the end."""
    if all(os.environ.get(name) for name in NEEDED):
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
        yield Service(f"the real service, instance {os.environ[NEEDED[1]]}", is_real=True, environment=kept)
        return
    # The caller's own settings must not reach the simulator, nor a proxy stand between.
    kept = {name: value for name, value in os.environ.items() if not name.startswith(SETTINGS)}
    kept |= {"IBMCLOUD_API_KEY": OWNER_API_KEY, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    with client.running(directory) as simulator:
        # The check connects as other programs on the host do, which trust what the system trusts.
        kept["SSL_CERT_FILE"] = simulator.ca_file
        yield Service(
            f"a simulator of IBM Cloud IAM and Sysdig at {simulator.url}; set {' and '.join(NEEDED)} for the real ones",
            is_real=False,
            environment=kept,
            variables={
                "sysdig_integrations_instance_id": METRICS_CRN,
                "sysdig_integrations_iam_url": simulator.url,
                "sysdig_integrations_url": simulator.url,
                "sysdig_integrations_ca_path": simulator.ca_file,
                "demo_remote_write": {
                    "url": f"{simulator.url}/prometheus/remote/write",
                    "tls_config": {"ca_file": simulator.ca_file},
                },
            },
            ca_file=simulator.ca_file,
        )
