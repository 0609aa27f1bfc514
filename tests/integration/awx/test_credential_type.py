# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shipped credential type: which environment a job gets, whatever fields of the credential are filled in."""

from __future__ import annotations

import re

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.options import OPTIONS, environment_variables
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.settings import resolve
from credentials import inject, shipped
from simulator.ids import METRICS_CRN, PROTECTION

SECURE_CRN = METRICS_CRN.replace("sysdig-monitor", "sysdig-secure").replace("1111", "2222")
FULL = {
    "api_key": "the-api-key",
    "instance_id": METRICS_CRN,
    "region": "us-south",
    "team_name": "SRE",
    "team_id": "103",
    "iam_url": "https://private.iam.cloud.ibm.com",
    "sysdig_url": "https://sysdig.example.com",
    "sysdig_api_token": "the-sysdig-token",
}
FULL_ENVIRONMENT = {
    "IBMCLOUD_API_KEY": "the-api-key",
    "IBMCLOUD_IAM_API_ENDPOINT": "https://private.iam.cloud.ibm.com",
    "IBMCLOUD_REGION": "us-south",
    "SYSDIG_IBM_MONITOR_INSTANCE_ID": METRICS_CRN,
    "SYSDIG_IBM_SECURE_INSTANCE_ID": METRICS_CRN,
    "SYSDIG_MONITOR_API_TOKEN": "the-sysdig-token",
    "SYSDIG_SECURE_API_TOKEN": "the-sysdig-token",
    "SYSDIG_MONITOR_TEAM_ID": "103",
    "SYSDIG_SECURE_TEAM_ID": "103",
    "SYSDIG_MONITOR_TEAM_NAME": "SRE",
    "SYSDIG_SECURE_TEAM_NAME": "SRE",
    "SYSDIG_MONITOR_URL": "https://sysdig.example.com",
    "SYSDIG_SECURE_URL": "https://sysdig.example.com",
}
NOTHING = dict.fromkeys(FULL_ENVIRONMENT, "")
MINIMAL = {"api_key": "the-api-key", "instance_id": METRICS_CRN}
MINIMAL_ENVIRONMENT = {
    **NOTHING,
    "IBMCLOUD_API_KEY": "the-api-key",
    "SYSDIG_IBM_MONITOR_INSTANCE_ID": METRICS_CRN,
    "SYSDIG_IBM_SECURE_INSTANCE_ID": METRICS_CRN,
}


@pytest.mark.parametrize(
    ("inputs", "environment"),
    [
        pytest.param(FULL, FULL_ENVIRONMENT, id="full"),
        pytest.param(MINIMAL, MINIMAL_ENVIRONMENT, id="minimal"),
        pytest.param({**dict.fromkeys(FULL, ""), **MINIMAL}, MINIMAL_ENVIRONMENT, id="emptied"),
        pytest.param({**MINIMAL, "api_key": "the-api-key\n"}, MINIMAL_ENVIRONMENT, id="key-of-a-file"),
        pytest.param({}, NOTHING, id="nothing"),
    ],
)
def test_the_job_gets_an_environment_and_nothing_else(tmp_path, inputs, environment):
    injected = inject(inputs, tmp_path)

    assert injected.environment == environment
    assert injected.arguments == []
    assert list(tmp_path.iterdir()) == []


def test_awx_stores_no_secret_with_the_job(tmp_path):
    stored = inject(FULL, tmp_path).stored_environment

    masked = {"IBMCLOUD_API_KEY", "SYSDIG_MONITOR_API_TOKEN", "SYSDIG_SECURE_API_TOKEN"}
    assert stored == {**FULL_ENVIRONMENT, **dict.fromkeys(masked, "**********")}


@pytest.mark.parametrize(
    ("inputs", "given", "expected"),
    [
        pytest.param(MINIMAL, {}, ("api_key", "monitor", "us-south"), id="monitor"),
        pytest.param({**MINIMAL, "instance_id": SECURE_CRN}, {}, ("api_key", "secure", "us-south"), id="secure"),
        pytest.param(
            {**MINIMAL, "instance_id": PROTECTION, "region": "eu-de"},
            {"product": "secure"},
            ("api_key", "secure", "eu-de"),
            id="guid",
        ),
        pytest.param(
            {"sysdig_api_token": "the-token", "sysdig_url": "https://sysdig.example.com"},
            {},
            ("sysdig_token", "monitor", None),
            id="saas",
        ),
        pytest.param(
            {"sysdig_api_token": "the-token", "sysdig_url": "https://sysdig.example.com"},
            {"product": "secure"},
            ("sysdig_token", "secure", None),
            id="on-premises-secure",
        ),
    ],
)
def test_the_collection_understands_the_environment(tmp_path, inputs, given, expected):
    settings = resolve(given, environment=inject(inputs, tmp_path).environment)

    assert (settings.login.auth_method, settings.product, settings.region) == expected
    assert settings.login.credential == inputs.get("api_key", inputs.get("sysdig_api_token"))


def test_every_variable_is_one_that_the_collection_reads_and_every_field_is_used():
    injectors = shipped("injectors.yml")

    env = injectors["env"]
    assert set(env) <= set(environment_variables(OPTIONS.values()))
    used = {re.match(r"{{ (\w+)", template).group(1) for template in env.values()}
    assert used == {field["id"] for field in shipped("inputs.yml")["fields"]}
    assert set(injectors) == {"env"}


def test_the_secret_fields_are_those_of_secret_options():
    fields = shipped("inputs.yml")["fields"]

    secret = {field["id"] for field in fields if field.get("secret")}
    assert secret == {"api_key", "sysdig_api_token"}
    assert secret == {field["id"] for field in fields if field["id"] in OPTIONS and OPTIONS[field["id"]].secret}


def test_the_survey_asks_for_variables_of_the_role():
    variables = {question["variable"] for question in shipped("survey.yml")["spec"]}

    assert variables <= {f"sysdig_integrations_{name}" for name, option in OPTIONS.items() if not option.secret}
