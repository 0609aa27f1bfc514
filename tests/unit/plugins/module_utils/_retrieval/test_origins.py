# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An error of a value says where the value is: in an option, a variable of somebody's environment, or ansible.cfg."""

from __future__ import annotations

import platform

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import OptionError
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.settings import resolve
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.sources import CONTROL_NODE, Places
from simulator.ids import METRICS

GIVEN = {"api_key": "my-key", "instance_id": METRICS, "region": "us-south"}


def refusal(environment=None, fallback=None, places=CONTROL_NODE, **changed):
    with pytest.raises(OptionError) as refused:
        resolve({**GIVEN, **changed}, environment or {}, fallback, places=places)
    return refused.value


@pytest.mark.parametrize(
    ("option", "variable", "value", "problem"),
    [
        ("api_key", "IBMCLOUD_API_KEY", "my\nkey", "holds a line break or another control character."),
        ("api_key", "SYSDIG_IBM_MONITOR_API_KEY", "'my-key'", "holds quotation marks around its value."),
        ("region", "IBMCLOUD_REGION", "US South", "='US South' is not a region."),
        ("instance_id", "SYSDIG_IBM_MONITOR_INSTANCE_ID", "metrics", "='metrics' is neither a GUID nor"),
        ("team_id", "SYSDIG_MONITOR_TEAM_ID", "SRE", "='SRE' is not a whole number from 1 on."),
        ("validate_certs", "SYSDIG_MONITOR_INSECURE_TLS", "ture", "='ture' is not one of true, false."),
        ("ca_path", "SSL_CERT_FILE", "/no/such", "=/no/such cannot be used: there is no such file or directory."),
        ("api_key_file", "IBMCLOUD_API_KEY_FILE", "/no/such", "=/no/such cannot be used: No such file or directory."),
        ("url", "SYSDIG_MONITOR_URL", "http://x.example.com", "='http://x.example.com' is not encrypted"),
    ],
)
def test_a_bad_value_of_the_environment_is_named_by_its_variable_and_place(option, variable, value, problem):
    cleared = {option: None, **({"api_key": None} if option == "api_key_file" else {})}

    error = refusal({variable: value}, **cleared)

    assert f"{variable} (environment of the control node)" in error.problem
    assert problem in error.problem
    assert not error.problem.startswith(option)
    assert "template" not in error.remedy
    assert error.facts == {"option": option}


def test_a_bad_value_that_was_given_is_named_by_its_option():
    error = refusal({"IBMCLOUD_API_KEY": "other"}, api_key="my\nkey")

    assert error.problem.startswith("api_key holds a line break")
    assert "`| trim` in a template" in error.remedy


def test_a_bad_value_of_ansible_cfg_says_that_it_is_there():
    error = refusal(fallback={"validate_certs": "ture"})

    assert error.problem.startswith("validate_certs (section [sysdig_token] of ansible.cfg)='ture' is not one of")
    assert error.remedy == "Correct validate_certs."


def test_two_bad_values_are_both_named():
    error = refusal({"SYSDIG_MONITOR_TEAM_ID": "7", "SYSDIG_MONITOR_TEAM_NAME": "SRE"})

    place = "(environment of the control node)"
    assert f"SYSDIG_MONITOR_TEAM_ID {place} and SYSDIG_MONITOR_TEAM_NAME {place} are both given" in error.problem
    assert error.remedy == "Leave out SYSDIG_MONITOR_TEAM_ID or SYSDIG_MONITOR_TEAM_NAME."


def test_the_first_variable_that_is_set_is_named():
    error = refusal({"IC_API_KEY": "", "IBMCLOUD_API_KEY": "a\nb", "SYSDIG_IBM_MONITOR_API_KEY": "c"}, api_key=None)

    assert error.problem.startswith("IBMCLOUD_API_KEY (")


def test_without_places_the_environment_is_that_of_this_process():
    error = refusal({"IBMCLOUD_REGION": "x"}, places=None, region=None)

    assert f"IBMCLOUD_REGION (environment of this process on {platform.node()})" in error.problem


def test_a_missing_credential_says_whose_environment_was_looked_at():
    places = Places("the task on web1", note="A lookup does not see it.")

    error = refusal(places=places, api_key=None)

    assert error.problem == (
        "A credential is missing: neither the options nor the environment of the task on web1 have one."
    )
    assert "or set IC_API_KEY, IBMCLOUD_API_KEY or SYSDIG_IBM_MONITOR_API_KEY in that environment" in error.remedy
    assert error.remedy.endswith("A lookup does not see it.")


def test_options_that_were_given_can_still_be_called_as_the_caller_has_them():
    error = refusal({"IBMCLOUD_REGION": "eu-de"}, region=None, instance_id=None, instance_name=None)

    named = error.named(lambda option: f"sysdig_integrations_{option}")

    assert "Give sysdig_integrations_instance_id (its GUID" in named.remedy
