# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module of access keys as a task of a real playbook: what it sends, returns, shows and refuses."""

from __future__ import annotations

import json
import re

import pytest
from simulator.ids import (
    DISABLED_ACCESS_KEY,
    ENABLED_ACCESS_KEY,
    KEYS_AUDIT_TEAM,
    KEYS_EDGE_TEAM,
    KEYS_OWNER_KEY,
    KEYS_SECURE,
    KEYS_SECURE_AUDIT,
    METRICS,
    OWNER_API_KEY,
    READER_KEY,
)
from tasks import keep

MODULE = "ibmcloud.sysdig.sysdig_access_key"
KEYS = "/api/customer/accessKeys"
UNKNOWN = "00000000-feed-4000-8000-00000000ffff"
KEEP = keep(value="managed")


def manage(options, name="Manage", **keywords):
    """A task with the module; its result is in the variable ``managed``."""
    return {"name": name, MODULE: options, "register": "managed", **keywords}


def changes(simulator):
    """The requests that may have changed an access key."""
    calls = [(request["method"], request["path"]) for request in simulator.requests("sysdig")]
    return [call for call in calls if call[0] != "GET"]


def states(simulator, tenant=METRICS):
    return {key["key"]: key["enabled"] for key in simulator.access_keys(tenant)}


def test_the_result_has_the_documented_values(playbook, simulator, options):
    crn = simulator.instance(METRICS)["crn"]

    run = playbook.run([manage({**options, "instance_id": crn}), KEEP]).succeeded()

    assert run.fact("value") == {
        "changed": False,
        "failed": False,
        "access_key": ENABLED_ACCESS_KEY,
        "access_key_source": "iam_token",
        "product": "monitor",
        "region": "us-south",
        "instance_id": METRICS,
        "team_id": None,
        "url": simulator.url,
        "endpoints": {
            "api": simulator.url,
            "collector": "ingest.us-south.monitoring.cloud.ibm.com",
            "collector_port": 6443,
            "remote_write": "https://ingest.prws.us-south.monitoring.cloud.ibm.com/prometheus/remote/write",
            "prometheus": f"{simulator.url}/prometheus",
        },
    }
    (listing,) = simulator.requests("sysdig")
    assert (listing["method"], listing["path"]) == ("GET", KEYS)
    assert dict(listing["headers"])["IBMInstanceID"] == METRICS


def test_a_key_from_its_creation_to_its_end(playbook, simulator, options):
    def state(name, **keywords):
        return manage({**options, "access_key": "{{ new }}", "state": name}, name, **keywords)

    tasks = [
        manage({**options, "rotate": True}, "Rotate"),
        keep(new="managed.access_key"),
        state("disabled"),
        state("enabled"),
        state("absent"),
        manage({**options, "access_key": "{{ new }}", "state": "absent"}, "Once more"),
    ]

    run = playbook.run(tasks).succeeded()

    new = run.fact("new")
    assert changes(simulator) == [
        ("POST", KEYS),
        ("POST", f"{KEYS}/{new}/disable"),
        ("POST", f"{KEYS}/{new}/enable"),
        ("POST", f"{KEYS}/{new}/disable"),
        ("DELETE", f"{KEYS}/{new}"),
    ]
    ids = [dict(request["headers"]).get("IBMInstanceID") for request in simulator.requests("sysdig")]
    assert set(ids) == {METRICS}
    assert [run.task(task).result["changed"] for task in ("Rotate", "disabled", "absent", "Once more")] == [
        *(True, True, True, False)
    ]
    assert states(simulator) == {DISABLED_ACCESS_KEY: False, ENABLED_ACCESS_KEY: True}


def test_check_mode_changes_nothing_and_says_what_it_would_change(playbook, simulator, options):
    before = states(simulator)
    given = {
        "Create": {"rotate": True},
        "Find": {},
        "Disable": {"access_key": ENABLED_ACCESS_KEY, "state": "disabled"},
        "Enable": {"access_key": DISABLED_ACCESS_KEY, "state": "enabled"},
        "Is disabled": {"access_key": DISABLED_ACCESS_KEY, "state": "disabled"},
        "Delete": {"access_key": ENABLED_ACCESS_KEY, "state": "absent"},
    }
    tasks = [manage({**options, **own}, name) for name, own in given.items()]
    creation = [tasks[0], {"name": "Look", "ansible.builtin.assert": {"that": "managed.access_key is none"}}]

    run = playbook.run([*creation, *tasks[1:]], "--check").succeeded()

    assert [name for name in given if run.task(name).result["changed"]] == ["Create", "Disable", "Enable", "Delete"]
    assert (changes(simulator), states(simulator)) == ([], before)


@pytest.mark.parametrize("arguments", [("--diff",), ("--diff", "--check")])
def test_the_difference_names_a_key_by_its_first_characters(playbook, simulator, options, arguments):
    tasks = [
        manage({**options, "access_key": ENABLED_ACCESS_KEY, "state": "disabled"}, "Disable"),
        manage({**options, "access_key": DISABLED_ACCESS_KEY, "state": "disabled"}, "Nothing to do"),
        manage({**options, "rotate": True}, "Create"),
        manage({**options, "rotate": True}, "Hidden", no_log=True),
    ]

    run = playbook.run(tasks, *arguments).succeeded()

    lines = [line for line in run.stdout.splitlines() if line.startswith(("+", "-"))]
    assert lines[:2] == ["-access key 0000...: enabled", "+access key 0000...: disabled"]
    assert len(lines) == 3
    assert re.fullmatch(r"\+(access key \w{4}\.\.\.|a new access key): enabled", lines[2])


def test_a_success_is_censored_in_every_kind_of_task_without_no_log(playbook, simulator, options):
    disable = {**options, "state": "disabled", "access_key": ENABLED_ACCESS_KEY}
    tasks = [
        manage(options, "Alone"),
        manage({**options, "team_id": "{{ item }}"}, "In a loop", loop=[101, 102]),
        manage(options, "Delegated", delegate_to="other", run_once=True),
        manage(options, "Called a failure", failed_when=True, ignore_errors=True),
        manage({**options, "rotate": True}, "Created"),
        manage(disable, "Changed"),
    ]
    playbook.hosts("localhost", "other")

    run = playbook.run(tasks, "-vvv", "--diff").succeeded()

    assert len(run.results) == len(tasks)
    for result in run.results:
        assert result.result["censored"], result.task
        assert not {"endpoints", "invocation", "diff"} & set(result.result), result.task


def test_a_team_is_served_by_its_own_key_only(playbook, simulator, options):
    secure = {**options, "api_key": KEYS_OWNER_KEY, "instance_id": KEYS_SECURE, "product": "secure", "region": "eu-de"}
    before = states(simulator, KEYS_SECURE)
    tasks = [
        manage({**secure, "team_id": KEYS_AUDIT_TEAM}, "Has one"),
        KEEP,
        manage({**secure, "team_id": KEYS_EDGE_TEAM}, "Has none", ignore_errors=True),
        manage({**secure, "team_name": "Audit", "rotate": True}, "Rotate", ignore_errors=True),
    ]

    run = playbook.run(tasks).succeeded()

    assert run.fact("value")["access_key"] == KEYS_SECURE_AUDIT
    assert run.fact("value")["team_id"] == KEYS_AUDIT_TEAM
    for name, team in (("Has none", "1503"), ("Rotate", "Audit (1502)")):
        assert run.task(name).status == "failed"
        assert f"no access key of the team {team} can be created" in run.task(name).message
    assert (changes(simulator), states(simulator, KEYS_SECURE)) == ([], before)


@pytest.mark.parametrize("group", ["group/ibmcloud.sysdig.all", "group/all"])
@pytest.mark.parametrize(
    "default",
    [{"state": "absent"}, {"state": ""}, {"rotate": True}, {"access_key": ENABLED_ACCESS_KEY, "state": "absent"}],
    ids=str,
)
def test_what_to_do_with_a_key_is_no_default_of_a_group(playbook, simulator, options, group, default):
    defaults = {group: {**options, **default}} if group.endswith(".all") else {group: default}
    own = {} if group.endswith(".all") else options
    play = {"module_defaults": defaults, "collections": ["ibmcloud.sysdig"]}

    run = playbook.run([manage(own, "Plain"), manage({**own, "access_key": ENABLED_ACCESS_KEY}, "Named")], **play)

    assert states(simulator) == {DISABLED_ACCESS_KEY: False, ENABLED_ACCESS_KEY: True}
    assert changes(simulator) == []
    if group == "group/ibmcloud.sysdig.all":
        message = run.task("Plain").message
        assert re.match(r"(state|rotate|access_key) is in the module_defaults of group/ibmcloud\.sysdig\.all", message)
        assert simulator.requests() == []


def test_a_template_of_module_defaults_is_looked_into(playbook, simulator, options):
    play = {"module_defaults": {"group/ibmcloud.sysdig.all": "{{ all_of_them }}"}}
    values = {**options, "state": "absent", "access_key": ENABLED_ACCESS_KEY}

    run = playbook.run([manage({}, "Plain")], **play, vars={"all_of_them": values})

    assert run.rc != 0
    assert simulator.requests() == []


def test_retrieval_options_come_from_the_group_and_what_to_do_from_the_module(playbook, simulator, options):
    defaults = {
        "group/ibmcloud.sysdig.all": options,
        MODULE: {"state": "disabled", "access_key": ENABLED_ACCESS_KEY},
    }

    playbook.run([manage({})], module_defaults=defaults).succeeded()

    assert changes(simulator) == [("POST", f"{KEYS}/{ENABLED_ACCESS_KEY}/disable")]


def test_a_failure_is_one_sentence_without_the_key(playbook, simulator, options):
    wrong = {
        "Unknown": {"state": "disabled", "access_key": UNKNOWN},
        "Missing": {"state": "absent"},
        "With present": {"access_key": UNKNOWN},
        "Rotate": {"rotate": True, "state": "enabled", "access_key": UNKNOWN},
        "Reader": {"rotate": True, "api_key": READER_KEY},
        "Reader disables": {"state": "disabled", "access_key": ENABLED_ACCESS_KEY, "api_key": READER_KEY},
        "Choice": {"state": "gone"},
        "Truth": {"rotate": UNKNOWN},
        "Misspelt": {"acces_key": UNKNOWN},
        "Key elsewhere": {"access_key": UNKNOWN, "state": UNKNOWN},
    }
    playbook.secrets["a key that nobody has"] = UNKNOWN
    tasks = [manage({**options, **own}, name, ignore_errors=True) for name, own in wrong.items() if name != "Truth"]
    said = {
        "Unknown": "access_key=0000... is not one of the access keys of the instance",
        "Missing": "access_key is missing: state=absent needs to know which one",
        "With present": "access_key cannot be used with state=present",
        "Rotate": "rotate cannot be used with state=enabled",
        "Reader": "only a Manager changes them",
        "Reader disables": "only a Manager changes them",
        "Choice": "state='gone' is not one of present, disabled, enabled, absent",
        "Misspelt": "There is no option acces_key.",
        "Key elsewhere": "state='********' is not one of",
    }

    run = playbook.run(tasks, "-vvv").succeeded()

    for name, text in said.items():
        assert run.task(name).status == "failed", name
        assert text in run.task(name).message, name
    assert "Traceback" not in run.output
    assert changes(simulator) == [("POST", KEYS), ("POST", f"{KEYS}/{ENABLED_ACCESS_KEY}/disable")]
    assert [request["status"] for request in simulator.requests("sysdig") if request["method"] == "POST"] == [403, 403]


def test_requests_are_shown_from_vvv_on_without_the_key_in_their_path(playbook, simulator, options):
    odd = simulator.add_access_key(METRICS, key="odd/key+with=signs")
    playbook.secrets["an odd key"] = odd
    tasks = [
        manage({**options, "state": "disabled", "access_key": ENABLED_ACCESS_KEY}),
        manage({**options, "state": "absent", "access_key": odd}),
        {"name": "Keep", "ansible.builtin.set_fact": {"keys": "{{ managed.keys() | list }}"}},
    ]

    run = playbook.run(tasks, "-vvvvv", "--diff").succeeded()

    base = f"{simulator.url}{KEYS}"
    assert f"GET {base}: 200, " in run.output
    assert f"POST {base}/.../disable: 200, " in run.output
    assert f"DELETE {base}/********: 204, " in run.output
    assert not {"requests", "diff"} & set(run.fact("keys"))


def test_a_service_that_repeats_the_path_of_a_failed_call_shows_no_key(playbook, simulator, options):
    body = json.dumps({"message": f"{KEYS}/{ENABLED_ACCESS_KEY}/disable is not for {OWNER_API_KEY}"})
    simulator.fault("status", status=403, path=f"{KEYS}/", body=body)
    task = manage({**options, "state": "disabled", "access_key": ENABLED_ACCESS_KEY}, ignore_errors=True)

    run = playbook.run([task], "-vvvvv").succeeded()

    assert "/********/disable is not for ********" in run.task("Manage").message


def test_options_come_from_the_environment_of_the_task(playbook, simulator):
    environment = {
        "IBMCLOUD_API_KEY": OWNER_API_KEY,
        "IBMCLOUD_IAM_API_ENDPOINT": simulator.url,
        "SYSDIG_MONITOR_URL": simulator.url,
        "SYSDIG_IBM_MONITOR_INSTANCE_ID": METRICS,
        "REQUESTS_CA_BUNDLE": simulator.ca_file,
    }

    run = playbook.run([manage({}), KEEP], environment=environment).succeeded()

    assert run.fact("value")["access_key"] == ENABLED_ACCESS_KEY


def test_async_is_refused_because_its_result_would_show_the_key(playbook, simulator, options):
    run = playbook.run([{**manage(options), "async": 10, "poll": 0}])

    assert run.rc != 0
    assert simulator.requests() == []
