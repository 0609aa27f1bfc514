# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A response is never a template: it arrives unchanged, wherever it goes, and nothing in it is evaluated."""

from __future__ import annotations

import json

import pytest
import yaml
from role_plays import play
from simulator.ids import METRICS, OWNER_API_KEY
from tasks import LOOKUP, as_variables, keep, retrieve

ACCESS_KEY_LOOKUP = "ibmcloud.sysdig.sysdig_access_key"
# Tokens have no blanks, which a template can do without.
FORMS = {
    "expression": "{{{{lookup('pipe','touch${{IFS}}{0}')}}}}",
    "statement": "{{%if(lookup('pipe','touch${{IFS}}{0}'))%}}yes{{%endif%}}",
    "cut in two": "}}}}{{{{lookup('pipe','touch${{IFS}}{0}')}}}}{{{{",
}


@pytest.fixture(params=FORMS)
def hostile(request, tmp_path):
    """A template that leaves a file behind when it is evaluated; the test fails if there is one."""
    canary = tmp_path / "canary"
    yield FORMS[request.param].format(canary)
    assert not canary.exists()


@pytest.fixture
def services(simulator, hostile):
    """Have them send it as the token, the access key, and the names of teams."""
    responses = {
        "/api/token": {"token": {"key": hostile}},
        "/api/customer/accessKeys": {"customerAccessKeys": [{"accessKey": hostile, "enabled": True}]},
        "/api/teams": {"teams": [{"id": 1, "name": hostile}]},
    }
    for path, body in responses.items():
        simulator.fault("status", status=200, body=json.dumps(body), path=path, times=None)


@pytest.mark.usefixtures("services")
def test_token_of_the_module(playbook, options, hostile):
    playbook.write("token.j2", "{{ sysdig.token }} {{ copied }}")
    tasks = [
        retrieve(options),
        keep(copied="sysdig.token", whole="sysdig"),
        {"name": "Again", **keep(again="copied", below="whole.token")},
        {"name": "Write", "ansible.builtin.template": {"src": "token.j2", "dest": "token", "mode": "0600"}},
        {"name": "Copy", "ansible.builtin.copy": {"content": "{{ indirect }}", "dest": "copy", "mode": "0600"}},
    ]

    run = playbook.run(tasks, vars={"indirect": "{{ sysdig.token }}"}).succeeded()

    assert [run.fact(name) for name in ("copied", "again", "below")] == [hostile] * 3
    assert (playbook.directory / "token").read_text() == f"{hostile} {hostile}"
    assert (playbook.directory / "copy").read_text() == hostile


@pytest.mark.usefixtures("services")
def test_values_of_the_lookups(playbook, options, hostile):
    playbook.write("token.j2", f"{{{{ lookup('{LOOKUP}') }}}} {{{{ below }}}}")
    variables = {
        "token": f"{{{{ lookup('{LOOKUP}') }}}}",
        "details": f"{{{{ lookup('{LOOKUP}', details=true) }}}}",
        "below": "{{ details.token }}",
        "listed": f"{{{{ query('{LOOKUP}', '{METRICS}') }}}}",
        "access_key": f"{{{{ lookup('{ACCESS_KEY_LOOKUP}') }}}}",
        "key_below": f"{{{{ lookup('{ACCESS_KEY_LOOKUP}', details=true).access_key }}}}",
    }
    kept = {name: name for name in ("token", "below", "access_key", "key_below")}
    tasks = [
        keep(**{f"kept_{name}": name for name in kept}, kept_listed="listed[0]", kept_details="details"),
        {"name": "Again", **keep(again="kept_token", again_below="kept_details.token")},
        {"name": "Write", "ansible.builtin.template": {"src": "token.j2", "dest": "token", "mode": "0600"}},
        {"name": "Copy", "ansible.builtin.copy": {"content": "{{ token }}", "dest": "copy", "mode": "0600"}},
    ]

    run = playbook.run(tasks, vars={**as_variables(options), **variables}).succeeded()

    facts = [*(f"kept_{name}" for name in kept), "kept_listed", "again", "again_below"]
    assert {name: run.fact(name) for name in facts} == dict.fromkeys(facts, hostile)
    assert (playbook.directory / "token").read_text() == f"{hostile} {hostile}"
    assert (playbook.directory / "copy").read_text() == hostile


@pytest.mark.usefixtures("services")
def test_files_of_the_role(playbook, at_simulator, etc, hostile):
    playbook.write("templates/mine.j2", "{{ sysdig.token }} {{ entry.src }} {{ sysdig | string }}")
    entries = [
        {"type": "token_file", "path": f"{etc}/token"},
        {"type": "env_file", "path": f"{etc}/env", "variables": {"A": {"from": "token"}}},
        {"type": "template", "path": f"{etc}/mine", "src": "mine.j2"},
        {"type": "grafana", "path": f"{etc}/grafana.yaml", "service": ""},
        {"type": "prometheus", "path": f"{etc}/prometheus/prometheus.yml", "service": "", "validate": ""},
        {"type": "agent", "path": f"{etc}/dragent.yaml", "service": "", "create": True},
    ]
    given = {**at_simulator, "api_key": OWNER_API_KEY, "instance_id": METRICS, "region": "us-south"}
    variables = {f"sysdig_integrations_{name}": value for name, value in given.items()}

    playbook.run_plays([play(variables, entries)]).succeeded()

    assert (etc / "token").read_text() == (etc / "prometheus" / "sysdig-token").read_text() == hostile
    assert (etc / "env").read_text().splitlines()[1] == 'A="' + hostile.replace("$", "\\$") + '"'
    assert (etc / "mine").read_text().startswith(f"{hostile} mine.j2 ")
    (source,) = yaml.safe_load((etc / "grafana.yaml").read_text())["datasources"]
    assert source["secureJsonData"]["httpHeaderValue1"] == "Bearer " + hostile.replace("$", "$$")
    assert yaml.safe_load((etc / "dragent.yaml").read_text())["customerid"] == hostile


@pytest.mark.usefixtures("services")
def test_words_of_a_failure(playbook, simulator, options, hostile):
    simulator.fault("status", status=400, body=json.dumps({"errorMessage": hostile}), service="iam", times=1)
    tasks = [
        retrieve(options, "Refused", ignore_errors=True),
        keep(refused="sysdig.msg"),
        retrieve({**options, "team_name": "nobody"}, "No such team", ignore_errors=True),
        {"name": "Team", **keep(unknown="sysdig.msg")},
        {
            "name": "Lookup",
            **keep(looked_up=f"lookup('{LOOKUP}')"),
            "vars": as_variables({**options, "team_name": "nobody"}),
            "ignore_errors": True,
            "register": "failed",
        },
        {"name": "Lookup's words", **keep(words="failed.msg")},
    ]

    run = playbook.run(tasks).succeeded()

    for name in ("refused", "unknown", "words"):
        assert hostile in run.fact(name), name
