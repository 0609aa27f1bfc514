# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module as a task of a real playbook: its result, what a run shows of it, and bad input."""

from __future__ import annotations

import platform

from bad_input import UNKNOWN_KEY, bad_inputs
from simulator.ids import METRICS, OWNER_API_KEY, PROTECTION
from tasks import keep, paths, retrieve

KEEP = keep(value="sysdig")


def test_the_result_has_the_documented_values_and_nothing_changed(playbook, simulator, options):
    crn = simulator.instance(METRICS)["crn"]
    run = playbook.run([retrieve({**options, "instance_id": crn, "team_name": "SRE", "check_token": True}), KEEP])

    assert run.succeeded().fact("value") == {
        "changed": False,
        "failed": False,
        "token": simulator.token(METRICS, 102),
        "product": "monitor",
        "region": "us-south",
        "instance_id": METRICS,
        "team_id": 102,
        "team_name": "SRE",
        "url": simulator.url,
        "endpoints": {
            "api": simulator.url,
            "collector": "ingest.us-south.monitoring.cloud.ibm.com",
            "collector_port": 6443,
            "remote_write": "https://ingest.prws.us-south.monitoring.cloud.ibm.com/prometheus/remote/write",
            "prometheus": f"{simulator.url}/prometheus",
        },
    }


def test_a_success_is_censored_in_every_kind_of_task_without_no_log(playbook, simulator, options):
    tasks = [
        retrieve(options, "Alone"),
        retrieve({**options, "team_id": "{{ item }}"}, "In a loop", loop=[101, 102]),
        retrieve(options, "Until", until="false", retries=1, delay=0, ignore_errors=True),
        retrieve(options, "Delegated", delegate_to="other", run_once=True),
        retrieve(options, "Called a failure", failed_when=True, ignore_errors=True),
        retrieve(options, "Called a change", changed_when=True),
        retrieve(options, "Checked", check_mode=True, diff=True),
    ]
    playbook.hosts("localhost", "other")

    run = playbook.run(tasks, "-vvv", "--diff").succeeded()

    assert len(run.results) == len(tasks)
    for result in run.results:
        assert result.result["censored"], result.task
        assert "endpoints" not in str(result), result.task
        assert "invocation" not in str(result), result.task
    assert [result.result["changed"] for result in run.results if result.task == "Called a change"] == [True]


def test_a_failure_is_readable_and_shows_no_secret(playbook, simulator, options):
    playbook.secrets["an unknown API key"] = UNKNOWN_KEY
    run = playbook.run([retrieve({**options, "api_key": UNKNOWN_KEY}, ignore_errors=True)], "-vvv")

    failed = run.succeeded().task("Retrieve")
    assert failed.status == "failed"
    assert "Provided API key could not be found" in failed.message
    assert {name: failed.result[name] for name in ("step", "status", "code")} == {
        "step": "IAM login",
        "status": 400,
        "code": "BXNIM0415E",
    }
    assert failed.message in run.output
    assert "Traceback" not in run.output


def test_async_is_refused_because_its_result_would_show_the_token(playbook, simulator, options):
    """``async_status`` would return the token, and hide nothing."""
    run = playbook.run([{**retrieve(options), "async": 10, "poll": 0}])

    assert run.rc != 0
    assert "async" in run.task("Retrieve").message
    assert simulator.requests() == []


def test_check_mode_retrieves_like_any_other_run(playbook, simulator, options):
    run = playbook.run([retrieve(options), KEEP], "--check").succeeded()

    assert run.fact("value")["token"] == simulator.token(METRICS)


def test_options_come_from_the_group_of_module_defaults_too(playbook, simulator, options, at_simulator):
    defaults = {**at_simulator, "api_key": "{{ key }}", "instance_id": PROTECTION, "product": "secure", "team_id": ""}
    play = {"module_defaults": {"group/ibmcloud.sysdig.all": defaults}, "vars": {"key": OWNER_API_KEY}}

    run = playbook.run(
        [
            retrieve({}),
            {**KEEP, "name": "All"},
            retrieve({"team_name": "Audit"}, "Own"),
            KEEP,
        ],
        **play,
    )

    assert run.succeeded().task("All").result["ansible_facts"]["value"]["token"] == simulator.token(PROTECTION)
    assert run.task("Keep").result["ansible_facts"]["value"]["token"] == simulator.token(PROTECTION, 202)


def test_options_come_from_the_environment_of_the_task(playbook, simulator):
    environment = {
        "IBMCLOUD_API_KEY": OWNER_API_KEY,
        "IBMCLOUD_IAM_API_ENDPOINT": simulator.url,
        "SYSDIG_SECURE_URL": simulator.url,
        "SYSDIG_IBM_SECURE_INSTANCE_ID": PROTECTION,
        "SYSDIG_SECURE_TEAM_ID": "202",
        "SYSDIG_MONITOR_TEAM_ID": "999",
        "REQUESTS_CA_BUNDLE": simulator.ca_file,
    }

    run = playbook.run([retrieve({"product": "secure"}), KEEP], environment=environment)

    assert run.succeeded().fact("value")["token"] == simulator.token(PROTECTION, 202)


def test_options_of_the_task_win_over_its_environment_and_empty_ones_do_not(playbook, simulator, options):
    environment = {"IBMCLOUD_API_KEY": "wrong", "SYSDIG_MONITOR_URL": "https://nowhere.invalid", "IC_REGION": "eu-de"}
    empty = dict.fromkeys(
        ("iam_token", "team_id", "team_name", "check_token", "endpoint_type", "timeout", "region"), ""
    )

    result = playbook.run([retrieve({**options, **empty}), KEEP], environment=environment).succeeded().fact("value")

    assert (result["token"], result["region"]) == (simulator.token(METRICS), "eu-de")


def test_a_value_of_the_wrong_type_fails_with_the_name_of_the_option(playbook, simulator, options):
    wrong = {"team_id": "SRE", "retries": "many", "validate_certs": "perhaps", "product": "sysdig", "tema_id": 7}
    tasks = [retrieve({**options, name: value}, name, ignore_errors=True) for name, value in wrong.items()]

    run = playbook.run(tasks, "-vvv").succeeded()

    for name in wrong:
        assert run.task(name).status == "failed"
        assert name in run.task(name).message
    assert simulator.requests() == []


def test_bad_input_is_refused_at_the_right_step_with_the_option_and_a_remedy(playbook, simulator, options):
    table = bad_inputs(simulator)
    tasks = [
        retrieve({**options, "check_token": True, **row.changed}, row.name, ignore_errors=True, timeout=120)
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


def test_numbers_and_truth_values_may_be_written_as_templates_make_them(playbook, simulator, options):
    written = {"team_id": "{{ 102.0 }}", "timeout": 7.0, "retries": "{{ '0.0' }}", "check_token": "{{ 'yes' }}"}

    result = playbook.run([retrieve({**options, **written}), KEEP]).succeeded().fact("value")

    assert (result["token"], result["team_id"]) == (simulator.token(METRICS, 102), 102)


def test_a_misspelt_option_is_refused_before_its_value_is_shown(playbook, simulator, options):
    playbook.secrets |= {"a key by a wrong name": UNKNOWN_KEY}
    wrong = ("apikey", "token", "iam_tokens")
    playbook.write("group_vars/all.yml", {"secret": UNKNOWN_KEY})
    tasks = [retrieve({**options, name: "{{ secret }}"}, name, ignore_errors=True) for name in wrong]

    run = playbook.run(tasks, "-vvv").succeeded()

    for name in wrong:
        assert f"There is no option {name}." in run.task(name).message
    assert "Did you mean api_key?" in run.task("apikey").message
    assert simulator.requests() == []


def test_requests_are_shown_from_vvv_on_and_never_returned(playbook, simulator, options):
    tasks = [
        retrieve(options, "Good"),
        retrieve({**options, "api_key": UNKNOWN_KEY}, "Bad", ignore_errors=True),
        {"name": "Keep", "ansible.builtin.set_fact": {"keys": "{{ sysdig.keys() | list }}"}},
    ]
    playbook.secrets["an unknown API key"] = UNKNOWN_KEY

    verbose, quiet = playbook.run(tasks, "-vvv").succeeded(), playbook.run(tasks, "-vv").succeeded()

    first, _token, _bad = simulator.requests()[:3]
    line = f"POST {simulator.url}/identity/token: 200, request ID {first['request_id']}, "
    assert line in verbose.output
    assert f"GET {simulator.url}/api/token: 200, " in verbose.output
    assert f"POST {simulator.url}/identity/token: 400, " in verbose.output
    assert "/identity/token: " not in quiet.output
    assert "requests" not in verbose.fact("keys") + quiet.fact("keys")


def test_the_services_id_of_a_failed_request_is_in_message_and_result(playbook, simulator, options):
    run = playbook.run([retrieve({**options, "api_key": "unknown"}, ignore_errors=True)]).succeeded()

    request_id = simulator.requests()[-1]["request_id"]
    assert run.task("Retrieve").result["request_id"] == request_id
    assert run.task("Retrieve").message.endswith(f"Request ID: {request_id}.")


def test_a_bad_value_of_the_tasks_environment_is_named_by_its_variable(playbook, simulator, options):
    environment = {"IBMCLOUD_API_KEY": "two\nlines", "SYSDIG_MONITOR_INSECURE_TLS": "ture"}
    tasks = [
        retrieve({**options, "api_key": ""}, "Key", ignore_errors=True),
        retrieve({**options}, "Switch", ignore_errors=True),
        retrieve({**options, "api_key": "", "auth_method": "iam_token"}, "Nothing", ignore_errors=True),
    ]

    run = playbook.run(tasks, environment=environment).succeeded()

    place = f"(environment of the task on {platform.node()})"
    assert f"IBMCLOUD_API_KEY {place} holds a line break" in run.task("Key").message
    assert f"SYSDIG_MONITOR_INSECURE_TLS {place}='ture' is not one of true, false" in run.task("Switch").message
    assert f"the environment of the task on {platform.node()} have one" in run.task("Nothing").message
    assert simulator.requests() == []


def test_terraforms_variable_for_insecure_tls_counts(playbook, simulator, options):
    without = {**options, "ca_path": ""}

    run = playbook.run([retrieve(without), KEEP], environment={"SYSDIG_MONITOR_INSECURE_TLS": "true"}).succeeded()

    assert run.fact("value")["token"] == simulator.token(METRICS)
