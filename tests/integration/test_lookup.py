# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookup in real playbooks: where it may stand, what it returns, and bad input."""

from __future__ import annotations

from bad_input import UNKNOWN_KEY, bad_inputs
from simulator.ids import EUROPE, METRICS, OWNER_API_KEY, PROTECTION
from tasks import LOOKUP, as_variables, evaluated, keep, paths


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
