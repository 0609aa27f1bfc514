# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookup in real playbooks: how it is called, what it returns, and what it says of bad input."""

from __future__ import annotations

import re

import pytest
from bad_input import UNKNOWN_KEY, bad_inputs
from simulator.ids import (
    ENABLED_ACCESS_KEY,
    EUROPE,
    METRICS,
    ONE_TEAM_KEY,
    OWNER_API_KEY,
    PROTECTION,
    PROTECTION_ACCESS_KEY,
)
from tasks import LOOKUP, as_variables, evaluated, keep, paths

ACCESS_KEY_LOOKUP = "ibmcloud.sysdig.sysdig_access_key"


def test_it_works_in_a_template_file(playbook, simulator, options):
    playbook.secret_files |= {"project/exporter.conf"}
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
    assert paths(simulator) == ["/identity/token", "/api/token"]


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


def test_an_unknown_argument_is_refused_with_a_suggestion(playbook, simulator, options):
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
    playbook.secrets["an unknown API key"] = UNKNOWN_KEY

    run = playbook.run(tasks, "-vvv").succeeded()

    for row in table:
        failed = run.task(row.name)
        assert failed.status == "failed", row.name
        row.check(failed.message)
    assert paths(simulator) == [path for row in table for path in row.calls]
    assert "Traceback" not in run.output


def test_no_secret_is_shown_by_a_run_that_uses_the_token(playbook, simulator, options):
    playbook.secret_files |= {"project/exporter.conf"}
    playbook.write("exporter.conf.j2", f"token={{{{ lookup('{LOOKUP}') }}}}\n")
    task = {
        "name": "Write",
        "ansible.builtin.template": {"src": "exporter.conf.j2", "dest": "exporter.conf", "mode": "0600"},
        "diff": False,
    }

    run = playbook.run([task], "-vvv", "--diff", vars=as_variables(options)).succeeded()

    assert run.task("Write").result["changed"] is True


# --- Terms ------------------------------------------------------------------------------------------------------------


def test_an_empty_or_listed_term_is_an_error_instead_of_another_instance(playbook, simulator, at_simulator):
    variables = {**as_variables({**at_simulator, "api_key": OWNER_API_KEY}), "crns": [METRICS, EUROPE]}
    rows = {
        "null": (f"query('{LOOKUP}', '{METRICS}', none, '{EUROPE}')", "Term 2 of the lookup is empty"),
        "empty": (f"query('{LOOKUP}', '{METRICS}', '')", "Term 2 of the lookup is empty"),
        "omitted": (f"query('{LOOKUP}', nothing | default(omit))", "Term 1 of the lookup is empty"),
        "list": (f"query('{LOOKUP}', crns)", f"query('{LOOKUP}', *crns)"),
        "list for a key": (f"query('{ACCESS_KEY_LOOKUP}', crns)", f"query('{ACCESS_KEY_LOOKUP}', *crns)"),
        "no elements": (f"query('{LOOKUP}', [])", "Term 1 of the lookup is a list"),
        "beside": (f"query('{LOOKUP}', '{METRICS}', instance_id='{METRICS}')", "Leave out instance_id, or the term"),
    }
    tasks = [{**keep(value=row[0]), "name": name, "ignore_errors": True} for name, row in rows.items()]

    run = playbook.run(tasks, vars=variables)

    for name, (_expression, said) in rows.items():
        assert (run.task(name).status, said in run.task(name).message) == ("failed", True), run.task(name)
    assert simulator.requests() == []


def test_an_unpacked_list_is_one_result_for_each_element(playbook, simulator, options):
    """Of an empty list, Ansible passes on nothing, which means the instance of the variables."""
    variables = {**as_variables(options), "crns": [EUROPE, simulator.instance(PROTECTION)["crn"]]}
    expressions = {"several": f"query('{LOOKUP}', *crns)", "default": f"query('{LOOKUP}', *[])"}

    run = playbook.run([keep(**expressions)], vars=variables).succeeded()

    assert run.fact("several") == [simulator.token(EUROPE), simulator.token(PROTECTION)]
    assert run.fact("default") == [simulator.token(METRICS)]


@pytest.mark.parametrize("lookup", [LOOKUP, ACCESS_KEY_LOOKUP])
def test_with_loops_over_one_result_for_each_term(playbook, simulator, at_simulator, lookup):
    instances = [METRICS, simulator.instance(PROTECTION)["crn"]]
    variables = {**as_variables({**at_simulator, "api_key": OWNER_API_KEY}), "instances": instances}
    kept = {"ansible.builtin.set_fact": {"kept": "{{ kept | default([]) + [item] }}"}, "loop_control": {"label": "-"}}
    tasks = [
        {"name": "Written", **kept, f"with_{lookup}": instances},
        {"name": "Variable", **kept, f"with_{lookup}": "{{ instances }}"},
        {"name": "One", **kept, f"with_{lookup}": METRICS},
        {"name": "Empty", **kept, f"with_{lookup}": "", "ignore_errors": True},
    ]

    run = playbook.run(tasks, vars=variables).succeeded()

    one, other = {
        LOOKUP: (simulator.token(METRICS), simulator.token(PROTECTION)),
        ACCESS_KEY_LOOKUP: (ENABLED_ACCESS_KEY, PROTECTION_ACCESS_KEY),
    }[lookup]
    assert run.task("One").result["results"][-1]["ansible_facts"]["kept"] == [one, other, one, other, one]
    assert "Term 1 of the lookup is empty" in run.task("Empty").message


# --- Options that are not given, or nearly ----------------------------------------------------------------------------


def test_omit_null_and_the_empty_string_count_as_not_given(playbook, simulator, options):
    nothing = {"omit": "{{ undefined | default(omit) }}", "null": None, "empty": "", "empty template": "{{ '' }}"}
    tasks = [
        {
            **keep(value=f"lookup('{LOOKUP}')"),
            "name": name,
            "vars": {**as_variables(options), "sysdig_token_team_id": value, "sysdig_token_details": value},
        }
        for name, value in nothing.items()
    ]
    arguments = {"omit": "undefined | default(omit)", "null": "none", "empty": "''"}
    tasks += [
        {
            **keep(value=f"lookup('{LOOKUP}', team_id={value}, details={value}, cache={value}, token={value})"),
            "name": f"argument {name}",
            "vars": as_variables(options),
        }
        for name, value in arguments.items()
    ]

    run = playbook.run(tasks).succeeded()

    token = simulator.token(METRICS)
    assert [result.result["ansible_facts"]["value"] for result in run.results] == [token] * len(tasks)
    assert len(simulator.requests()) == 2


@pytest.mark.parametrize(("team_id", "number"), [(102.0, 7.0), ("102.0", "7.0"), ("{{ 101 + 1.0 }}", "{{ 7.0 }}")])
def test_a_whole_number_may_be_written_as_a_float(playbook, simulator, options, team_id, number):
    variables = as_variables({**options, "team_id": team_id, "timeout": number, "retries": number})

    assert evaluated(playbook, f"lookup('{LOOKUP}')", vars=variables) == simulator.token(METRICS, 102)


def test_a_variable_that_nearly_is_an_option_is_warned_of_once(playbook, simulator, options):
    """Though no request is made for the host that has it, and many evaluate it."""
    playbook.hosts("first", "second", "third")
    for host in ("second", "third"):
        playbook.write(f"host_vars/{host}.yml", {"sysdig_token_team": "SRE", "sysdig_token_helper": "mine"})
    variables = {**as_variables(options), "token": f"{{{{ lookup('{LOOKUP}') }}}}"}

    run = playbook.run([keep(a="token"), keep(b="token")], "--forks", "1", hosts="all", vars=variables).succeeded()

    words = " ".join(run.output.split())
    assert words.count("The variable sysdig_token_team is not an option of the lookups, and has no effect.") == 1
    assert "Did you mean sysdig_token_team_id or sysdig_token_team_name?" in words
    assert "sysdig_token_helper" not in run.output
    assert len(simulator.requests()) == 2


def test_an_argument_replaces_the_variables_that_belong_to_it(playbook, simulator, options):
    variables = as_variables({**options, "product": "secure", "region": "eu-de", "team_id": 102})
    crn = simulator.instance(METRICS)["crn"]
    rows = {
        "credential": (f"lookup('{LOOKUP}', '{crn}', iam_token='{{token}}', api_key='{ONE_TEAM_KEY}')", "both given"),
        "crn": (f"lookup('{LOOKUP}', '{crn}')", simulator.token(METRICS, 102)),
        "key": (f"lookup('{LOOKUP}', '{crn}', api_key='{ONE_TEAM_KEY}')", simulator.token(METRICS, 102)),
        "team": (f"lookup('{LOOKUP}', '{crn}', team_name='')", simulator.token(METRICS, 102)),
    }
    variables |= {"sysdig_token_iam_token": "", "sysdig_token_api_key_file": ""}
    tasks = [{**keep(value=row[0]), "name": name, "ignore_errors": True} for name, row in rows.items()]

    run = playbook.run(tasks, vars=variables)

    assert rows.pop("credential")[1] in run.task("credential").message
    for name, (_expression, token) in rows.items():
        assert run.task(name).result.get("ansible_facts") == {"value": token}, run.task(name)


# --- What it says -----------------------------------------------------------------------------------------------------


def test_a_missing_credential_says_where_a_lookup_looks(playbook, simulator, options):
    task = {**keep(value=f"lookup('{LOOKUP}')"), "environment": {"IBMCLOUD_API_KEY": OWNER_API_KEY}}

    run = playbook.run([task], vars=as_variables({**options, "api_key": ""}))

    assert "credential is missing" in run.task("Keep").message
    assert "`environment`" in run.task("Keep").message


def test_a_bad_value_is_named_as_the_user_wrote_it(playbook, simulator, options):
    tasks = [
        {**keep(value=f"lookup('{LOOKUP}')"), "name": "variable", "vars": as_variables({**options, "team_id": "SRE"})},
        {**keep(value=f"lookup('{LOOKUP}', team_id='SRE')"), "name": "argument", "vars": as_variables(options)},
    ]

    run = playbook.run([{**task, "ignore_errors": True} for task in tasks])

    assert "sysdig_token_team_id='SRE' is not a whole number" in run.task("variable").message
    assert "team_id='SRE' is not a whole number" in run.task("argument").message
    assert "sysdig_token_team_id" not in run.task("argument").message
    assert simulator.requests() == []


def test_requests_are_shown_from_three_v_on(playbook, simulator, options):
    uses = [f"lookup('{lookup}') | length > 0" for lookup in (LOOKUP, ACCESS_KEY_LOOKUP, LOOKUP)]
    tasks = [{"name": name, "ansible.builtin.assert": {"that": uses, "quiet": True}} for name in ("first", "second")]

    shown = playbook.run(tasks, "-vvv", vars=as_variables(options)).succeeded().output
    quiet = playbook.run(tasks, "-vv", vars=as_variables(options)).succeeded().output

    iam = simulator.requests()[0]
    lines = [re.sub(r", \d+ ms", "", line) for line in shown.splitlines() if line.startswith("ibmcloud.sysdig.")]
    assert lines == [
        f"{LOOKUP}: POST {simulator.url}/identity/token: 200, request ID {iam['request_id']}",
        f"{LOOKUP}: GET {simulator.url}/api/token: 200",
        f"{ACCESS_KEY_LOOKUP}: IAM token from the run cache",
        f"{ACCESS_KEY_LOOKUP}: GET {simulator.url}/api/customer/accessKeys: 200",
        f"{LOOKUP}: API token from the run cache",
        f"{LOOKUP}: API token from the run cache",
        f"{ACCESS_KEY_LOOKUP}: access key from the run cache",
        f"{LOOKUP}: API token from the run cache",
    ]
    assert "run cache" not in quiet
    assert f"{LOOKUP}: " not in quiet
