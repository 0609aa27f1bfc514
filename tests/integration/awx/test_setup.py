# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook awx_setup, with the real modules of awx.awx: what is in AWX afterwards."""

from __future__ import annotations

import re

import controller
import pytest
from credentials import EXTENSION, shipped

GIVEN = {"awx_setup_inventory": "Hosts", "awx_setup_project_url": "https://git.example.com/sysdig.git"}
KEY = "the-api-key-of-the-credential"
INPUTS = {"api_key": KEY, "instance_id": "11111111-1111-4111-8111-111111111111", "region": "us-south"}


@pytest.fixture
def awx(playbook):
    """An AWX for the playbook, which knows it by its environment."""
    with controller.running() as awx:
        playbook.environment.update(CONTROLLER_HOST=awx.url, CONTROLLER_OAUTH_TOKEN=controller.TOKEN)
        yield awx


@pytest.fixture
def set_up(playbook):
    """Run awx_setup with variables from a file."""

    def run(**variables):
        path = playbook.write("variables.yml", variables)
        return playbook.run_playbook("ibmcloud.sysdig.awx_setup", "--extra-vars", f"@{path}", "-vvv")

    return run


def test_it_creates_what_a_job_needs_and_changes_the_secret_alone_later(awx, set_up):
    """AWX does not show which secret it has, so every run writes it."""
    given = {
        **GIVEN,
        "awx_setup_job_slices": 3,
        "awx_setup_execution_environment": "Ours",
        "awx_setup_further_credentials": ["Log in to hosts"],
    }
    run = set_up(**given, awx_setup_credential_inputs=INPUTS).succeeded()

    credential_type = awx.named("credential_types", "IBM Cloud Sysdig")
    assert {key: credential_type[key] for key in shipped("credential_type.yml")} == shipped("credential_type.yml")
    credential = awx.named("credentials", "IBM Cloud Sysdig")
    assert (credential["credential_type"], credential["inputs"]) == (credential_type["id"], INPUTS)
    project = awx.named("projects", "IBM Cloud Sysdig")
    assert (project["scm_type"], project["scm_url"]) == ("git", "https://git.example.com/sysdig.git")
    template = awx.named("job_templates", "Wire Sysdig")
    assert (EXTENSION / "project" / template["playbook"]).is_file()
    assert (template["project"], template["inventory"]) == (project["id"], awx.named("inventories", "Hosts")["id"])
    assert template["execution_environment"] == awx.named("execution_environments", "Ours")["id"]
    assert set(template["credentials"]) == {credential["id"], awx.named("credentials", "Log in to hosts")["id"]}
    assert (template["become_enabled"], template["job_slice_count"]) == (True, 3)
    assert (template["survey_enabled"], template["survey_spec"]) == (True, shipped("survey.yml"))
    assert KEY not in run.output

    run = set_up(**given, awx_setup_credential_inputs={**INPUTS, "api_key": "the-next-key"}).succeeded()

    assert re.search(r"changed=(\d+)", run.output).group(1) == "1"
    assert awx.named("credentials", "IBM Cloud Sysdig")["inputs"]["api_key"] == "the-next-key"


def test_it_says_what_it_needs_before_it_creates_anything(awx, set_up):
    run = set_up(awx_setup_inventory="Hosts")

    assert run.rc == 2
    assert "awx_setup_project_url, the Git repository with the playbook wire.yml" in run.output
    assert "IBM Cloud Sysdig" not in [made["name"] for made in awx.objects["credential_types"].values()]
