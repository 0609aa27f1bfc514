# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two calls of the role in one playbook run that write the same, each in its own way, are an error."""

from __future__ import annotations

import pytest
from role_plays import GIVEN, NEXT_TOKEN, ROLE, TOKEN, WRITE, play

CRN = "crn:v1:bluemix:public:sysdig-monitor:us-south:a/0123456789abcdef0123456789abcdef:{}::"
US_GUID, DE_GUID = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
US = {"sysdig_integrations_instance_id": CRN.format(US_GUID)}
DE = {"sysdig_integrations_instance_id": CRN.format(DE_GUID)}
TEAM = {"sysdig_integrations_team_id": 102}
OTHER_TOKEN = {"sysdig_integrations_token": NEXT_TOKEN}

ENV = {"type": "env_file", "path": "DIR/env", "service": ""}
GRAFANA = {"type": "grafana", "path": "DIR/sysdig.yaml", "service": "", "group": "root"}
PROMETHEUS = {"type": "prometheus", "path": "DIR/p.yml", "validate": "", "service": "", "group": "root", "create": True}

CHECK = {"check_mode": True}

# Per name: calls as entry, variables and keywords; what the last one says if it fails.
CALLS = {
    "a token file of two instances": (
        [(PROMETHEUS | {"token_path": "DIR/t"}, US), (PROMETHEUS | {"name": "de", "token_path": "DIR/t"}, DE)],
        "Entry 1 (prometheus) and Entry 1 (prometheus) of an earlier call of the role in this playbook run both write"
        f" DIR/t, but not the same: instance {DE_GUID} here, {US_GUID} there. Give one"
        " of them another token_path. Nothing was changed on this host.",
    ),
    "a file of two data sources": (
        [(GRAFANA | {"name": "US"}, {}), (GRAFANA | {"name": "SRE"}, OTHER_TOKEN)],
        "both write DIR/sysdig.yaml, but not the same: other options. Give one of them another path.",
    ),
    "a name of two teams": (
        [(PROMETHEUS, {}), (PROMETHEUS, TEAM)],
        "both write DIR/sysdig-token, but not the same: team 102 here, not named there.",
    ),
    "a file of two products": (
        [(ENV, {}), (ENV, {"sysdig_integrations_product": "secure"})],
        "product secure here, monitor there",
    ),
    "another token of the same": ([(ENV, {}), (ENV, OTHER_TOKEN)], None),
    "another name in one file": ([(PROMETHEUS, US), (PROMETHEUS | {"name": "de"}, DE)], None),
    "absent in between": ([(ENV, US), (ENV | {"state": "absent"}, US), (ENV, DE)], None),
    "absent, then present": ([(ENV | {"state": "absent"}, US), (ENV, DE)], None),
    "after check mode": ([(ENV, US, CHECK), (ENV, DE)], None),
    "both in check mode": (
        [(ENV, US, CHECK), (ENV, DE, CHECK)],
        f"both write DIR/env, but not the same: instance {DE_GUID} here, {US_GUID} there.",
    ),
    "check mode after the run": (
        [(ENV, US), (ENV, DE, CHECK)],
        f"both write DIR/env, but not the same: instance {DE_GUID} here, {US_GUID} there.",
    ),
    "absent in check mode in between": ([(ENV, US), (ENV | {"state": "absent"}, US, CHECK), (ENV, DE, CHECK)], None),
    "a failure in check mode": (
        [(ENV | {"group": "nobody-here"}, US, CHECK | {"fails": True}), (ENV, DE, CHECK)],
        None,
    ),
    "after a failure": ([(ENV | {"validate": "false %s"}, US, {"fails": True}), (ENV, DE)], None),
}


def tasks(number, calls):
    """One block: a call that fails as it should is rescued, so that the next is made."""
    for entry, variables, *keywords in calls:
        further = keywords[0] if keywords else {}
        entry = {name: in_directory(value, number) for name, value in entry.items()}
        call = {"ansible.builtin.import_role": {"name": ROLE}}
        call |= {"vars": {**GIVEN, **variables, "sysdig_integrations_list": [entry]}}
        mode = {name: value for name, value in further.items() if name != "fails"}
        yield {"block": [call], "rescue": [{"ansible.builtin.meta": "noop"}], **mode}


def in_directory(value, number):
    return value.replace("DIR", f"{{{{ etc }}}}/{number}") if isinstance(value, str) else value


@pytest.fixture
def results(playbook, etc):
    """Run all calls in one playbook run. Return the outcomes of each case."""
    playbook.secrets |= {"the token": TOKEN, "the next token": NEXT_TOKEN}
    playbook.secret_files |= {"etc/*/env", "etc/*/t", "etc/*/*-token", "etc/*/sysdig.yaml"}
    all_tasks = [task for number, (calls, _said) in enumerate(CALLS.values()) for task in tasks(number, calls)]
    run = playbook.run_plays([play({"etc": str(etc)}, roles=[], tasks=all_tasks)]).succeeded()
    outcomes = iter([result for result in run.results if result.task.endswith(WRITE)])
    return {name: [next(outcomes) for _call in calls] for name, (calls, _said) in CALLS.items()}


def test_calls_that_contradict_each_other_fail_and_no_others(results, etc):
    for number, (name, (calls, said)) in enumerate(CALLS.items()):
        *first, last = results[name]
        expected = ["failed" if "fails" in (further or [{}])[0] else "ok" for _entry, _vars, *further in calls[:-1]]
        assert [outcome.status for outcome in first] == expected, (name, first)
        assert last.status == ("failed" if said else "ok"), (name, last.message)
        assert said is None or said.replace("DIR", f"{etc}/{number}") in last.message, name


def test_a_ledger_that_cannot_be_written_fails_before_the_host_is_touched(playbook, etc, tmp_path):
    playbook.secrets["the token"] = TOKEN
    entry = {name: in_directory(value, 0) for name, value in ENV.items()}
    block = {"ansible.builtin.copy": {"dest": "{{ place }}/ibmcloud.sysdig.ledger", "content": "in the way"}}
    find = {"ansible.builtin.set_fact": {"place": "{{ lookup('ansible.builtin.pipe', 'ls -d ' ~ local ~ '/*') }}"}}
    variables = {**GIVEN, "etc": str(etc), "local": str(tmp_path / "local")}
    run = playbook.run_plays([play(variables, [entry], pre_tasks=[find, block])])
    assert run.rc == 2
    message = run.task(WRITE).message
    assert "ibmcloud.sysdig.ledger" in message
    assert message.endswith("ANSIBLE_LOCAL_TEMP. Nothing was changed on this host.")
    assert not list(etc.glob("0/*"))
