# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of AWX share: the collection as users install it, and jobs that use it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import controller
import pytest
import yaml
from credentials import inject
from jobs import Job
from simulator.client import SimulatorClient
from simulator.ids import METRICS, OWNER_API_KEY

ROOT = Path(__file__).resolve().parents[3]
GALAXY = (str(Path(sys.executable).parent / "ansible-galaxy"), "collection")


@pytest.fixture(scope="session")
def page() -> dict[str, Any]:
    """The examples of docs/awx.md: the variables of awx_setup, those of an inventory, and tasks by name."""
    text = (ROOT / "docs" / "awx.md").read_text(encoding="utf-8")
    setup, inventory, *tasks = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)]
    return {"setup": setup, "inventory": inventory, "tasks": {task["name"]: task for (task,) in tasks}}


@pytest.fixture(scope="session")
def requirements_collections(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive that users get, installed as AWX installs a project's requirements."""
    directory = tmp_path_factory.mktemp("requirements")
    subprocess.run([*GALAXY, "build", "--output-path", str(directory)], cwd=ROOT, check=True, capture_output=True)
    (archive,) = directory.glob("*.tar.gz")
    installed = directory / "requirements_collections"
    # Forced, because a copy that is installed elsewhere would do for ansible-galaxy.
    command = [*GALAXY, "install", str(archive), "--collections-path", str(installed), "--force"]
    subprocess.run(command, check=True, capture_output=True)
    return installed


@pytest.fixture
def inventory(tmp_path: Path) -> dict:
    """Three hosts, all of them this machine, each with a directory of its own for its token."""
    names = [f"host{number}" for number in range(1, 4)]
    for name in names:
        (tmp_path / "hosts" / name).mkdir(parents=True)
    return {
        "all": {
            "hosts": {name: {} for name in names},
            "vars": {
                "ansible_connection": "local",
                "ansible_python_interpreter": sys.executable,
                "sysdig_integrations_list": [
                    {"type": "token_file", "path": f"{tmp_path}/hosts/{{{{ inventory_hostname }}}}/token"}
                ],
            },
        }
    }


@pytest.fixture
def credential(simulator: SimulatorClient) -> dict[str, str]:
    """What somebody fills into the fields of the credential."""
    return {
        "api_key": OWNER_API_KEY,
        "instance_id": simulator.instance(METRICS)["crn"],
        "iam_url": simulator.url,
        "sysdig_url": simulator.url,
    }


@pytest.fixture
def job(
    tmp_path: Path, simulator: SimulatorClient, requirements_collections: Path, inventory: dict, credential: dict
) -> Callable[..., Job]:
    """Make a job of the given name; its certificate authority is one that the administrator has set for all jobs."""

    def make(name: str = "job", **different) -> Job:
        directory = tmp_path / name
        directory.mkdir()
        environment = inject(credential, directory).environment
        settings = {"REQUESTS_CA_BUNDLE": simulator.ca_file}
        parts = {"environment": {**settings, **environment}, "inventory": inventory, **different}
        return Job(directory, requirements_collections, **parts)

    return make


@pytest.fixture
def awx(playbook):
    """An AWX for the playbook, which knows it by its environment."""
    with controller.running() as awx:
        playbook.environment.update(
            CONTROLLER_HOST=awx.url, CONTROLLER_OAUTH_TOKEN=controller.TOKEN, IBMCLOUD_API_KEY=controller.KEY
        )
        yield awx


@pytest.fixture
def set_up(playbook):
    """Run awx_setup with variables from a file."""

    def run(**variables):
        path = playbook.write("variables.yml", variables)
        return playbook.run_playbook("ibmcloud.sysdig.awx_setup", "--extra-vars", f"@{path}", "-vvv")

    return run
