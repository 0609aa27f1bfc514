# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test what jobs with the shipped credential type, project and archive write, request and show."""

from __future__ import annotations

import json
import sys

import pytest
from credentials import inject
from secrecy.scan import search, search_files
from simulator.ids import METRICS, PROTECTION
from tasks import MODULE

LOGIN = ["POST /identity/token", "GET /api/token"]
WRONG_KEY = "sim-api-key-that-nobody-has-00000000000000000001"


def tokens(tmp_path):
    """Return the token that each host has."""
    return {path.parent.name: path.read_text(encoding="utf-8") for path in tmp_path.glob("hosts/*/token")}


def calls(simulator):
    """Return the requests so far, in order."""
    return [f"{call['method']} {call['path']}" for call in simulator.requests()]


def leaks(finished, secrets, stored_environment):
    """Return the secrets in what AWX stores of a job."""
    start = {**finished.start, "env": {**finished.start["env"], **stored_environment}}
    return search_files(finished.kept, secrets) + search("start", json.dumps(start).encode(), secrets)


@pytest.mark.parametrize("how", ["run", "run_in_container_group"])
def test_job_writes_the_token_and_shows_no_secret(tmp_path, simulator, job, credential, how):
    finished = getattr(job(), how)().succeeded()

    assert tokens(tmp_path) == dict.fromkeys(("host1", "host2", "host3"), simulator.token(METRICS))
    assert calls(simulator) == LOGIN
    oks = [event["event_data"] for event in finished.events if event["event"] == "runner_on_ok"]
    assert {ok["host"] for ok in oks if ok["res"]["changed"]} == {"host1", "host2", "host3"}
    assert leaks(finished, simulator.secrets, inject(credential, tmp_path).stored_environment) == []


def test_answers_to_the_survey_choose_the_team(tmp_path, simulator, job):
    answers = {"sysdig_integrations_instance_id": "", "sysdig_integrations_team_name": "SRE"}

    job(answers=answers).run_in_container_group().succeeded()

    assert set(tokens(tmp_path).values()) == {simulator.token(METRICS, 102)}
    assert calls(simulator) == ["POST /identity/token", "GET /api/teams", "GET /api/token"]


def test_variable_of_the_template_says_that_a_guid_is_of_the_other_product(tmp_path, simulator, job, credential):
    credential.update(instance_id=PROTECTION, region="us-south")

    job(answers={"sysdig_token_product": "secure"}).run().succeeded()

    assert set(tokens(tmp_path).values()) == {simulator.token(PROTECTION)}


def test_refused_key_is_explained_and_not_shown(tmp_path, simulator, job, credential):
    credential["api_key"] = WRONG_KEY

    finished = job().run_in_container_group()

    assert finished.status == "failed"
    assert len(finished.failures) == 3
    assert all("BXNIM0415E" in failure for failure in finished.failures), finished.failures
    assert calls(simulator) == ["POST /identity/token"]
    assert tokens(tmp_path) == {}
    assert leaks(finished, {"the key": WRONG_KEY}, inject(credential, tmp_path).stored_environment) == []


def test_each_slice_of_a_sliced_job_makes_two_calls(tmp_path, simulator, job, inventory):
    hosts, slices = inventory["all"]["hosts"], 3
    for number in range(4, 8):
        hosts[f"host{number}"] = {}
        (tmp_path / "hosts" / f"host{number}").mkdir()

    for number in range(slices):
        names = sorted(hosts)[number::slices]  # as AWX deals hosts out
        part = {"all": {**inventory["all"], "hosts": {name: {} for name in names}}}
        job(f"slice{number}", inventory=part).run_in_container_group().succeeded()

    assert tokens(tmp_path) == dict.fromkeys(hosts, simulator.token(METRICS))
    assert calls(simulator) == LOGIN * slices


def test_environment_is_known_where_the_job_runs_only(tmp_path, simulator, job, inventory, page):
    """Let a task with the module fail on a host, and succeed as the page says: delegated, or with all it needs."""
    interpreter = tmp_path / "python"
    interpreter.write_text(f'#!/bin/sh\nexec env -i PATH="$PATH" {sys.executable} "$@"\n', encoding="utf-8")
    interpreter.chmod(0o755)
    inventory["all"]["hosts"] = {"host1": {"ansible_python_interpreter": str(interpreter)}}
    at_simulator = {"url": simulator.url, "iam_url": simulator.url, "ca_path": simulator.ca_file}
    handed_over = page["tasks"]["Retrieve the token on the host"]
    tasks = [
        {"name": "Retrieve the token with nothing", MODULE: {}, "ignore_errors": True},
        page["tasks"]["Retrieve the token where the job runs"],
        {**handed_over, MODULE: {**handed_over[MODULE], **at_simulator}},
    ]
    plays = [{"hosts": "all", "gather_facts": False, "tasks": tasks}]

    finished = job(plays=plays).run_in_container_group().succeeded()

    (failure,) = finished.failures
    assert failure.startswith("A credential is missing"), failure
    assert calls(simulator) == LOGIN * 2
    assert search_files(finished.kept, simulator.secrets) == []
