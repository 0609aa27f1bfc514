# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role in projects: inventories, templates of the user, services, and the playbook that comes with it."""

from __future__ import annotations

import json

from role_plays import DATA, GIVEN, NEXT_TOKEN, PROMETHEUS, ROLE, TEMPLATE, TOKEN, play, retrieving
from simulator.ids import METRICS, OWNER_API_KEY
from tasks import paths


def test_variables_of_the_inventory_reach_the_role(playbook, etc):
    hosts = {"here": {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}}
    playbook.write("inventory.yml", {"all": {"children": {"monitoring": {"hosts": hosts}}}})
    entry = {
        "type": "env_file",
        "path": str(etc / "env"),
        "variables": {"X": "a token of {{ inventory_hostname }}"},
    }
    playbook.write("group_vars/monitoring.yml", {**GIVEN, "sysdig_integrations_list": [entry]})
    playbook.run_plays([{"hosts": "monitoring", "gather_facts": False, "roles": [ROLE]}]).succeeded()
    assert (etc / "env").read_text().splitlines()[1:] == ['X="a token of here"']


def test_a_template_of_the_user_is_not_confused_with_one_of_the_role(wire, playbook, etc):
    playbook.write("templates/env_file.j2", "mine {{ sysdig.region }} {{ entry.path }}\n")
    wire([{**TEMPLATE, "src": "env_file.j2"}]).succeeded()
    assert (etc / "mine.conf").read_text() == f"mine us-south {etc}/mine.conf\n"


def test_a_template_that_looks_like_data_stays_text(wire, playbook, etc):
    playbook.write("templates/mine.conf.j2", '{"b": "{{ sysdig.token }}",  "a": [1,2]}\n')
    wire([TEMPLATE]).succeeded()
    assert (etc / "mine.conf").read_text() == f'{{"b": "{TOKEN}",  "a": [1,2]}}\n'


def test_each_service_is_notified_once_at_the_end_and_only_if_its_files_changed(playbook, etc):
    playbook.write("library/service.py", (DATA / "service.py").read_text())
    log = playbook.directory / "services.log"

    def env_file(name, service, **options):
        return {"type": "env_file", "path": f"{etc}/{name}", "service": service, **options}

    def run(*arguments, **variables):
        log.write_text("")
        roles = [
            [
                {**PROMETHEUS, "path": f"{etc}/prometheus/prometheus.yml", "service": "prometheus"},
                env_file("a", "both", service_action="reloaded"),
                env_file("b", "reloads", service_action="reloaded"),
            ],
            [env_file("c", "both"), env_file("d", "silent", service_action="none"), env_file("e", "")],
        ]
        keywords = {
            "pre_tasks": [{"ansible.builtin.set_fact": {"service_mgr": "service", "cacheable": True}}],
            "roles": [{"role": ROLE, "vars": {"sysdig_integrations_list": entries}} for entries in roles]
            + [{"role": ROLE, "when": False}],
            "tasks": [
                {"ansible.builtin.meta": "flush_handlers"},
                {
                    "ansible.builtin.include_role": {"name": ROLE},
                    "vars": {"sysdig_integrations_list": [env_file("f", "late")]},
                },
            ],
        }
        playbook.run_plays([play({**GIVEN, **variables}, **keywords)], *arguments).succeeded()
        return log.read_text().splitlines()

    assert run("--check") == []
    assert sorted(run()) == ["both restarted", "late restarted", "prometheus reloaded", "reloads reloaded"]
    assert run() == []
    # Prometheus reads its token file by itself.
    assert sorted(run(sysdig_integrations_token=NEXT_TOKEN)) == ["both restarted", "late restarted", "reloads reloaded"]


def test_the_wire_playbook_retrieves_the_token_once(playbook, simulator, etc):
    variables = {
        **retrieving(simulator),
        "sysdig_integrations_api_key": "",
        "sysdig_integrations_timeout": "",
        "sysdig_integrations_list": [
            {"type": "token_file", "path": f"{etc}/{{{{ inventory_hostname }}}}/token"},
            {
                "type": "env_file",
                "path": f"{etc}/{{{{ inventory_hostname }}}}/env",
                "variables": {"A": {"from": "token"}, "B": {"from": "instance_id"}},
            },
        ],
    }
    local = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    playbook.write("inventory.yml", {"all": {"hosts": dict.fromkeys(("one", "two", "three"), local)}})
    playbook.write("group_vars/all.yml", variables)
    playbook.environment["IBMCLOUD_API_KEY"] = OWNER_API_KEY
    playbook.secret_files |= {"etc/*/token", "etc/*/env"}
    playbook.run_playbook("ibmcloud.sysdig.wire", "--diff", "-vvv").succeeded()
    assert [path.read_text() for path in etc.glob("*/token")] == [simulator.token(METRICS)] * 3
    assert paths(simulator).count("/api/token") == 1
    assert len(simulator.requests("iam")) == 1
    only_one = playbook.run_playbook("ibmcloud.sysdig.wire", "--limit", "two").succeeded()
    assert {result.host for result in only_one.results} == {"two"}


def test_a_template_may_lie_beside_the_inventory(playbook, tmp_path, etc):
    """The playbook of the collection has no directory where users could put one."""
    host = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    inventory = tmp_path / "inventory"
    (inventory / "templates").mkdir(parents=True)
    (inventory / "templates" / "mine.j2").write_text("{{ sysdig.region }} {{ inventory_hostname }}")
    entries = [{"type": "template", "path": f"{etc}/mine", "src": "mine.j2"}]
    everything = {"vars": {**GIVEN, "sysdig_integrations_list": entries}, "hosts": {"here": host}}
    (inventory / "hosts.yml").write_text(json.dumps({"all": everything}))

    playbook.run_playbook("ibmcloud.sysdig.wire", "-i", str(inventory / "hosts.yml"), "--limit", "here").succeeded()

    assert (etc / "mine").read_text() == "us-south here"


def test_what_is_probably_a_mistake_is_a_warning_that_shows_once(playbook):
    playbook.hosts("one", "two", "three")
    mistakes = {
        "sysdig_integrations_team": "sysdig_integrations_team_id or sysdig_integrations_team_name",
        "sysdig_integration_list": "sysdig_integrations_list",
        "sysdig_integrations_api_kye": "sysdig_integrations_api_key",
        "sysdig_token_team": "sysdig_token_team_id or sysdig_token_team_name",
    }
    own = ("sysdig_integrations", "sysdig_integrations_common_list", "sysdig_integrations_of_the_web_tier")

    run = playbook.run_plays([play({**GIVEN, **dict.fromkeys([*mistakes, *own], "x")})]).succeeded()

    shown = " ".join(run.stderr.split())  # before ansible-core 2.19, warnings are wrapped
    for name, suggestion in mistakes.items():
        warning = f"The variable {name} is not an option of the role, and has no effect. Did you mean {suggestion}?"
        assert shown.count(warning) == 1
    assert shown.count("sysdig_integrations_list has no entry for a host, so the role does nothing there.") == 1
    assert shown.count("WARNING") == len(mistakes) + 1


def test_nothing_is_logged_to_the_syslog_of_the_host(playbook, tmp_path, etc):
    """A module logs its arguments there, unless that is turned off."""
    log, patched = tmp_path / "syslog", tmp_path / "patched"
    patched.mkdir()
    (patched / "sitecustomize.py").write_text(
        f"import syslog\nsyslog.syslog = lambda *line: open({str(log)!r}, 'a').write(repr(line))\n"
    )
    environment = {"PYTHONPATH": str(patched)}
    entries = [{"type": "env_file", "path": f"{etc}/env", "variables": {"A": 1}}]
    command = {"name": "Another module", "ansible.builtin.command": "true"}

    playbook.run_plays([play(GIVEN, entries, environment=environment)]).succeeded()
    assert not log.exists()
    playbook.run([command], environment=environment).succeeded()
    assert "_raw_params=true" in log.read_text()
