# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role says of a retrieval that fails, and that it changes nothing."""

from __future__ import annotations

import os

import pytest
from role_plays import WITHOUT_VALIDATION, WRITE, play, retrieving, tree
from simulator.ids import EUROPE, UNKNOWN_KEY

# Variables, and how the sentence about them begins and ends.
FAILURES = {
    "an unknown key of the role": (
        {"sysdig_integrations_api_key": UNKNOWN_KEY},
        {},
        ("IAM login failed: ", "BXNIM0415E"),
    ),
    "no credential": (
        {"sysdig_integrations_api_key": ""},
        {},
        ("A credential is missing", "Give sysdig_integrations_api_key,"),
    ),
    "no region": (
        {"sysdig_integrations_region": "", "sysdig_integrations_url": ""},
        {},
        ("The region is missing", "Give sysdig_integrations_region (such as us-south), or sysdig_integrations_url,"),
    ),
    "no region for an entry": (
        {"sysdig_integrations_region": "", "sysdig_integrations_url": ""},
        {"instance_id": EUROPE},
        ("Entry 1 (token_file): The region is missing", "Give region (such as us-south), or url, or"),
    ),
    "a wrong value of the lookup's variable": (
        {"sysdig_token_timeout": "soon"},
        {},
        ("sysdig_token_timeout='soon' is not", "Give a number as sysdig_token_timeout."),
    ),
    "a wrong value of an entry": (
        {},
        {"team_id": "SRE"},
        (
            "Entry 1 (token_file): team_id='SRE' is not",
            "Give a number as team_id; the name of a team goes into team_name.",
        ),
    ),
    "a team that does not exist": (
        {},
        {"team_name": "SRA"},
        ("Entry 1 (token_file): Team lookup failed: team_name='SRA' is not", "Did you mean SRE?"),
    ),
    "an undefined variable": (
        {"sysdig_integrations_api_key": "{{ vault_key }}"},
        {},
        ("sysdig_integrations_api_key cannot be evaluated: ", "'vault_key' is undefined"),
    ),
}


@pytest.mark.parametrize(("variables", "own", "said"), FAILURES.values(), ids=FAILURES)
def test_a_failed_retrieval_is_one_sentence_with_the_names_that_were_written(
    playbook, simulator, etc, token_file, variables, own, said
):
    playbook.secrets["an unknown key"] = UNKNOWN_KEY
    before = tree(etc)
    variables = {**retrieving(simulator), **variables}

    run = playbook.run_plays([play(variables, [token_file(**own)], **WITHOUT_VALIDATION)])

    assert run.rc == 2
    message = run.task(WRITE).message
    assert message.startswith(said[0])
    assert said[1] in message
    assert message.endswith(" Nothing was changed on this host.")
    assert "\n" not in message
    assert tree(etc) == before


# Entries, and the file of each that has the token, or the access key.
FORMER = {
    "prometheus": ({"path": "prometheus/prometheus.yml"}, "prometheus/sysdig-token"),
    "env_file": ({"path": "env"}, "env"),
    "agent": ({"path": "dragent.yaml"}, "dragent.yaml"),
}


@pytest.mark.parametrize("kind", FORMER)
def test_a_failed_retrieval_changes_nothing_and_says_since_when_the_token_is_in_place(playbook, simulator, etc, kind):
    own, path = FORMER[kind]
    entry = {"type": kind, **own, "path": f"{etc}/{own['path']}", "service": ""}
    (etc / path).write_text("customerid: former")
    os.utime(etc / path, (1700000000, 1700000000))
    playbook.secrets["an unknown key"] = UNKNOWN_KEY
    before = tree(etc)

    for arguments in ((), ("--check",)):
        variables = {**retrieving(simulator), "sysdig_integrations_api_key": UNKNOWN_KEY}
        failed = playbook.run_plays([play(variables, [entry], **WITHOUT_VALIDATION)], *arguments).task(WRITE)
        assert f" {etc}/{path} stays as it was written at 2023-11-14 22:13:20 UTC." in failed.message
        assert failed.message.endswith(" Nothing was changed on this host.")
        assert failed.result["step"] == "IAM login"
        assert "former_file" not in failed.result
        assert tree(etc) == before


def test_a_host_that_cannot_be_reached_hears_of_the_failed_retrieval_all_the_same(playbook, simulator, token_file):
    host = {"ansible_connection": "ssh", "ansible_ssh_executable": "/bin/false"}
    playbook.write("inventory.yml", {"all": {"hosts": {"localhost": host}}})
    playbook.secrets["an unknown key"] = UNKNOWN_KEY
    variables = {**retrieving(simulator), "sysdig_integrations_api_key": UNKNOWN_KEY}

    failed = playbook.run_plays([play(variables, [token_file()], **WITHOUT_VALIDATION)]).task(WRITE)

    assert failed.status == "failed"
    assert failed.message.startswith("IAM login failed: ")
