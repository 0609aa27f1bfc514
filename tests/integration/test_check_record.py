# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test the record of a first contact: it holds no value, and the simulator can be replayed from it."""

from __future__ import annotations

import json

import pytest
from role_plays import retrieving
from simulator.ids import ACCOUNT, METRICS
from tasks import paths

CHECK = "ibmcloud.sysdig.check"
ALONE = ("--extra-vars", "check_credential_only=true")


@pytest.fixture
def project(playbook, simulator):
    playbook.write("group_vars/all.yml", retrieving(simulator))
    return playbook


def checked(run):
    """Which lines the check has, and how they are, but those of the network, which is not replayed."""
    checks = run.task("Check the integrations").result["checks"]
    return [(line["check"], line["status"]) for line in checks if line["check"] != "network"]


def test_a_record_has_every_request_and_no_value(project, simulator):
    run = project.run_playbook(CHECK, *ALONE, "--extra-vars", "check_record=record.json").succeeded()

    assert checked(run)[-1] == ("record", "ok")
    text = (project.directory / "record.json").read_text()
    requests = json.loads(text)["requests"]
    assert [each["path"] for each in requests] == paths(simulator)
    assert paths(simulator) == [
        *("/identity/token", "/v2/resource_instances", "/api/teams"),
        *("/api/token", "/api/users/me", "/api/customer/accessKeys"),
    ]
    login, instances, teams, *_others = requests
    assert login["body"]["access_token"]["JWT"]["account"] == {"valid": "boolean", "bss": "string"}
    assert "Transaction-Id" in login["headers"]
    assert instances["query"] == ["guid"]
    assert teams["body"] == {
        "teams": [{"id": "integer", "name": "string", "default": "boolean", "products": ["string"]}]
    }
    instance = simulator.instance(METRICS)
    values = [ACCOUNT, METRICS, instance["name"], "us-south", "127.0.0.1", "Bearer", "ANY"]
    values += [team["name"] for team in instance["teams"]]
    assert [value for value in values if value in text] == []


def test_the_simulator_answers_as_the_services_did(project, simulator):
    """Also where they refuse, as an instance that takes no API tokens."""
    simulator.external_api_auth(METRICS, "IAM_ONLY")
    recorded = project.run_playbook(CHECK, *ALONE, "--extra-vars", "check_record=record.json").succeeded()
    statuses = [each["status"] for each in simulator.requests()]
    assert 403 in statuses
    record = json.loads((project.directory / "record.json").read_text())
    simulator.forget_requests()

    simulator.replay(record)
    replayed = project.run_playbook(CHECK, *ALONE, "--extra-vars", "check_record=again.json").succeeded()

    assert checked(replayed) == checked(recorded)
    assert [each["status"] for each in simulator.requests()] == statuses
    again = json.loads((project.directory / "again.json").read_text())
    assert [each.get("body") for each in again["requests"]] == [each.get("body") for each in record["requests"]]


def test_a_login_that_fails_is_recorded_too(project, simulator):
    wrong = ("--extra-vars", "sysdig_integrations_api_key=wrong-key-1234")
    run = project.run_playbook(CHECK, *ALONE, *wrong, "--extra-vars", "check_record=record.json")

    assert run.rc != 0
    assert checked(run) == [("IAM login", "failed"), ("record", "ok")]
    (login,) = json.loads((project.directory / "record.json").read_text())["requests"]
    assert (login["status"], login["body"]["errorCode"]) == (400, "string")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((*ALONE, "--extra-vars", "check_record=no/such/place"), "cannot be written to"),
        (("--extra-vars", "check_record=record.json"), "records the check of a credential only"),
    ],
    ids=["no-directory", "with-entries"],
)
def test_a_record_that_cannot_be_is_a_failure(project, arguments, message):
    run = project.run_playbook(CHECK, *arguments)

    assert run.rc != 0
    assert message in run.output
