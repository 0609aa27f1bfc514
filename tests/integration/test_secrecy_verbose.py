# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs that show all they can: at the highest verbosity, with differences, fact cache and retry files.

Each run is searched for secrets by ``playbook`` itself; the tests see to it that there is something to find.
"""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

import pytest
from simulator.ids import METRICS, OWNER_API_KEY
from tasks import LOOKUP, as_variables, retrieve

LOUD = ("-vvvvv", "--diff")
MODES = pytest.mark.parametrize("arguments", [LOUD, (*LOUD, "--check")], ids=["real", "check"])
ODD_KEY = "odd-key/with+signs=and'quotes\"or\\more$&<%7e"


def show(name):
    return {"name": f"Show {name}", "ansible.builtin.debug": {"var": name}}


def statuses(run):
    return {result.task: result.status for result in run.results}


@MODES
def test_module_that_succeeds(verbose, simulator, options, arguments):
    verbose.hosts("localhost", "other")
    tasks = [
        retrieve({**options, "check_token": True}, "Alone"),
        retrieve({**options, "team_id": "{{ item }}"}, "Loop", loop=[101, 102]),
        retrieve(options, "Until", until="false", retries=1, delay=0, ignore_errors=True),
        retrieve(options, "Delegated", delegate_to="other", run_once=True),
        retrieve(options, "Called a failure", failed_when=True, ignore_errors=True),
        retrieve({**options, "api_key": "", "iam_token": simulator.iam_token()}, "IAM token"),
    ]

    run = verbose.run(tasks, *arguments).succeeded()

    assert all(result.result["censored"] for result in run.results)
    assert len(simulator.requests("iam")) == 7


@MODES
def test_module_that_fails(verbose, simulator, options, arguments):
    verbose.secrets["an odd API key"] = ODD_KEY
    iam_token, token = simulator.iam_token(), simulator.token(METRICS)
    repeated = [ODD_KEY, quote(ODD_KEY, safe=""), base64.b64encode(ODD_KEY.encode()).decode()]
    for text in repeated:
        body = json.dumps({"errorCode": "E", "errorMessage": f"No key {text}"})
        simulator.fault("status", status=400, service="iam", body=body)
    simulator.fault("status", status=401, path="/api/token", body=json.dumps({"message": f"No token {iam_token}"}))
    simulator.fault("status", status=401, path="/api/users", body=json.dumps({"message": f"No token {token}"}))
    by_iam_token = {**options, "api_key": "", "iam_token": iam_token}
    given = {
        **{f"IAM repeats {number}": {**options, "api_key": ODD_KEY} for number in range(len(repeated))},
        "Sysdig repeats the IAM token": by_iam_token,
        "Sysdig repeats its own token": {**by_iam_token, "check_token": True},
        "Key in a mapping": {**options, "api_key": {"key": OWNER_API_KEY}},
        "Key in a list": {**options, "api_key": [OWNER_API_KEY]},
        "Two credentials": {**options, "iam_token": iam_token},
        "Wrong choice": {**options, "product": "sysdig"},
        "Wrong number": {**options, "retries": "many"},
        "Key as a number": {**options, "team_id": OWNER_API_KEY},
        "Key as an unknown option": {**options, "apikey": OWNER_API_KEY},
        "Undefined beside the key": {**options, "api_key": "{{ key }}{{ undefined_variable }}"},
        "Undefined after the key": {**options, "team_name": "{{ undefined_variable }}"},
    }
    tasks = [retrieve(changed, name, ignore_errors=True) for name, changed in given.items()]
    with_result = [step for task in tasks for step in (task, show("sysdig"))]
    until = retrieve({**options, "api_key": ODD_KEY}, "Until", until="sysdig is success", retries=1, delay=0)

    run = verbose.run([*with_result, {**until, "async": 0}], *arguments, vars={"key": OWNER_API_KEY})

    assert {task: status for task, status in statuses(run).items() if not task.startswith("Show")} == dict.fromkeys(
        [*given, "Until"], "failed"
    )
    assert "No key ********" in run.task("IAM repeats 0").message


@MODES
def test_lookups(verbose, simulator, options, arguments):
    verbose.environment["ANSIBLE_DEBUG"] = "1"
    verbose.secrets["an odd API key"] = ODD_KEY
    verbose.secret_files |= {"project/written"}
    verbose.write("exporter.conf.j2", "{{ token }} {{ key }}\n")
    hidden = {"diff": False, "no_log": True}
    written = {"dest": f"{verbose.directory}/written", "mode": "0600"}
    tasks = [
        {"name": "Copy", "ansible.builtin.copy": {"content": "{{ token }}", **written}, **hidden},
        {"name": "Template", "ansible.builtin.template": {"src": "exporter.conf.j2", **written}, **hidden},
        {"name": "Compare", "ansible.builtin.assert": {"that": ["token | length > 30", "key | length > 30"]}},
        {"name": "Fail", "ansible.builtin.assert": {"that": "token | length < 30"}, "ignore_errors": True},
    ]
    wrong = {
        "team": {"team_id": 999},
        "key": {"api_key": ODD_KEY},
        "key in a mapping": {"api_key": {"key": OWNER_API_KEY}},
        "key in a list": {"api_key": [OWNER_API_KEY]},
        "number": {"timeout": "soon"},
        "two": {"iam_token": simulator.iam_token()},
        "undefined": {"api_key": "{{ first }}{{ undefined_variable }}"},
    }
    for name, changed in wrong.items():
        task = {"name": name, "ansible.builtin.debug": {"msg": "{{ token }}"}, "vars": as_variables(changed)}
        tasks.append({**task, "ignore_errors": True})
    body = json.dumps({"errorCode": "E", "errorMessage": f"No key {ODD_KEY}"})
    simulator.fault("status", status=400, service="iam", body=body, path="/identity/token", times=0)
    variables = {
        **as_variables(options),
        "first": OWNER_API_KEY,
        "token": f"{{{{ lookup('{LOOKUP}') }}}}",
        "key": "{{ lookup('ibmcloud.sysdig.sysdig_access_key') }}",
    }

    run = verbose.run(tasks, *arguments, vars=variables)

    expected = {**dict.fromkeys(["Copy", "Template", "Compare"], "ok"), **dict.fromkeys(["Fail", *wrong], "failed")}
    assert statuses(run) == expected
