# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""On hosts that are broken in one way each, --check ends as the run does then, in the same words."""

from __future__ import annotations

import pytest
from ansible_playbook import HOSTS_PYTHON
from role_plays import DATA, GIVEN, NEXT_TOKEN, ROLE, TOKEN, WRITE, tree

# On each host it is a first run: the token file, which the configuration names, does not exist yet.
PROMETHEUS = {"type": "prometheus", "path": "ETC/prometheus.yml", "validate": "grep -q ETC/sysdig-token %s"}
OTEL = {"type": "otel", "path": "ETC/otel.yaml", "token_path": "ETC/otel-token", "pipelines": ["metrics"]}
ENV_FILE = {"type": "env_file", "path": "ETC/env"}
TEAM = {"sysdig_integrations_team_id": 102}

# By host: the entries, and words of the message; none if it is right.
FIRST_RUNS = {
    "all-is-right": ([PROMETHEUS, OTEL, ENV_FILE], None),
    "a-checker-that-opens-the-token-file": ([{**PROMETHEUS, "validate": "cat ETC/sysdig-token %s"}], "cat refuses the"),
    "no-checker": ([{**PROMETHEUS, "validate": "no-promtool check %s"}], "no-promtool, which checks"),
    "a-checker-that-refuses": ([{**PROMETHEUS, "validate": "sh -c 'echo unknown field; exit 1' %s"}], "unknown field"),
    "a-slow-checker": ([{**PROMETHEUS, "validate": "sh -c 'sleep 60' %s", "validate_timeout": 1}], "within the 1 s"),
    "not-installed": ([{**PROMETHEUS, "path": "ETC/other.yml"}], "there is no"),
    "not-yaml": ([{**PROMETHEUS, "path": "ETC/broken.yml"}], "this is not valid YAML"),
    "not-utf-8": ([{**PROMETHEUS, "path": "ETC/latin.yml"}], "is not text in UTF-8"),
    "a-section-elsewhere": ([{**OTEL, "path": "ETC/split.yaml"}], "exporters is not a mapping"),
    "no-such-pipeline": ([{**OTEL, "pipelines": ["traffic"]}], "service.pipelines.traffic is not there"),
    "no-such-group": ([ENV_FILE, {**PROMETHEUS, "group": "nobody-here"}], "The group nobody-here"),
    "a-directory": ([PROMETHEUS, {**ENV_FILE, "path": "ETC/directory"}], "is not a file, but a directory"),
    "a-file-on-the-way": ([{**ENV_FILE, "path": "ETC/otel.yaml/env"}], "is not a directory"),
    "hard-links": ([PROMETHEUS, {**ENV_FILE, "path": "ETC/linked"}], "has 2 hard links"),
    "two-entries": ([PROMETHEUS, {**PROMETHEUS, "remote_write": {"url": "https://other"}}], "Entry 1 (prometheus) and"),
    "no-credential": ([PROMETHEUS, {**ENV_FILE, "instance_name": "metrics"}], "A credential is missing"),
}
LATER_CALL = {"two-calls": ([PROMETHEUS], "of an earlier call of the role")}


@pytest.fixture
def hosts(playbook, tmp_path):
    """Their directories, by name."""
    inventory, directories = {}, {}
    for name, (entries, _said) in {**FIRST_RUNS, **LATER_CALL}.items():
        etc = directories[name] = tmp_path / "etc" / name
        (etc / "directory").mkdir(parents=True)
        for file in ("prometheus.yml", "otel.yaml"):
            (etc / file).write_bytes((DATA / file).read_bytes())
        (etc / "broken.yml").write_text("global:\n  a: [b\nscrape_configs: []\n")
        (etc / "latin.yml").write_text("a: ä\n", encoding="latin-1")
        (etc / "split.yaml").write_text("exporters: ${file:exporters.yaml}\n")
        (etc / "linked").write_text("")
        (etc / "linked too").hardlink_to(etc / "linked")
        inventory[name] = {"listed": [with_directory(entry, etc) for entry in entries]}
    local = {"ansible_connection": "local", "ansible_python_interpreter": HOSTS_PYTHON}
    playbook.write("inventory.yml", {"all": {"hosts": inventory, "vars": {**local, **GIVEN}}})
    playbook.environment["ANSIBLE_PIPELINING"] = "1"  # only for speed
    playbook.secrets |= {"the token": TOKEN, "the next token": NEXT_TOKEN}
    playbook.secret_files |= {"etc/*/env", "etc/*/*-token"}
    return directories


def with_directory(entry, etc):
    own = {name: value.replace("ETC", str(etc)) if isinstance(value, str) else value for name, value in entry.items()}
    return {"service": "", **own}


CALL = {"ansible.builtin.import_role": {"name": ROLE}, "vars": {"sysdig_integrations_list": "{{ listed }}"}}
OF_ANOTHER_TEAM = {**CALL, "vars": {**CALL["vars"], **TEAM}, "when": "inventory_hostname == 'two-calls'"}
PLAY = {"hosts": "all", "gather_facts": False, "tasks": [CALL, OF_ANOTHER_TEAM]}


def outcomes(run):
    """How the last call ended, by host."""
    called = [result for result in run.results if result.task.endswith(WRITE) and result.status != "skipped"]
    return {result.host: (result.status, result.message, result.result["changed"]) for result in called}


def test_check_mode_ends_as_the_run_does_on_every_host(playbook, hosts):
    before = {name: tree(etc) for name, etc in hosts.items()}

    foreseen = outcomes(playbook.run_plays([PLAY], "--check"))
    assert {name: tree(etc) for name, etc in hosts.items()} == before
    happened = outcomes(playbook.run_plays([PLAY]))

    assert foreseen == happened
    assert foreseen.keys() == hosts.keys()
    for name, (_entries, said) in {**FIRST_RUNS, **LATER_CALL}.items():
        status, message, _changed = happened[name]
        assert (status, said is None or said in message) == ("failed" if said else "ok", True), (name, message)
    changed = {name for name, etc in hosts.items() if tree(etc) != before[name]}
    assert changed == {"all-is-right", "two-calls"}
