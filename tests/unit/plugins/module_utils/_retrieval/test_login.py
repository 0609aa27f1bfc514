# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One credential counts: which of several, and which way to log in it means."""

from __future__ import annotations

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import OptionError
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.iam import LOGINS
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.options import OPTIONS
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.settings import resolve
from web_tokens import web_token

IAM_TOKEN = web_token()
IBM = {"instance_id": "01234567-89ab-cdef-0123-456789abcdef", "region": "us-south"}


@pytest.fixture
def key_file(tmp_path):
    path = tmp_path / "key"
    path.write_text("key-from-file\n", encoding="utf-8")
    return str(path)


def login(environment=None, lower=None, **given):
    return resolve({**IBM, **given}, environment or {}, lower).login


def refusal(environment=None, lower=None, **given):
    with pytest.raises(OptionError) as refused:
        login(environment, lower, **given)
    return refused.value


@pytest.mark.parametrize(
    ("option", "value", "auth_method"), [("api_key", "my-key", "api_key"), ("iam_token", IAM_TOKEN, "iam_token")]
)
def test_the_way_to_log_in_follows_from_the_credential(option, value, auth_method):
    chosen = login(**{option: value})

    assert (chosen.auth_method, chosen.credential) == (auth_method, value)


def test_a_key_file_is_read(key_file):
    chosen = login(api_key_file=key_file)

    assert (chosen.auth_method, chosen.credential) == ("api_key", "key-from-file")


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"api_key": "a", "iam_token": "b"}, ("api_key", "iam_token")),
        ({"api_key": "a", "api_key_file": "/b"}, ("api_key", "api_key_file")),
        ({"iam_token": "a", "sysdig_api_token": "b"}, ("iam_token", "sysdig_api_token")),
        ({"api_key": "a", "auth_method": "api_key", "iam_token": "b"}, ("api_key", "iam_token")),
    ],
)
def test_two_given_credentials_are_an_error_that_names_both(given, named):
    error = refusal(**given)

    assert all(option in error.problem and option in error.remedy for option in named)


# In the order in which the environment is searched; each is followed by all that rank below it.
ENVIRONMENT = [
    ("IC_API_KEY", "api_key"),
    ("IBMCLOUD_API_KEY", "api_key"),
    ("SYSDIG_IBM_MONITOR_API_KEY", "api_key"),
    ("IBMCLOUD_API_KEY_FILE", "api_key"),
    ("IC_IAM_TOKEN", "iam_token"),
    ("IBMCLOUD_IAM_TOKEN", "iam_token"),
]


@pytest.mark.parametrize("position", range(len(ENVIRONMENT)))
@pytest.mark.parametrize("higher_ones", ["unset", "empty"])
def test_of_several_in_the_environment_the_first_one_set_counts(position, higher_ones, key_file):
    values = {name: web_token(name) if "TOKEN" in name else f"from-{name}" for name, _method in ENVIRONMENT}
    values["IBMCLOUD_API_KEY_FILE"] = key_file
    environment = {name: values[name] for name, _method in ENVIRONMENT[position:]}
    if higher_ones == "empty":
        environment.update({name: "" for name, _method in ENVIRONMENT[:position]})
    variable, auth_method = ENVIRONMENT[position]

    chosen = login({**environment, "SYSDIG_MONITOR_API_TOKEN": "token", "SYSDIG_IBM_SECURE_API_KEY": "of-secure"})

    assert chosen.auth_method == auth_method
    assert chosen.credential == ("key-from-file" if variable.endswith("_FILE") else values[variable])


def test_the_product_decides_whose_key_in_the_environment_counts():
    environment = {"SYSDIG_IBM_MONITOR_API_KEY": "of-monitor", "SYSDIG_IBM_SECURE_API_KEY": "of-secure"}

    assert login(environment).credential == "of-monitor"
    assert login(environment, product="secure").credential == "of-secure"


def test_a_given_credential_wins_over_every_one_in_the_environment(key_file):
    environment = {"IBMCLOUD_API_KEY": "key", "SYSDIG_MONITOR_API_TOKEN": "token"}

    assert login(environment, iam_token=IAM_TOKEN).credential == IAM_TOKEN
    assert login(environment, api_key_file=key_file).credential == "key-from-file"


def test_a_key_file_of_ansible_cfg_counts_last(key_file):
    assert login(lower={"api_key_file": key_file}).credential == "key-from-file"
    assert login({"IC_IAM_TOKEN": IAM_TOKEN}, {"api_key_file": key_file}).credential == IAM_TOKEN


def test_a_stated_login_method_takes_the_credential_that_fits():
    environment = {"IBMCLOUD_API_KEY": "key", "IC_IAM_TOKEN": IAM_TOKEN}

    assert login(environment, auth_method="iam_token").credential == IAM_TOKEN


def test_a_given_credential_that_does_not_fit_the_stated_method_is_refused():
    error = refusal(auth_method="iam_token", api_key="key")

    assert error.facts == {"option": "api_key"}
    assert "auth_method=iam_token" in error.problem


@pytest.mark.parametrize(
    ("given", "environment", "wanted"),
    [
        ({}, {}, "api_key"),
        ({"api_key": "", "iam_token": None}, {"IBMCLOUD_API_KEY": ""}, "api_key"),
        ({"auth_method": "iam_token"}, {"IBMCLOUD_API_KEY": "key"}, "iam_token"),
    ],
)
def test_without_a_credential_the_error_says_what_to_give(given, environment, wanted):
    error = refusal(environment, **given)

    assert "missing" in error.problem
    assert wanted in error.remedy


def test_a_sysdig_token_in_the_environment_is_not_blamed_on_the_instance():
    """Who names an instance, and exports a Sysdig token for another tool, lacks an IBM Cloud credential."""
    error = refusal({"SYSDIG_MONITOR_API_TOKEN": "token"})

    assert "api_key" in error.remedy


@pytest.mark.parametrize("option", ["api_key", "iam_token"])
def test_a_login_shows_no_secret(option):
    assert "very-secret" not in repr(login(**{option: web_token("very-secret")}))


# --- Outside IBM Cloud ---


def test_a_sysdig_token_needs_a_url_and_no_instance():
    settings = resolve({"sysdig_api_token": "token", "url": "https://sysdig.example.com"}, {})

    assert settings.login.is_outside_ibm_cloud
    assert (settings.instance_id, settings.region, settings.team_id) == (None, None, None)


def test_what_is_exported_for_ibm_cloud_does_not_count_outside():
    environment = {
        "SYSDIG_IBM_MONITOR_INSTANCE_ID": IBM["instance_id"],
        "IBMCLOUD_REGION": "us-south",
        "SYSDIG_MONITOR_TEAM_ID": "7",
    }

    settings = resolve({"sysdig_api_token": "token", "url": "https://sysdig.example.com"}, environment)

    assert (settings.instance_id, settings.region, settings.team_id) == (None, None, None)


@pytest.mark.parametrize(
    ("given", "option"),
    [
        ({"url": None}, "url"),
        ({"instance_id": IBM["instance_id"]}, "instance_id"),
        ({"instance_name": "metrics"}, "instance_name"),
        ({"team_id": 7}, "team_id"),
        ({"username": "someone"}, "team_id"),
    ],
)
def test_what_makes_no_sense_outside_ibm_cloud_is_refused(given, option):
    with pytest.raises(OptionError) as refused:
        resolve({"sysdig_api_token": "token", "url": "https://sysdig.example.com", **given}, {})

    assert refused.value.facts == {"option": option}


def test_every_way_to_log_in_that_can_be_chosen_is_there():
    # A Sysdig token is used as it is, outside IBM Cloud.
    assert {*LOGINS, "sysdig_token"} == set(OPTIONS["auth_method"].choices)
