# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook awx_setup, with the real modules of awx.awx: what is in AWX afterwards."""

from __future__ import annotations

import re

from controller import KEY
from credentials import PROJECT, shipped

NEXT_KEY = "the-key-that-comes-next"


def test_it_creates_what_a_job_needs_and_changes_the_secret_alone_later(playbook, awx, set_up, page):
    """AWX does not show which secret it has, so every run writes it."""
    given = {**page["setup"], "awx_setup_job_slices": 3, "awx_setup_execution_environment": "Ours"}
    inputs = {**given["awx_setup_credential_inputs"], "api_key": KEY}

    run = set_up(**given).succeeded()

    credential_type = awx.named("credential_types", "IBM Cloud Sysdig")
    assert credential_type["kind"] == "cloud"
    assert credential_type["inputs"] == shipped("inputs.yml")
    assert credential_type["injectors"] == shipped("injectors.yml")
    credential = awx.named("credentials", "IBM Cloud Sysdig")
    assert (credential["credential_type"], credential["inputs"]) == (credential_type["id"], inputs)
    project = awx.named("projects", "IBM Cloud Sysdig")
    assert (project["scm_type"], project["scm_url"]) == ("git", "https://git.example.com/sysdig.git")
    template = awx.named("job_templates", "Wire Sysdig")
    assert (PROJECT / template["playbook"]).is_file()
    assert (template["project"], template["inventory"]) == (project["id"], awx.named("inventories", "Hosts")["id"])
    assert template["execution_environment"] == awx.named("execution_environments", "Ours")["id"]
    assert set(template["credentials"]) == {credential["id"], awx.named("credentials", "Log in to hosts")["id"]}
    assert (template["become_enabled"], template["job_slice_count"]) == (True, 3)
    assert (template["survey_enabled"], template["survey_spec"]) == (True, shipped("survey.yml"))
    assert KEY not in run.output

    playbook.environment["IBMCLOUD_API_KEY"] = NEXT_KEY
    run = set_up(**given).succeeded()

    assert re.search(r"changed=(\d+)", run.output).group(1) == "1"
    assert awx.named("credentials", "IBM Cloud Sysdig")["inputs"] == {**inputs, "api_key": NEXT_KEY}
    assert NEXT_KEY not in run.output


def test_it_says_what_it_needs_before_it_creates_anything(awx, set_up):
    run = set_up(awx_setup_inventory="Hosts")

    assert run.rc == 2
    assert "awx_setup_project_url, the Git repository with the playbook wire.yml" in run.output
    assert "IBM Cloud Sysdig" not in [made["name"] for made in awx.objects["credential_types"].values()]
