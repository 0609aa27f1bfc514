# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the lookup's options come from, and which of several counts."""

from __future__ import annotations

import pytest
from simulator.ids import EUROPE, METRICS, OWNER_API_KEY, PROTECTION
from tasks import LOOKUP, as_variables, evaluated, keep


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
def test_a_secret_in_ansible_cfg_is_an_error(playbook, simulator, options, secret):
    playbook.write("ansible.cfg", f"[sysdig_token]\n{secret} = secret-of-the-file\n")
    playbook.secrets["the one in the file"] = "secret-of-the-file"

    run = playbook.run([keep(value=f"lookup('{LOOKUP}')")], "-vvv", vars=as_variables(options))

    assert run.rc != 0
    assert f"/project/ansible.cfg has {secret}, a secret" in run.task("Keep").message
    assert f"use the variable sysdig_token_{secret}" in run.task("Keep").message
    assert simulator.requests() == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("validate_certs", "ture"),
        ("check_token", "2"),
        ("details", "maybe"),
        ("cache", "of"),
        ("timeout", "soon"),
        ("endpoint_type", "Public"),
        ("auth_method", "apikey"),
    ],
)
def test_a_wrong_value_in_ansible_cfg_is_our_error(playbook, simulator, options, name, value):
    """Ansible itself takes whatever is not a yes for a no."""
    playbook.write("ansible.cfg", f"[sysdig_token]\n{name} = {value}\n")

    run = playbook.run([keep(value=f"lookup('{LOOKUP}')")], vars=as_variables(options))

    assert run.rc != 0
    assert f"{name} (section [sysdig_token] of ansible.cfg)='{value}' is not" in run.task("Keep").message
    assert "KeyError" not in run.output
    assert simulator.requests() == []


def test_an_unknown_name_in_ansible_cfg_is_warned_of_once(playbook, simulator, options):
    playbook.hosts("one", "two")
    playbook.write("ansible.cfg", "[sysdig_token]\nvalidate_cert = no\nteam_id = 102 ; SRE\n")

    run = playbook.run([keep(value=f"lookup('{LOOKUP}')")], hosts="all", vars=as_variables(options)).succeeded()

    words = " ".join(run.output.split())
    assert words.count("/project/ansible.cfg has validate_cert, which is not an option and has no effect.") == 1
    assert "Did you mean validate_certs?" in words
    assert run.fact("value", "two") == simulator.token(METRICS, 102)


def test_values_in_ansible_cfg_are_read_as_ansible_reads_its_own(playbook, simulator, at_simulator, tmp_path):
    """Quotes are taken off, a percent sign is a percent sign, and a path begins beside the file."""
    (playbook.directory / "key").write_text(OWNER_API_KEY, encoding="utf-8")
    stated = {**at_simulator, "api_key_file": "key", "instance_id": f"'{METRICS}'", "team_name": "100%", "retries": ""}
    playbook.write("ansible.cfg", "[sysdig_token]\n" + "".join(f"{name} = {value}\n" for name, value in stated.items()))

    run = playbook.run([keep(value=f"lookup('{LOOKUP}')")])

    assert "team_name='100%' is not one of the credential's teams" in run.task("Keep").message


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
        "instance name over id": ({"instance_id": METRICS}, "instance_name='metrics-europe'", EUROPE, None),
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


def test_an_empty_argument_is_no_second_instance_beside_a_term(playbook, simulator, options):
    del options["instance_id"]
    task = {
        **keep(value=f"lookup('{LOOKUP}', '{METRICS}', instance_id='')"),
        "name": "term",
        "vars": as_variables(options),
    }

    run = playbook.run([task]).succeeded()

    assert run.fact("value") == simulator.token(METRICS)


def test_a_credential_that_is_a_lookup_is_evaluated_at_every_reference(playbook, simulator, options, tmp_path):
    """As docs/lookup.md says; the token itself is retrieved once."""
    playbook.hosts("one", "two", "three")
    log = tmp_path / "requests-for-key"
    command = f"echo request >> {log}; echo {OWNER_API_KEY}"
    variables = {**as_variables(options), "sysdig_token_api_key": f"{{{{ lookup('pipe', '{command}') }}}}"}
    variables["token"] = f"{{{{ lookup('{LOOKUP}') }}}}"

    playbook.run([keep(a="token", b="token")], hosts="all", vars=variables).succeeded()

    assert log.read_text().splitlines() == ["request"] * 6
    assert len(simulator.requests("iam")) == 1
