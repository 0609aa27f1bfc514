# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test which entries and hosts the playbook ibmcloud.sysdig.check looks at, and how it runs on them."""

from __future__ import annotations

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.types import TYPES
from check_runs import CHECK, lines, wrong
from role_plays import play, retrieving
from simulator.ids import METRICS


def test_one_type_or_one_entry(project, host, entry, simulator):
    env_file = {"type": "env_file", "path": f"{host}/env"}
    entries = [entry, env_file, {**env_file, "path": f"{host}/env2"}]
    project.write("group_vars/all.yml", {**retrieving(simulator), "sysdig_integrations_list": entries})
    project.environment["SSL_CERT_FILE"] = simulator.ca_file

    run = project.run_playbook(CHECK, "--extra-vars", "check_type=env_file")
    missing = [("file", f"{host}/{name} does not exist.") for name in ("env", "env2")]
    assert wrong(run) == missing

    run = project.run_playbook(CHECK, "--extra-vars", "check_entry=3")
    assert {line["entry"] for line in run.task("Check the integrations").result["checks"]} == {"Entry 3 (env_file)"}
    assert wrong(run) == missing[1:]

    for given, message in (
        ("check_type=otel", "there is no entry to check of type otel."),
        ("check_type=ottel", f"check_type=ottel is not one of {', '.join(TYPES)}."),
        ("check_entry=4", "there is no entry to check with the number 4."),
        ('{"check_entry": 0}', "there is no entry to check with the number 0."),
        ("check_entry=-1", "check_entry=-1 is not the number of an entry."),
        ("check_entry=otel", "check_entry=otel is not the number of an entry."),
    ):
        run = project.run_playbook(CHECK, "--extra-vars", given)
        assert wrong(run) == [("entries", message)]
        assert run.rc != 0


def test_a_host_without_such_an_entry_is_nothing_wrong_if_another_has_one(project, host, entry, simulator):
    project.hosts("one", "two")
    project.write("host_vars/two.yml", {"sysdig_integrations_list": [{**entry, "state": "absent"}]})
    run = project.run_playbook(CHECK).succeeded()
    assert wrong(run, "one") == []
    assert lines(run, "two") == [("entries", "unknown", "there is no entry to check with state=present.")]

    project.write("host_vars/two.yml", {"sysdig_integrations_list": []})
    run = project.run_playbook(CHECK).succeeded()
    assert lines(run, "two") == [("entries", "unknown", "there is no entry to check.")]
    assert project.run_playbook(CHECK, "--limit", "two").rc != 0


def test_entries_that_share_a_file_are_looked_at_together(project, host, simulator):
    """What is in the file is known only with all of them."""
    at = {"url": f"{simulator.url}/prometheus/remote/write", "tlsCAFile": simulator.ca_file}
    common = {"type": "vmagent", "path": f"{host}/sysdig.env", "service": "", "metrics_url": "", "remote_write": at}
    entries = [common, {**common, "name": "sre", "team_id": 102}]
    other = {"type": "vmagent", "name": "other", "path": f"{host}/other.env", "service": "", "remote_write": at}
    variables = {**retrieving(simulator), "sysdig_integrations_list": [*entries, other]}
    project.write("group_vars/all.yml", variables)
    project.run_plays([play({}, entries)]).succeeded()

    run = project.run_playbook(CHECK, "--extra-vars", "check_entry=2").succeeded()

    looked_at = {line["entry"] for line in run.task("Check the integrations").result["checks"]}
    assert looked_at == {"Entry 1 (vmagent)", "Entry 2 (vmagent)"}
    assert wrong(run) == []
    (host / "sysdig-token").write_text(simulator.token(METRICS, 102))
    (host / "sre-token").write_text(simulator.token(METRICS, 101))
    assert wrong(project.run_playbook(CHECK, "--extra-vars", "check_entry=2")) == [
        ("token", f"the token in {host}/sysdig-token is of the team 102, and the entry is for the team 101."),
        ("token", f"the token in {host}/sre-token is of the team 101, and the entry is for the team 102."),
    ]


@pytest.mark.parametrize("strategy", ["free", "host_pinned"])
def test_a_strategy_of_the_project_changes_nothing(project, strategy):
    """The playbook sums up what was found on all hosts."""
    hosts = [f"host{number}" for number in range(5)]
    project.hosts(*hosts)
    project.environment["ANSIBLE_STRATEGY"] = strategy
    run = project.run_playbook(CHECK, "--forks", "2").succeeded()
    assert [wrong(run, host) for host in hosts] == [[]] * 5
