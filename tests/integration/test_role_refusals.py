# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role refuses, and that it writes nothing then."""

from __future__ import annotations

import pytest
from role_plays import ENV_FILE, GIVEN, PROMETHEUS, TEMPLATE, TOKEN_FILE, WRITE, changed, play, retrieving, tree


def test_a_configuration_that_prometheus_refuses_replaces_nothing(wire, etc):
    configuration = etc / "prometheus" / "prometheus.yml"
    configuration.write_text("global:\n  scrape_intervall: 15s\n")
    before = tree(etc)
    run = wire([TOKEN_FILE, PROMETHEUS])
    assert run.rc != 0
    assert tree(etc) == before
    message = run.task(WRITE).message
    assert f"promtool refuses the new {configuration}" in message
    assert "field scrape_intervall not found" in message


def test_a_configuration_that_is_not_yaml_is_refused_with_its_line(wire, etc):
    configuration = etc / "prometheus" / "prometheus.yml"
    configuration.write_text("global:\n  a: [hunter2\nscrape_configs: []\n")
    run = wire([PROMETHEUS])
    message = run.task(WRITE).message
    assert f"Entry 1 (prometheus): cannot merge into {configuration}, line 3" in message
    assert "hunter2" not in run.output


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ({"type": "env_file"}, "Entry 2 (env_file): path is missing."),
        ({**ENV_FILE, "variables": {"A": "x\ny"}}, "Entry 2 (env_file): in variables, the value of A"),
        ({**TEMPLATE, "src": "no-such-template.j2"}, "Entry 2 (template): cannot render no-such-template.j2"),
        ({**TEMPLATE, "src": "broken.j2"}, "Entry 2 (template): cannot render broken.j2"),
        ({**PROMETHEUS, "remote_write": {"proxy_url": "\x7f"}}, "its options have the character U+007F"),
        ({**TOKEN_FILE, "path": "directory"}, "directory is not a file"),
        ({**TOKEN_FILE, "path": "token2", "group": "no-such-group"}, "The group no-such-group"),
    ],
)
def test_one_bad_entry_writes_nothing(wire, playbook, etc, bad, said):
    playbook.write("templates/broken.j2", "{{ sysdig.token }} {{ lookup('ansible.builtin.file', sysdig.token) }}")
    (etc / "directory").mkdir()
    before = tree(etc)
    run = wire([TOKEN_FILE, bad], "-vvv")
    assert run.rc != 0
    assert said in run.task(WRITE).message
    assert tree(etc) == before


# What the role's variables are, and the one sentence that is said of them.
WRONG_ARGUMENTS = {
    "a type": (
        {"list": [{"type": "promtheus"}]},
        "Entry 1: type='promtheus' is not one of prometheus, agent, env_file",
    ),
    "an option": ({"list": [{**TOKEN_FILE, "pth": "/x"}]}, "Entry 1 (token_file): pth is not an option of this type."),
    "no type": ({"list": [{"path": "/x"}]}, "Entry 1: type is missing. Give one of prometheus, agent,"),
    "text as an entry": ({"list": ["prometheus"]}, "Entry 1: it is not a mapping."),
    "a mapping as the list": ({"list": {"type": "prometheus"}}, "sysdig_integrations_list is not a list."),
    "text as the list": ({"list": "prometheus"}, "sysdig_integrations_list is not a list."),
    "a product": ({"product": "Monitor"}, "sysdig_integrations_product='Monitor' is not one of monitor, secure."),
    "a product of an entry": (
        {"list": [{**TOKEN_FILE, "path": "/x", "product": "Monitor"}]},
        "Entry 1 (token_file): product='Monitor' is not one of monitor, secure. Correct product.",
    ),
    "a number": ({"timeout": "soon"}, "sysdig_integrations_timeout='soon' is not a whole number from 1 on."),
    "a switch": ({"no_log": "perhaps"}, "sysdig_integrations_no_log='perhaps' is not one of true, false."),
}


@pytest.mark.parametrize(("wrong", "said"), WRONG_ARGUMENTS.values(), ids=WRONG_ARGUMENTS)
def test_wrong_arguments_are_one_sentence_and_nothing_is_written(playbook, etc, wrong, said):
    entries = [{**TOKEN_FILE, "path": f"{etc}/token"}]
    variables = {f"sysdig_integrations_{name}": value for name, value in {"list": entries, **wrong}.items()}
    before = tree(etc)

    run = playbook.run_plays([play({**GIVEN, **variables})])

    assert run.rc == 2
    (failed,) = [result for result in run.results if result.status == "failed"]
    assert failed.task.endswith(WRITE)
    assert failed.message.startswith(said)
    assert failed.message.endswith(" Nothing was changed on this host.")
    assert failed.result.keys() <= {"msg", "step", "option", "changed", "failed", "exception", "_ansible_no_log"}
    assert "An exception occurred" not in run.output
    assert tree(etc) == before


def test_a_token_that_is_no_token_is_refused(wire, etc):
    before = tree(etc)
    message = wire([PROMETHEUS], sysdig_integrations_token="abc").task(WRITE).message
    assert message.startswith("sysdig_integrations_token has 3 characters, fewer than any API token.")
    assert tree(etc) == before


def test_a_token_that_is_in_the_paths_of_files_is_written_like_any_other(wire, etc):
    run = wire([PROMETHEUS, ENV_FILE], sysdig_integrations_token="prometheus").succeeded()
    assert (etc / "prometheus" / "sysdig-token").read_text() == "prometheus"
    assert [file["path"] for file in run.task(WRITE).result["files"]] == [
        *(f"{etc}/prometheus/sysdig-token", f"{etc}/default/exporter", f"{etc}/prometheus/prometheus.yml"),
    ]
    assert changed(wire([PROMETHEUS, ENV_FILE], sysdig_integrations_token="prometheus").succeeded()) == 0


def test_a_directory_that_may_not_be_written_to(wire, etc):
    run = wire([TOKEN_FILE, {**TOKEN_FILE, "path": "../../../../../../../../../../../../../proc/sysdig-token"}])
    assert "Cannot replace" in run.task(WRITE).message
    assert not (etc / "token").exists()


def test_a_failed_retrieval_is_readable(playbook, simulator, etc):
    playbook.secrets["an unknown API key"] = unknown = "sim-api-key-that-does-not-exist"
    variables = {**retrieving(simulator), "sysdig_integrations_api_key": unknown}
    run = playbook.run_plays([play(variables, [{**TOKEN_FILE, "path": f"{etc}/token"}])], "-vvv")
    assert run.rc != 0
    assert "BXNIM0415E" in run.task(WRITE).message
    assert not (etc / "token").exists()
