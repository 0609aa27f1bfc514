# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookup of the access key in real playbooks: the same options, and one request of each kind per playbook run."""

from __future__ import annotations

import json

from simulator.ids import (
    ENABLED_ACCESS_KEY,
    IAM_ONLY,
    IAM_ONLY_ACCESS_KEY,
    METRICS,
    PROTECTION,
    PROTECTION_ACCESS_KEY,
)
from tasks import as_variables, keep, paths

LOOKUP = "ibmcloud.sysdig.sysdig_access_key"
TOKEN_LOOKUP = "ibmcloud.sysdig.sysdig_token"
REQUESTS = ["/identity/token", "/api/customer/accessKeys"]


def test_thirty_references_on_ten_hosts_make_one_request_of_each_kind(playbook, simulator, options):
    hosts = [f"host{number}" for number in range(10)]
    playbook.hosts(*hosts)
    variables = {**as_variables(options), "key": f"{{{{ lookup('{LOOKUP}') }}}}"}
    variables["token"] = f"{{{{ lookup('{TOKEN_LOOKUP}') }}}}"

    run = playbook.run([keep(a="key", b="token", c="key")], "--forks", "10", hosts="all", vars=variables).succeeded()

    token = simulator.token(METRICS)
    assert [run.task("Keep", host).result["ansible_facts"] for host in hosts] == [
        {"a": ENABLED_ACCESS_KEY, "b": token, "c": ENABLED_ACCESS_KEY}
    ] * 10
    assert paths(simulator) == [*REQUESTS, "/api/token"]


def test_terms_and_details(playbook, simulator, options):
    crn = simulator.instance(PROTECTION)["crn"]
    variables = as_variables({name: value for name, value in options.items() if name != "instance_id"})
    expressions = {
        "both": f"query('{LOOKUP}', '{METRICS}', '{crn}')",
        "details": f"lookup('{LOOKUP}', '{crn}', details=true)",
    }

    run = playbook.run([keep(**expressions)], vars=variables).succeeded()

    facts = run.task("Keep").result["ansible_facts"]
    assert facts["both"] == [ENABLED_ACCESS_KEY, PROTECTION_ACCESS_KEY]
    assert facts["details"]["access_key"] == PROTECTION_ACCESS_KEY
    assert facts["details"]["endpoints"]["collector"] == "ingest.us-south.security-compliance-secure.cloud.ibm.com"
    assert "token" not in facts["details"]


def test_a_known_token_reads_the_key_without_a_login(playbook, simulator, options):
    variables = as_variables({**options, "api_key": "", "token": simulator.token(METRICS)})

    run = playbook.run([keep(a=f"lookup('{LOOKUP}')", b=f"lookup('{LOOKUP}')")], vars=variables).succeeded()

    assert run.task("Keep").result["ansible_facts"] == {"a": ENABLED_ACCESS_KEY, "b": ENABLED_ACCESS_KEY}
    assert paths(simulator) == REQUESTS[1:]


def test_without_the_cache_every_reference_makes_requests(playbook, simulator, options):
    variables = as_variables({**options, "cache": False})

    playbook.run([keep(a=f"lookup('{LOOKUP}')", b=f"lookup('{LOOKUP}')")], vars=variables).succeeded()

    assert paths(simulator) == REQUESTS * 2


def test_the_next_run_sees_another_key(playbook, simulator, options):
    playbook.run([keep(a=f"lookup('{LOOKUP}')")], vars=as_variables(options)).succeeded()
    listed = {
        "customerAccessKeys": [
            {"accessKey": ENABLED_ACCESS_KEY, "enabled": False},
            {"accessKey": "another", "enabled": True},
        ]
    }
    simulator.fault("status", path="/api/customer", status=200, body=json.dumps(listed))

    run = playbook.run([keep(a=f"lookup('{LOOKUP}')")], vars=as_variables(options)).succeeded()

    assert run.fact("a") == "another"


def test_an_instance_that_refuses_api_tokens_gives_its_access_key_to_iam(playbook, simulator, options):
    variables = as_variables({**options, "instance_id": IAM_ONLY})

    run = playbook.run([keep(details=f"lookup('{LOOKUP}', details=true)")], vars=variables).succeeded()

    details = run.fact("details")
    assert (details["access_key"], details["access_key_source"]) == (IAM_ONLY_ACCESS_KEY, "iam_token")
    assert paths(simulator) == REQUESTS


def test_a_failure_names_the_step_and_shows_no_secret(playbook, simulator, options):
    for path in ("/api/customer", "/v2/"):
        simulator.fault("status", path=path, status=403, body='{"message": "Access is denied"}', times=None)

    run = playbook.run([keep(a=f"lookup('{LOOKUP}')")], "-vvv", vars=as_variables(options))

    assert run.rc != 0
    assert "Access key retrieval failed" in run.task("Keep").message
