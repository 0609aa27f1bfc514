# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook that rotates the access key: hosts a and b, whose stand-in agents talk to the simulator's collector."""

from __future__ import annotations

import json
import os
import signal
import sys
import uuid
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from ansible_playbook import HOSTS_PYTHON
from role_plays import DATA, retrieving
from simulator import agent as stand_in
from simulator.ids import (
    DISABLED_ACCESS_KEY,
    ENABLED_ACCESS_KEY,
    KEYS_AUDIT_TEAM,
    KEYS_OWNER_KEY,
    KEYS_SECURE,
    METRICS,
)

KEYS = "/api/customer/accessKeys"
ROTATE = "ibmcloud.sysdig.rotate_access_key"
BEGIN, PROVE = "Find or create the new access key", "See that the agent runs with the new access key"
STOP, FINISH = "Say where it stopped, and how to go on", "Disable the old access key, if that is wanted"
PICK_SERVICE = {"ansible.builtin.set_fact": {"service_mgr": "service", "cacheable": True}}
PLAYS = [
    {"hosts": "all", "gather_facts": False, "tasks": [PICK_SERVICE]},
    {"import_playbook": ROTATE},
]


class Site:
    """Two hosts on this machine, each with an agent."""

    def __init__(self, playbook, simulator, place):
        self.playbook, self.simulator, self.place = playbook, simulator, place
        self.agents = playbook.directory / "agents"
        self.agents.mkdir(parents=True)
        playbook.environment["AGENTS"] = str(self.agents)
        playbook.secret_files |= {"etc/*/dragent.yaml", "etc/*/env"}
        # On a busy machine an agent may need a moment.
        self.variables = {**retrieving(simulator), "agent_wait": 5, "batch_size": 1}
        collector = urlsplit(simulator.url)
        settings = {"collector": collector.hostname, "collector_port": collector.port}
        # Other tests, at the same time, have agents on this machine, too.
        self.service = f"dragent-{uuid.uuid4().hex[:8]}"
        self.entry = {"type": "agent", "settings": settings, "service": f"{self.service}-{{{{ inventory_hostname }}}}"}
        self.entry["path"] = f"{place}/etc/{{{{ inventory_hostname }}}}/dragent.yaml"
        self.hosts = {"a": {}, "b": {}}
        for host in self.hosts:
            self.install(host)

    def install(self, host):
        """Let a host have an agent that runs with the first access key."""
        config = self.place / "etc" / host / "dragent.yaml"
        config.parent.mkdir(parents=True)
        settings = self.entry["settings"]
        lines = [f"customerid: {ENABLED_ACCESS_KEY}", f"collector: {settings['collector']}"]
        config.write_text("\n".join([*lines, f"collector_port: {settings['collector_port']}", "ssl: true", ""]))
        arguments = [stand_in.__file__, "--config", str(config), "--ca-file", self.simulator.ca_file]
        unit = {"executable": sys.executable, "arguments": arguments}
        (self.agents / f"{self.service}-{host}.json").write_text(json.dumps(unit))

    def inventory(self):
        local = {"ansible_connection": "local", "ansible_python_interpreter": HOSTS_PYTHON}
        hosts = {name: {"sysdig_integrations_list": [self.entry], **own} for name, own in self.hosts.items()}
        self.playbook.write("inventory.yml", {"all": {"hosts": hosts, "vars": {**local, **self.variables}}})

    def rotate(self, *arguments, **extra):
        """Run the playbook with further variables on the command line."""
        self.playbook.write("library/service.py", (DATA / "agent_service.py").read_text())
        self.inventory()
        given = [f"--extra-vars={json.dumps(extra)}"] if extra else []
        return self.playbook.run_plays(PLAYS, *given, *arguments)

    def states(self, tenant=METRICS):
        return {key["key"]: key["enabled"] for key in self.simulator.access_keys(tenant)}

    def new_key(self):
        """The one access key that was created."""
        (new,) = set(self.states()) - {ENABLED_ACCESS_KEY, DISABLED_ACCESS_KEY}
        return new

    def changes(self):
        """The calls that may have changed an access key, in order."""
        calls = [(each["method"], each["path"].removeprefix(KEYS)) for each in self.simulator.requests("sysdig")]
        return [call for call in calls if call[0] != "GET" and not call[1].startswith("/api/")]

    def connected(self):
        """How many agents are connected, by access key."""
        keys = [agent["access_key"] for agent in self.simulator.agents()]
        return {key: keys.count(key) for key in set(keys)}

    def key_of(self, host):
        (line,) = [line for line in self.config(host).read_text().splitlines() if line.startswith("customerid")]
        return line.partition(": ")[2].strip("\"'")

    def config(self, host):
        return self.place / "etc" / host / "dragent.yaml"

    def stop(self):
        for pid_file in self.agents.glob("*.pid"):
            try:
                os.kill(int(pid_file.read_text()), signal.SIGKILL)
            except ProcessLookupError:
                continue


@pytest.fixture
def site(playbook, simulator, tmp_path):
    made = Site(playbook, simulator, tmp_path)
    yield made
    made.stop()


def start(key):
    """How messages call an access key."""
    return f"{key[:4]}..."


def test_all_agents_run_with_a_new_key_and_then_the_old_one_is_disabled_in_a_step_of_its_own(site):
    first = site.rotate().succeeded()

    new = site.new_key()
    assert site.states() == {DISABLED_ACCESS_KEY: False, ENABLED_ACCESS_KEY: True, new: True}
    assert site.connected() == {new: 2}
    assert [site.key_of(host) for host in ("a", "b")] == [new, new]
    assert site.changes() == [("POST", "")]
    assert "--extra-vars old_access_key=0000 --extra-vars disable_old=true" in first.stdout

    second = site.rotate("-vvv", disable_old=True, old_access_key=ENABLED_ACCESS_KEY[:36]).succeeded()

    assert site.states() == {DISABLED_ACCESS_KEY: False, ENABLED_ACCESS_KEY: False, new: True}
    assert site.changes() == [("POST", ""), ("POST", f"/{ENABLED_ACCESS_KEY}/disable")]
    assert site.connected() == {new: 2}
    assert f"Every agent runs with the new access key {start(new)}. The old one 0000... is disabled." in second.stdout
    assert second.task(FINISH + " and every agent runs with the new one", "a").result["changed"]

    third = site.rotate(disable_old=True, old_access_key=ENABLED_ACCESS_KEY).succeeded()
    assert len(site.changes()) == 2
    assert "changed=0" in third.stdout
    assert "changed=1" not in third.stdout


def test_a_host_that_fails_in_the_middle_leaves_both_keys_and_the_second_try_finishes(site):
    broken = site.agents / f"{site.service}-b.broken"
    broken.write_text("")

    failed = site.rotate(disable_old=True)

    new = site.new_key()
    assert failed.rc == 2
    assert site.states() == {DISABLED_ACCESS_KEY: False, ENABLED_ACCESS_KEY: True, new: True}
    assert site.connected() == {new: 1}
    message = failed.task(STOP, "b").message
    assert message.startswith("Rotation of the access key failed: it stopped on b, at «")
    # ansible-core tells a rescue of a failed handler from 2.19 on.
    unable = f"Unable to restart service {site.service}-b"
    assert unable in failed.output
    assert unable in message or "at «Restart the agent»: its own message is above" in message
    assert f"Both access keys are enabled, the old one 0000... and the new one {start(new)}" in message
    assert "run the playbook again with --extra-vars old_access_key=0000" in message

    ambiguous = site.rotate(disable_old=True)
    assert "several access keys are enabled" in ambiguous.task(BEGIN, "a").message
    assert site.changes() == [("POST", "")]

    broken.unlink()
    site.rotate(disable_old=True, old_access_key=ENABLED_ACCESS_KEY).succeeded()
    assert site.states() == {DISABLED_ACCESS_KEY: False, ENABLED_ACCESS_KEY: False, new: True}
    assert site.connected() == {new: 2}
    assert site.changes() == [("POST", ""), ("POST", f"/{ENABLED_ACCESS_KEY}/disable")]


def test_a_failure_in_the_first_batch_spares_the_others(site):
    (site.agents / f"{site.service}-a.broken").write_text("")

    failed = site.rotate(disable_old=True)

    assert failed.rc == 2
    assert (site.key_of("b"), site.states()[ENABLED_ACCESS_KEY]) == (ENABLED_ACCESS_KEY, True)


@pytest.mark.parametrize(
    ("arguments", "variables", "said"),
    [
        (["--limit", "a"], {}, "not disabled under --limit=a"),
        (
            [],
            {"awx_job_template_name": "Rotate", "awx_workflow_job_name": "Rotate", "awx_workflow_job_id": 7},
            "not disabled in a slice of the job Rotate",
        ),
    ],
)
def test_where_not_all_hosts_are_seen_it_refuses_to_disable_before_anything_is_done(site, arguments, variables, said):
    refused = site.rotate(*arguments, disable_old=True, **variables)

    assert refused.rc == 2
    assert said in refused.task(BEGIN, "a").message
    assert site.simulator.requests() == []


def test_under_a_limit_hosts_get_the_key_and_the_old_one_stays(site):
    limited = site.rotate("--limit", "a").succeeded()

    new = site.new_key()
    assert (site.key_of("a"), site.key_of("b")) == (new, ENABLED_ACCESS_KEY)
    assert "others were not looked at" in limited.stdout
    assert site.states()[ENABLED_ACCESS_KEY]


@pytest.mark.parametrize("extra", [{}, {"disable_old": True}])
def test_a_host_that_is_not_reached_is_named_and_both_keys_stay(site, extra):
    site.hosts = {
        "a": {"ansible_connection": "ssh", "ansible_host": "a.invalid", "ansible_ssh_executable": "/bin/false"},
        "b": {},
        "c": {},
    }
    site.install("c")

    failed = site.rotate(**extra)

    new = site.new_key()
    assert failed.rc != 0
    assert site.connected() == {new: 2}
    (end,) = [result for result in failed.results if result.task.startswith(FINISH)]
    assert f"known to run with the new access key {start(new)} (a: it was not reached)" in end.message
    assert site.states() == {DISABLED_ACCESS_KEY: False, ENABLED_ACCESS_KEY: True, new: True}


def test_an_agent_that_does_not_run_with_the_new_key_is_no_proof(site):
    site.rotate().succeeded()
    site.stop()

    failed = site.rotate(disable_old=True, old_access_key=ENABLED_ACCESS_KEY)

    assert f"no process of the service {site.service}-a runs" in failed.task(STOP, "a").message
    assert site.states()[ENABLED_ACCESS_KEY]


def test_an_agent_that_was_not_restarted_is_no_proof(site):
    site.rotate().succeeded()
    new = site.new_key()
    config = site.config("a")
    os.utime(config)

    failed = site.rotate(disable_old=True, old_access_key=ENABLED_ACCESS_KEY)

    assert (
        f"{site.service}-a was started before {config} was written. Restart {site.service}-a on"
        in failed.task(STOP, "a").message
    )
    assert site.states() == {DISABLED_ACCESS_KEY: False, ENABLED_ACCESS_KEY: True, new: True}


def test_a_host_without_an_entry_must_not_have_the_old_key(site):
    site.hosts["c"] = {"sysdig_integrations_list": []}
    site.rotate().succeeded()  # its agent's configuration is where the type has it by default, and is not there


def test_another_file_with_the_key_is_named_because_its_reader_is_not_seen(site):
    env = {
        "type": "env_file",
        "path": f"{site.place}/etc/{{{{ inventory_hostname }}}}/env",
        "service": "",
        "variables": {"ACCESS_KEY": {"from": "access_key"}},
    }
    site.hosts["b"] = {"sysdig_integrations_list": [site.entry, env]}

    failed = site.rotate(disable_old=True)

    assert f"{site.place}/etc/b/env has the new access key" in failed.task(STOP, "b").message
    assert site.states()[ENABLED_ACCESS_KEY]


def test_a_new_key_that_is_disabled_meanwhile_keeps_the_old_one(site):
    site.rotate().succeeded()
    new = site.new_key()
    listing = {"customerAccessKeys": [
        {"accessKey": ENABLED_ACCESS_KEY, "enabled": True, "dateCreated": 1},
        {"accessKey": new, "enabled": False, "dateCreated": 2},
    ]}  # fmt: skip
    # The first two lists are those of the beginning and of the role.
    for _call in range(2):
        site.simulator.fault("delay", path=KEYS, seconds=0)
    site.simulator.fault("status", status=200, path=KEYS, body=json.dumps(listing))

    failed = site.rotate(disable_old=True, old_access_key=ENABLED_ACCESS_KEY)

    (end,) = [result for result in failed.results if result.task.startswith(FINISH)]
    assert f"the new access key {start(new)} is not enabled any more" in end.message
    assert site.states()[ENABLED_ACCESS_KEY]


def test_check_mode_creates_and_disables_nothing(site):
    site.rotate("--check", disable_old=True).succeeded()

    assert site.changes() == []
    assert [site.key_of(host) for host in ("a", "b")] == [ENABLED_ACCESS_KEY] * 2


def test_agents_of_different_instances_are_refused(site):
    site.hosts["b"] = {"sysdig_integrations_instance_id": KEYS_SECURE}

    refused = site.rotate()

    assert "The agents of a and b are of different instances" in refused.task(BEGIN, "a").message
    assert site.simulator.requests() == []


def test_a_teams_key_is_not_replaced_by_one_without_a_team(site):
    site.variables |= {
        "sysdig_integrations_api_key": KEYS_OWNER_KEY,
        "sysdig_integrations_instance_id": KEYS_SECURE,
        "sysdig_integrations_product": "secure",
        "sysdig_integrations_region": "eu-de",
        "sysdig_integrations_team_id": KEYS_AUDIT_TEAM,
    }
    before = site.states(KEYS_SECURE)
    newest = next(key for key in site.simulator.access_keys(KEYS_SECURE) if key["limit"] == 5)["key"]

    refused = site.rotate(old_access_key=newest)

    message = refused.task(BEGIN, "a").message
    assert f"no access key of the team {KEYS_AUDIT_TEAM} can be created" in message
    assert (site.changes(), site.states(KEYS_SECURE)) == ([], before)


def test_the_old_key_may_be_any_that_is_older_than_exactly_one(site):
    newer = [site.simulator.add_access_key(METRICS) for _number in range(2)]

    refused = site.rotate(old_access_key=ENABLED_ACCESS_KEY)

    message = refused.task(BEGIN, "a").message
    assert "several enabled access keys are newer than 0000..." in message
    assert site.changes() == []
    site.rotate(old_access_key=newer[0][:8]).succeeded()
    assert site.connected() == {newer[1]: 2}
    assert site.changes() == []


@pytest.mark.parametrize(
    ("old", "said"),
    [("0000", "several access keys of the instance begin like that"), ("zzzz", "no access key of the instance is or")],
)
def test_an_old_key_that_is_not_certain_is_refused(site, old, said):
    site.simulator.add_access_key(METRICS, key="00000000-feed-4000-8000-00000000aaaa")
    refused = site.rotate(old_access_key=old)

    assert said in refused.task(BEGIN, "a").message
    assert site.changes() == []


def test_nothing_shows_a_key_at_the_highest_verbosity(site):
    (site.agents / f"{site.service}-b.broken").write_text("")

    run = site.rotate("-vvvvv", "--diff")

    assert run.rc == 2
    assert f"POST {site.simulator.url}{KEYS}: 200" in run.output
    assert Path(site.config("a")).exists()


def test_an_instance_for_iam_tokens_only_is_rotated_without_an_api_token(site, simulator):
    simulator.external_api_auth(METRICS, "IAM_ONLY")

    site.rotate().succeeded()

    new = site.new_key()
    assert site.connected() == {new: 2}
    assert "/api/token" not in [request["path"] for request in simulator.requests("sysdig")]
