# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The environment as a way in: the variables people export already, alone, several at once, and empty."""

from __future__ import annotations

import os

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from ansible_collections.ibmcloud.sysdig.plugins.lookup.sysdig_token import LookupModule
from simulator.ids import EUROPE, METRICS, ONE_TEAM_KEY, OWNER_API_KEY, PROTECTION

NAME = "ibmcloud.sysdig.sysdig_token"


def terraform(product, url, **other):
    """What users of terraform-provider-sysdig export for an instance in IBM Cloud."""
    ibm, sysdig = f"SYSDIG_IBM_{product}_", f"SYSDIG_{product}_"
    guid = {"MONITOR": METRICS, "SECURE": PROTECTION}[product]
    login = {f"{ibm}API_KEY": OWNER_API_KEY, f"{ibm}IAM_URL": f"{url}/identity/token"}
    return {**login, f"{ibm}INSTANCE_ID": guid, f"{sysdig}URL": url, **{sysdig + name: other[name] for name in other}}


def lookup():
    """The lookup as a worker of Ansible loads it."""
    plugin = LookupModule(loader=DataLoader(), templar=Templar(loader=DataLoader()))
    plugin._load_name = LookupModule.__module__
    return plugin


@pytest.fixture
def rows(simulator, tmp_path):
    """By name: the environment, the options beside it, and the expected token, region and number of logins."""
    key_file, url = tmp_path / "key", simulator.url
    key_file.write_text(OWNER_API_KEY, encoding="utf-8")
    token, crn, sysdig = simulator.iam_token(), simulator.instance(METRICS)["crn"], simulator.customer_token
    where = {"IBMCLOUD_IAM_API_ENDPOINT": url, "SYSDIG_MONITOR_URL": url, "SYSDIG_SECURE_URL": url}
    us_south = {**where, "SYSDIG_IBM_MONITOR_INSTANCE_ID": METRICS, "IBMCLOUD_REGION": "us-south"}
    metrics, sre = simulator.token(METRICS), simulator.token(METRICS, 102)
    operator = sysdig("saas-monitor", "operator@customer.invalid")
    auditor = sysdig("on-premises-secure", "auditor@on-premises.invalid")
    everything = {
        **terraform("MONITOR", url, TEAM_ID="102", API_TOKEN="wrong"),
        **terraform("SECURE", url, TEAM_ID="202", API_TOKEN="wrong"),
    }
    unset = dict.fromkeys(["IBMCLOUD_API_KEY", "IBMCLOUD_REGION", "SYSDIG_MONITOR_TEAM_ID", "IBMCLOUD_IAM_TOKEN"], "")
    return {
        "IBM Cloud": ({**us_south, "IBMCLOUD_API_KEY": OWNER_API_KEY}, {}, metrics, "us-south", 1),
        "short names": (
            {**us_south, **unset, "IC_API_KEY": OWNER_API_KEY, "IC_REGION": "us-south"},
            {},
            metrics,
            "us-south",
            1,
        ),
        "key file": ({**us_south, "IBMCLOUD_API_KEY_FILE": str(key_file)}, {}, metrics, "us-south", 1),
        "IAM token": ({**us_south, "IBMCLOUD_IAM_TOKEN": f"Bearer {token}"}, {}, metrics, "us-south", 0),
        "IAM token, short": ({**us_south, **unset, "IC_IAM_TOKEN": token}, {}, metrics, None, 0),
        "Terraform, monitor": (terraform("MONITOR", url, TEAM_NAME="SRE"), {}, sre, None, 1),
        "Terraform, secure": (
            terraform("SECURE", url, TEAM_ID="202"),
            {"product": "secure"},
            simulator.token(PROTECTION, 202),
            None,
            1,
        ),
        "Terraform, both, and a CRN": (
            everything,
            {"instance_id": simulator.instance(PROTECTION)["crn"]},
            simulator.token(PROTECTION, 202),
            "us-south",
            1,
        ),
        "keys in order": (
            {
                **us_south,
                "IC_API_KEY": OWNER_API_KEY,
                "IBMCLOUD_API_KEY": "wrong",
                "SYSDIG_IBM_MONITOR_API_KEY": "wrong",
                "IBMCLOUD_API_KEY_FILE": "/nowhere",
                "IC_IAM_TOKEN": "wrong",
                "IC_REGION": "us-south",
                "IBMCLOUD_REGION": "eu-de",
            },
            {},
            metrics,
            "us-south",
            1,
        ),
        "name, resource controller": (
            {**where, "IC_API_KEY": OWNER_API_KEY, "IBMCLOUD_RESOURCE_CONTROLLER_API_ENDPOINT": url},
            {"instance_name": "metrics"},
            metrics,
            "us-south",
            1,
        ),
        "certificates not verified": (
            {
                **us_south,
                "IC_API_KEY": OWNER_API_KEY,
                "SYSDIG_MONITOR_INSECURE_TLS": "true",
                "SYSDIG_SECURE_INSECURE_TLS": "false",
                "SSL_CERT_FILE": os.devnull,
            },
            {},
            metrics,
            "us-south",
            1,
        ),
        "options before the environment": (
            {
                **us_south,
                "IBMCLOUD_API_KEY": "wrong",
                "SYSDIG_IBM_MONITOR_INSTANCE_ID": EUROPE,
                "SYSDIG_MONITOR_TEAM_ID": "999",
                "IBMCLOUD_REGION": "eu-de",
            },
            {"api_key": ONE_TEAM_KEY, "instance_id": crn, "team_name": "SRE"},
            sre,
            "us-south",
            1,
        ),
        "empty options": (
            {**us_south, "IBMCLOUD_API_KEY": OWNER_API_KEY, "SYSDIG_MONITOR_TEAM_ID": "102"},
            dict.fromkeys(["api_key", "instance_id", "region", "team_id", "team_name", "url", "auth_method"], ""),
            sre,
            "us-south",
            1,
        ),
        "Sysdig SaaS": ({**where, "SYSDIG_MONITOR_API_TOKEN": operator}, {}, operator, None, 0),
        "Sysdig on-premises": (
            {**where, "SYSDIG_SECURE_API_TOKEN": auditor, "SYSDIG_MONITOR_API_TOKEN": "wrong"},
            {"product": "secure"},
            auditor,
            None,
            0,
        ),
    }


def test_the_module_takes_what_is_exported_where_it_runs(playbook, simulator, rows):
    playbook.environment["ANSIBLE_PIPELINING"] = "1"  # only for speed
    ways = [
        {"name": name, "environment": {**environment, "REQUESTS_CA_BUNDLE": simulator.ca_file}, "options": options}
        for name, (environment, options, *_expected) in rows.items()
    ]
    each = {"args": "{{ item.options }}", "environment": "{{ item.environment }}", "loop": "{{ ways }}"}
    shown = {"name": "Show", "ansible.builtin.set_fact": {"results": "{{ done.results }}"}}

    run = playbook.run([{"name": "Retrieve", NAME: {}, **each, "register": "done"}, shown], vars={"ways": ways})

    results = run.succeeded().task("Show").result["ansible_facts"]["results"]
    assert {result["item"]["name"]: [result["token"], result["region"]] for result in results} == {
        name: [token, region] for name, (_environment, _options, token, region, _logins) in rows.items()
    }
    assert len(simulator.requests("iam")) == sum(logins for *_others, logins in rows.values())


def test_the_lookup_takes_what_is_exported_on_the_controller(simulator, rows, monkeypatch):
    for variable in os.environ:
        if variable.startswith(("IBMCLOUD_", "IC_", "SYSDIG_")):
            monkeypatch.delenv(variable)
    results = {}
    for name, (environment, options, *_expected) in rows.items():
        simulator.forget_requests()
        with monkeypatch.context() as exported:
            for variable, value in {**environment, "REQUESTS_CA_BUNDLE": simulator.ca_file}.items():
                exported.setenv(variable, value)
            ((result),) = lookup().run([], {}, details=True, cache=False, retries=0, **options)
        results[name] = [result["token"], result["region"], len(simulator.requests("iam"))]

    assert results == {name: list(expected) for name, (_environment, _options, *expected) in rows.items()}


# --- Arguments, variables and terms of the lookup, from the strongest to the weakest ---


@pytest.mark.parametrize(
    ("terms", "arguments", "expected"),
    [
        pytest.param([], {}, (METRICS, 102), id="variables"),
        pytest.param([], {"team_id": 103}, (METRICS, 103), id="argument instead of the other option's variable"),
        pytest.param([], {"instance_id": EUROPE, "team_name": "Team 02"}, (EUROPE, 302), id="arguments"),
        pytest.param([EUROPE], {"team_name": "Team 02"}, (EUROPE, 302), id="term instead of the variable"),
        pytest.param([], {"instance_name": "metrics-europe", "team_id": 302}, (EUROPE, 302), id="name instead of ID"),
    ],
)
def test_what_is_given_directly_wins_over_variables(simulator, terms, arguments, expected):
    at = dict.fromkeys(("url", "iam_url", "resource_controller_url"), simulator.url)
    options = {**at, "ca_path": simulator.ca_file, "retries": 0, "api_key": OWNER_API_KEY}
    variables = {f"sysdig_token_{name}": value for name, value in options.items()}
    variables |= {"sysdig_token_instance_id": METRICS, "sysdig_token_team_name": "SRE"}

    results = lookup().run(terms, variables, details=True, cache=False, **arguments)

    assert [(result["instance_id"], result["team_id"]) for result in results] == [expected]


def test_a_credential_by_argument_replaces_another_by_variable(simulator):
    variables = {"sysdig_token_api_key": "of-somebody-else", "sysdig_token_instance_id": METRICS}
    iam_token = simulator.iam_token()

    at = {"url": simulator.url, "ca_path": simulator.ca_file}
    results = lookup().run([], variables, iam_token=iam_token, cache=False, **at)

    assert results == [simulator.token(METRICS)]
    assert [request["path"] for request in simulator.requests()] == ["/api/token"]
