# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role refuses, and that it writes nothing then."""

from __future__ import annotations

import pytest
from role_plays import ENV_FILE, PROMETHEUS, TEMPLATE, TOKEN_FILE, VALIDATE, WRITE, play, retrieving, tree


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
    assert f"Entry 1 (prometheus): cannot merge into {configuration} on localhost, line 3" in message
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


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (
            {"type": "promtheus"},
            "value of type must be one of: prometheus, agent, env_file, grafana, otel, token_file, template",
        ),
        ({**TOKEN_FILE, "pth": "/x"}, "pth"),
        ({"path": "token"}, "missing required arguments: type"),
    ],
)
def test_what_the_specification_forbids_is_refused_before_anything(wire, etc, bad, said):
    before = tree(etc)
    run = wire([TOKEN_FILE, bad])
    assert run.rc != 0
    assert tree(etc) == before
    (refusal,) = [result for result in run.results if VALIDATE in result.task]
    assert said in refusal.message


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
