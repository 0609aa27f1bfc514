# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of options is the published interface: names, environment, secrecy, and what is derived from it."""

from __future__ import annotations

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.options import (
    CREDENTIALS,
    LOOKUP_OPTIONS,
    OPTIONS,
    argument_spec,
    documentation,
)

WITHOUT_ENVIRONMENT = {
    *("auth_method", "iam_profile_id", "iam_profile_name", "iam_profile_crn", "iam_account_id", "cr_token_file"),
    *("metadata_service_version", "username"),
    *("instance_name", "resource_group_id", "product", "endpoint_type", "check_token"),
    *("allow_http", "timeout", "retries"),
}
ENVIRONMENT = {
    "api_key": ("IC_API_KEY", "IBMCLOUD_API_KEY", "SYSDIG_IBM_{PRODUCT}_API_KEY"),
    "api_key_file": ("IBMCLOUD_API_KEY_FILE",),
    "iam_token": ("IC_IAM_TOKEN", "IBMCLOUD_IAM_TOKEN"),
    "sysdig_api_token": ("SYSDIG_{PRODUCT}_API_TOKEN",),
    "iam_url": ("IBMCLOUD_IAM_API_ENDPOINT", "SYSDIG_IBM_{PRODUCT}_IAM_URL"),
    "instance_id": ("SYSDIG_IBM_{PRODUCT}_INSTANCE_ID",),
    "resource_controller_url": ("IBMCLOUD_RESOURCE_CONTROLLER_API_ENDPOINT",),
    "region": ("IC_REGION", "IBMCLOUD_REGION"),
    "validate_certs": ("SYSDIG_{PRODUCT}_INSECURE_TLS",),
    "ca_path": ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"),
    "url": ("SYSDIG_{PRODUCT}_URL",),
    "team_id": ("SYSDIG_{PRODUCT}_TEAM_ID",),
    "team_name": ("SYSDIG_{PRODUCT}_TEAM_NAME",),
}
SECRETS = {"api_key", "iam_token", "sysdig_api_token"}
ALL_OPTIONS = {**OPTIONS, **LOOKUP_OPTIONS}


def test_the_options_are_the_published_ones():
    assert set(OPTIONS) == WITHOUT_ENVIRONMENT | set(ENVIRONMENT)
    assert set(LOOKUP_OPTIONS) == {"details", "cache", "token"}


@pytest.mark.parametrize("product", ["monitor", "secure"])
@pytest.mark.parametrize("name", ALL_OPTIONS)
def test_an_option_reads_exactly_the_published_environment_variables(name, product):
    expected = tuple(variable.format(PRODUCT=product.upper()) for variable in ENVIRONMENT.get(name, ()))

    assert ALL_OPTIONS[name].variables(product) == expected


def test_exactly_the_credentials_are_secret():
    assert {name for name, option in OPTIONS.items() if option.secret} == SECRETS
    assert LOOKUP_OPTIONS["token"].secret


def test_credentials_in_the_environment_are_preferred_in_the_published_order():
    assert list(CREDENTIALS) == ["api_key", "api_key_file", "iam_token", "cr_token_file", "sysdig_api_token"]
    assert set(CREDENTIALS.values()) < set(OPTIONS["auth_method"].choices)


@pytest.mark.parametrize("name", OPTIONS)
def test_the_modules_argument_spec_is_the_table(name):
    option = OPTIONS[name]
    stated = argument_spec()[name]

    assert stated["no_log"] is (name in SECRETS)
    assert stated["type"] == option.type
    assert stated.get("default") == (None if option.environment else option.default)
    assert stated.get("choices") == (list(option.choices) if option.choices else None)
    assert "required" not in stated, "an option may come from the environment"


@pytest.mark.parametrize("name", ALL_OPTIONS)
def test_the_documentation_of_an_option_names_its_environment_variables(name):
    described = " ".join(documentation(ALL_OPTIONS)[name]["description"])

    for product in ("monitor", "secure"):
        for variable in ALL_OPTIONS[name].variables(product):
            assert f"E({variable})" in described
