# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookup in real playbooks: where it may stand, where its options come from, what it returns, and bad input."""

from __future__ import annotations

import pytest
from bad_input import SECRETS, bad_inputs
from simulator.client import OWNER_API_KEY

METRICS = "11111111-1111-4111-8111-111111111111"
PROTECTION = "22222222-2222-4222-8222-222222222222"
EUROPE = "33333333-3333-4333-8333-333333333333"
LOOKUP = "ibmcloud.sysdig.sysdig_token"


@pytest.fixture
def at_simulator(simulator):
    """The options that say where the simulator is."""
    return {
        "url": simulator.url,
        "iam_url": simulator.url,
        "resource_controller_url": simulator.url,
        "ca_path": simulator.ca_file,
        "retries": 0,
    }


@pytest.fixture
def options(at_simulator):
    """The owner's API key and the monitor instance."""
    return {**at_simulator, "api_key": OWNER_API_KEY, "instance_id": METRICS}


def as_variables(options):
    """Options under the names of the variables that the lookup reads."""
    return {f"sysdig_token_{name}": value for name, value in options.items()}


def keep(**expressions):
    """A task that sets facts to the values of expressions, for the test to read."""
    facts = {name: f"{{{{ {expression} }}}}" for name, expression in expressions.items()}
    return {"name": "Keep", "ansible.builtin.set_fact": facts}


def evaluated(playbook, expression, **play):
    """The value of one expression."""
    return playbook.run([keep(value=expression)], **play).succeeded().fact("value")


# --- Where it may stand, and what it returns ---


def test_it_works_in_a_template_file(playbook, simulator, options):
    playbook.write("exporter.conf.j2", f"token={{{{ lookup('{LOOKUP}', instance, team_id=102) }}}}\n")
    task = {
        "name": "Write",
        "ansible.builtin.template": {"src": "exporter.conf.j2", "dest": "exporter.conf", "mode": "0600"},
    }
    variables = {**as_variables(options), "sysdig_token_instance_id": "", "instance": METRICS}

    playbook.run([task], vars=variables).succeeded()

    assert (playbook.directory / "exporter.conf").read_text() == f"token={simulator.token(METRICS, 102)}\n"


def test_it_works_in_group_vars_for_every_host(playbook, simulator, options):
    playbook.hosts("one", "two")
    playbook.write("group_vars/all.yml", {**as_variables(options), "exporter_token": f"{{{{ lookup('{LOOKUP}') }}}}"})

    run = playbook.run([keep(value="exporter_token")], hosts="all").succeeded()

    assert [run.fact("value", host) for host in ("one", "two")] == [simulator.token(METRICS)] * 2
    assert [request["path"] for request in simulator.requests()] == ["/identity/token", "/api/token"]


def test_options_are_taken_from_keywords(playbook, simulator, options):
    keywords = ", ".join(f"{name}={value!r}" for name, value in {**options, "team_name": "SRE"}.items())

    assert evaluated(playbook, f"lookup('{LOOKUP}', {keywords})") == simulator.token(METRICS, 102)


def test_terms_are_instances_and_give_one_token_each(playbook, simulator, at_simulator):
    variables = as_variables({**at_simulator, "api_key": OWNER_API_KEY})
    crn = simulator.instance(PROTECTION)["crn"]
    expressions = {
        "both": f"query('{LOOKUP}', '{METRICS}', '{crn}')",
        "list": f"lookup('{LOOKUP}', '{METRICS}', '{crn}', wantlist=true)",
        "one": f"lookup('{LOOKUP}', '{crn}', team_name='Audit')",
        "joined": f"lookup('{LOOKUP}', '{METRICS}', '{EUROPE}')",
    }

    run = playbook.run([keep(**expressions)], vars=variables).succeeded()

    metrics, protection, europe = (simulator.token(guid) for guid in (METRICS, PROTECTION, EUROPE))
    assert run.task("Keep").result["ansible_facts"] == {
        "both": [metrics, protection],
        "list": [metrics, protection],
        "one": simulator.token(PROTECTION, 202),
        "joined": f"{metrics},{europe}",
    }


def test_details_are_what_the_module_returns(playbook, simulator, options):
    crn = simulator.instance(PROTECTION)["crn"]
    details = evaluated(
        playbook,
        f"lookup('{LOOKUP}', details=true)",
        vars=as_variables({**options, "instance_id": crn, "team_id": "202"}),
    )

    assert details == {
        "token": simulator.token(PROTECTION, 202),
        "product": "secure",
        "region": "us-south",
        "instance_id": PROTECTION,
        "team_id": 202,
        "team_name": None,
        "url": simulator.url,
        "endpoints": {
            "api": simulator.url,
            "collector": "ingest.us-south.security-compliance-secure.cloud.ibm.com",
            "collector_port": 6443,
            "remote_write": None,
            "prometheus": f"{simulator.url}/prometheus",
        },
    }


def test_a_known_token_is_returned_with_its_addresses_and_without_a_call(playbook, simulator):
    details = evaluated(playbook, f"lookup('{LOOKUP}', token='known', region='eu-de', details=true)")

    assert (details["token"], details["url"]) == ("known", "https://eu-de.monitoring.cloud.ibm.com")
    assert simulator.requests() == []


# --- Where options come from ---


def test_variables_may_be_templates_of_others(playbook, simulator, at_simulator):
    variables = {
        **as_variables(at_simulator),
        "vault_key": OWNER_API_KEY,
        "instances": {"metrics": METRICS},
        "team": 102,
        "sysdig_token_api_key": "{{ vault_key }}",
        "sysdig_token_instance_id": "{{ instances.metrics }}",
        "sysdig_token_team_id": "{{ team }}",
        "sysdig_token_region": "{{ undefined_region | default('') }}",
        "sysdig_token_check_token": "{{ team == 102 }}",
    }

    assert evaluated(playbook, f"lookup('{LOOKUP}')", vars=variables) == simulator.token(METRICS, 102)
    assert simulator.requests()[-1]["path"] == "/api/users/me"


def test_options_are_taken_from_the_environment_of_the_run(playbook, simulator):
    playbook.environment |= {
        "IBMCLOUD_API_KEY": "",
        "IC_API_KEY": OWNER_API_KEY,
        "SYSDIG_IBM_SECURE_IAM_URL": simulator.url,
        "SYSDIG_SECURE_URL": f"{simulator.url}/api/",
        "SYSDIG_IBM_SECURE_INSTANCE_ID": PROTECTION,
        "SYSDIG_SECURE_TEAM_NAME": "Audit",
        "SYSDIG_MONITOR_TEAM_ID": "999",
        "REQUESTS_CA_BUNDLE": simulator.ca_file,
    }

    assert evaluated(playbook, f"lookup('{LOOKUP}', product='secure')") == simulator.token(PROTECTION, 202)


def test_options_are_taken_from_ansible_cfg_last(playbook, simulator, at_simulator, tmp_path):
    key_file = tmp_path / "key"
    key_file.write_text(OWNER_API_KEY + "\n", encoding="utf-8")
    stated = {**at_simulator, "api_key_file": key_file, "instance_id": METRICS, "team_id": 102, "check_token": "yes"}
    playbook.write("ansible.cfg", "[sysdig_token]\n" + "".join(f"{name} = {value}\n" for name, value in stated.items()))
    expressions = {
        "ini": f"lookup('{LOOKUP}')",
        "direct": f"lookup('{LOOKUP}', '{PROTECTION}', product='secure', team_id=202)",
    }

    run = playbook.run([keep(**expressions)]).succeeded()

    assert run.task("Keep").result["ansible_facts"] == {
        "ini": simulator.token(METRICS, 102),
        "direct": simulator.token(PROTECTION, 202),
    }
    assert simulator.requests("sysdig")[1]["path"] == "/api/users/me"


@pytest.mark.parametrize("secret", ["api_key", "iam_token", "sysdig_api_token", "token"])
def test_a_secret_in_ansible_cfg_is_not_read(playbook, simulator, at_simulator, secret):
    playbook.write("ansible.cfg", f"[sysdig_token]\n{secret} = secret-of-the-file\n")
    variables = as_variables({**at_simulator, "instance_id": METRICS})

    run = playbook.run([keep(value=f"lookup('{LOOKUP}')")], "-vvv", vars=variables)

    assert run.rc != 0
    assert "credential is missing" in run.output
    assert simulator.requests() == []
    assert "secret-of-the-file" not in run.output


def test_arguments_win_over_variables_over_environment_over_ansible_cfg(playbook, simulator, options):
    playbook.write("ansible.cfg", "[sysdig_token]\nteam_id = 103\n")
    playbook.environment["SYSDIG_MONITOR_TEAM_NAME"] = "Monitor Operations"
    secure = {**options, "instance_id": PROTECTION, "product": "secure", "team_id": "", "team_name": "Audit"}
    tasks = [
        {**keep(ini=f"lookup('{LOOKUP}')"), "vars": {**as_variables(secure), "sysdig_token_team_name": ""}},
        {**keep(environment=f"lookup('{LOOKUP}')"), "vars": as_variables(options)},
        {**keep(variable=f"lookup('{LOOKUP}')"), "vars": as_variables({**options, "team_id": 102})},
        {**keep(empty=f"lookup('{LOOKUP}', team_id='')"), "vars": as_variables({**options, "team_id": 102})},
        {**keep(argument=f"lookup('{LOOKUP}', team_id=103)"), "vars": as_variables({**options, "team_id": 102})},
    ]

    run = playbook.run([{**task, "ignore_errors": True} for task in tasks])

    assert "team_id=103 is not one of the credential's teams" in run.results[0].message
    for name, number in {"environment": 101, "variable": 102, "empty": 102, "argument": 103}.items():
        assert run.fact(name) == simulator.token(METRICS, number), name


def test_an_argument_wins_over_a_variable_that_says_the_same_in_another_way(playbook, simulator, options):
    """A variable for all hosts must not forbid to name another instance or team in one place."""
    del options["instance_id"]
    rows = {
        "term over id": ({"instance_id": METRICS}, f"'{EUROPE}'", EUROPE, None),
        "name over id": ({"instance_id": METRICS}, "instance_name='metrics-europe'", EUROPE, None),
        "term over name": ({"instance_name": "metrics"}, f"'{EUROPE}'", EUROPE, None),
        "team name over id": ({"instance_id": METRICS, "team_id": 101}, "team_name='SRE'", METRICS, 102),
    }
    tasks = [
        {
            **keep(value=f"lookup('{LOOKUP}', {arguments})"),
            "name": name,
            "vars": as_variables({**options, **variables}),
            "ignore_errors": True,
        }
        for name, (variables, arguments, _guid, _team_id) in rows.items()
    ]

    run = playbook.run(tasks)

    for name, (_variables, _arguments, guid, team_id) in rows.items():
        task = run.task(name)
        assert task.status == "ok", f"{name}: {task.message}"
        assert task.result["ansible_facts"] == {"value": simulator.token(guid, team_id)}, name


# --- What is refused ---


def test_an_unknown_argument_is_refused_with_the_one_that_was_meant(playbook, simulator, options):
    run = playbook.run([keep(value=f"lookup('{LOOKUP}', tema_id=7)")], vars=as_variables(options))

    assert run.rc != 0
    assert "There is no option tema_id" in run.output
    assert "Did you mean team_id?" in run.output
    assert simulator.requests() == []


def test_bad_input_is_refused_at_the_right_step_with_the_option_and_a_remedy(playbook, simulator, options):
    table = bad_inputs(simulator)
    tasks = [
        {
            "name": row.name,
            "ansible.builtin.set_fact": {"sysdig": f"{{{{ lookup('{LOOKUP}', cache=false) }}}}"},
            "vars": as_variables({**options, "check_token": True, **row.changed}),
            "ignore_errors": True,
        }
        for row in table
    ]
    simulator.fault("html", path="/portal", times=None)

    run = playbook.run(tasks, "-vvv").succeeded()

    for row in table:
        failed = run.task(row.name)
        assert failed.status == "failed", row.name
        row.check(failed.message)
    assert [request["path"] for request in simulator.requests()] == [path for row in table for path in row.calls]
    assert "Traceback" not in run.output
    for secret in SECRETS:
        assert secret not in run.output


def test_no_secret_is_shown_by_a_run_that_uses_the_token(playbook, simulator, options):
    playbook.write("exporter.conf.j2", f"token={{{{ lookup('{LOOKUP}') }}}}\n")
    task = {
        "name": "Write",
        "ansible.builtin.template": {"src": "exporter.conf.j2", "dest": "exporter.conf", "mode": "0600"},
        "diff": False,
    }

    run = playbook.run([task], "-vvv", "--diff", vars=as_variables(options)).succeeded()

    assert run.task("Write").result["changed"] is True
    for secret in (*SECRETS, simulator.token(METRICS)):
        assert secret not in run.output
