# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test what the playbook ibmcloud.sysdig.check says of a credential, without hosts."""

from __future__ import annotations

import json

import pytest
from check_runs import CHECK, wrong
from role_plays import retrieving
from simulator.ids import METRICS


@pytest.fixture
def check_credential(playbook, simulator):
    """Check a credential, without entries or hosts, and return the run and its lines. Arguments are options."""
    playbook.write("inventory.yml", {"all": {}})
    variables = {name: value for name, value in retrieving(simulator).items() if not name.endswith("_url")}
    del variables["sysdig_integrations_instance_id"], variables["sysdig_integrations_region"]
    playbook.write("variables.yml", variables)
    playbook.environment |= {
        "IBMCLOUD_IAM_API_ENDPOINT": simulator.url,
        "IBMCLOUD_RESOURCE_CONTROLLER_API_ENDPOINT": simulator.url,
        "SYSDIG_MONITOR_URL": simulator.url,
        "SYSDIG_SECURE_URL": simulator.url,
    }

    def checked(**options):
        given = {f"sysdig_integrations_{name}": value for name, value in options.items()}
        more = json.dumps({"check_credential_only": True, **given})
        run = playbook.run_playbook(CHECK, "--extra-vars", "@variables.yml", "--extra-vars", more)
        return run, run.task("Check the integrations").result["checks"]

    return checked


def test_a_credential_alone(check_credential, simulator):
    simulator.external_api_auth(METRICS, "IAM_ONLY")

    run, checks = check_credential()

    run.succeeded()
    said = {(line["entry"], line["check"]): line["message"] for line in checks}
    assert "of the account a1b2c3d4e5f60718293a4b5c6d7e8f90" in said["credential", "credential"]
    instance = simulator.instance(METRICS)
    name = instance["name"]
    assert said[name, "instance"] == f"monitor in us-south, active, external_api_auth=IAM_ONLY, {instance['crn']}"
    assert "SRE (102)" in said[name, "teams"]
    # There is no way from here to the addresses of IBM Cloud, which only hosts need.
    assert {line["status"] for line in checks if line["check"] == "network"} <= {"ok", "unknown"}


@pytest.mark.parametrize("option", ["instance_id", "instance_name"])
def test_one_instance_of_a_credential(check_credential, simulator, option):
    instance = simulator.instance(METRICS)
    value = {"instance_id": instance["crn"], "instance_name": instance["name"]}[option]
    run, checks = check_credential(**{option: value})
    run.succeeded()
    assert {line["entry"] for line in checks} == {"credential", instance["name"]}


def test_an_instance_that_a_credential_does_not_see(check_credential):
    run, checks = check_credential(instance_name="gone")
    assert run.rc != 0
    assert checks[-1]["message"].startswith("the credential sees no instance gone of Monitoring or Workload Protection")


def test_teams_that_a_credential_may_not_see(check_credential, simulator):
    """That is wrong with the instance that somebody wants, and nothing wrong with one of all."""
    simulator.fault("status", service="sysdig", status=403, path="/api/teams", times=None)
    run, checks = check_credential()
    run.succeeded()
    assert {line["status"] for line in checks if line["check"] == "teams"} == {"unknown"}

    run, checks = check_credential(instance_id=simulator.instance(METRICS)["crn"])
    assert run.rc != 0
    assert [line["status"] for line in checks if line["check"] == "teams"] == ["failed"]


def test_a_credential_that_is_refused(playbook, simulator):
    playbook.write("variables.yml", {**retrieving(simulator), "sysdig_integrations_api_key": "wrong-key-1234"})
    alone = ("--extra-vars", "@variables.yml", "--extra-vars", "check_credential_only=true")
    run = playbook.run_playbook(CHECK, *alone)
    assert run.rc != 0
    ((check, message),) = wrong(run)
    assert check == "IAM login"
    assert "BXNIM0415E" in message
