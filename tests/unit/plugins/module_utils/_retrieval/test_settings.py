# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Raw options become settings: which source wins, what follows from the instance, what is refused before any call."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import OptionError
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.settings import resolve

GUID = "01234567-89ab-cdef-0123-456789abcdef"
OTHER_GUID = "fedcba98-7654-3210-fedc-ba9876543210"
NEEDED = {"api_key": "key", "instance_id": GUID, "region": "us-south"}


def crn(service="sysdig-monitor", region="us-south", guid=GUID):
    return f"crn:v1:bluemix:public:{service}:{region}:a/{'0' * 32}:{guid}::"


def resolved(environment=None, lower=None, **given):
    return resolve({**NEEDED, **given}, environment or {}, lower)


def refusal(environment=None, lower=None, **given):
    with pytest.raises(OptionError) as refused:
        resolved(environment, lower, **given)
    return refused.value


# Option, its environment variable for monitor, and three values from the highest precedence to the lowest.
PRECEDENCE = [
    ("region", "IBMCLOUD_REGION", ("eu-de", "eu-gb", "eu-es")),
    ("iam_url", "IBMCLOUD_IAM_API_ENDPOINT", ("https://iam1", "https://iam2", "https://iam3")),
    (
        "resource_controller_url",
        "IBMCLOUD_RESOURCE_CONTROLLER_API_ENDPOINT",
        ("https://rc1", "https://rc2", "https://rc3"),
    ),
    ("url", "SYSDIG_MONITOR_URL", ("https://sysdig1", "https://sysdig2", "https://sysdig3")),
    ("instance_id", "SYSDIG_IBM_MONITOR_INSTANCE_ID", (GUID, OTHER_GUID, "0" * 8 + GUID[8:])),
    ("team_name", "SYSDIG_MONITOR_TEAM_NAME", ("SRE", "Audit", "Operations")),
]


@pytest.mark.parametrize(("option", "variable", "values"), PRECEDENCE)
@pytest.mark.parametrize("unset", ["", None])
def test_given_wins_over_environment_over_lower_and_an_empty_string_is_unset(option, variable, values, unset):
    given, environment, lower = values

    def winner(given, environment, lower):
        settings = resolved({variable: environment or ""}, {option: lower}, **{option: given})
        return getattr(settings, option)

    assert winner(given, environment, lower) == given
    assert winner(unset, environment, lower) == environment
    assert winner(unset, unset, lower) == lower


@pytest.mark.parametrize(
    ("option", "attribute", "default", "other"),
    [
        ("endpoint_type", "endpoint_type", "public", "private"),
        ("timeout", "timeout", 15, 60),
        ("retries", "retries", 3, 0),
        ("check_token", "check_token", False, True),
        ("validate_certs", "verify", True, False),
        ("product", "product", "monitor", "secure"),
        ("iam_url", "iam_url", None, "https://iam.example.com"),
        ("team_name", "team_name", None, "SRE"),
    ],
)
def test_an_option_has_its_default_until_it_is_given(option, attribute, default, other):
    assert getattr(resolved(), attribute) == default
    assert getattr(resolved(**{option: ""}), attribute) == default
    assert getattr(resolved(**{option: other}), attribute) == other
    assert getattr(resolved(lower={option: other}), attribute) == other


def test_settings_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        resolved().region = "eu-de"


def test_no_representation_of_the_settings_shows_the_credential():
    assert "very-secret" not in repr(resolved(api_key="very-secret")) + str(vars(resolved(api_key="very-secret")))


# --- Product, instance and region ---


@pytest.mark.parametrize("stated", ["given", "lower", "crn"])
def test_the_product_decides_which_environment_variables_count(stated):
    environment = {
        "SYSDIG_MONITOR_URL": "https://monitor",
        "SYSDIG_SECURE_URL": "https://secure",
        "SYSDIG_MONITOR_TEAM_ID": "1",
        "SYSDIG_SECURE_TEAM_ID": "2",
    }
    way = {
        "given": {"product": "secure"},
        "lower": {"lower": {"product": "secure"}},
        "crn": {"instance_id": crn("sysdig-secure")},
    }[stated]

    monitor, secure = resolved(environment), resolved(environment, **way)

    assert (monitor.product, monitor.url, monitor.team_id) == ("monitor", "https://monitor", 1)
    assert (secure.product, secure.url, secure.team_id) == ("secure", "https://secure", 2)


def test_a_crn_gives_guid_product_and_region():
    settings = resolved(instance_id=crn("sysdig-secure", "eu-de", GUID.upper()), region=None)

    assert (settings.instance_id, settings.product, settings.region) == (GUID, "secure", "eu-de")
    assert settings.endpoints.api == "https://eu-de.security-compliance-secure.cloud.ibm.com"


def test_the_region_of_a_given_crn_wins_over_the_environment():
    settings = resolved({"IBMCLOUD_REGION": "eu-de"}, instance_id=crn(region="us-east"), region=None)

    assert settings.region == "us-east"


def test_a_crn_in_the_environment_counts_like_a_given_one():
    settings = resolved({"SYSDIG_IBM_MONITOR_INSTANCE_ID": crn(region="eu-es")}, instance_id=None, region=None)

    assert (settings.instance_id, settings.region) == (GUID, "eu-es")


@pytest.mark.parametrize(
    ("option", "value", "instance_says"), [("region", "eu-de", "us-south"), ("product", "secure", "monitor")]
)
def test_an_option_that_contradicts_the_crn_is_refused(option, value, instance_says):
    error = refusal(instance_id=crn(), **{"region": None, option: value})

    assert error.facts == {"option": option}
    assert f"{option}={value}" in error.problem
    assert instance_says in error.problem


@pytest.mark.parametrize("endpoint_type", ["public", "private"])
def test_the_region_of_an_ibm_url_ranks_above_the_environment(endpoint_type):
    private = "private." if endpoint_type == "private" else ""
    url = f"https://{private}eu-gb.monitoring.cloud.ibm.com/api/"

    settings = resolved({"IBMCLOUD_REGION": "eu-de"}, url=url, region=None)

    assert settings.region == "eu-gb"
    assert settings.url == f"https://{private}eu-gb.monitoring.cloud.ibm.com"


def test_a_url_makes_the_region_unnecessary():
    settings = resolved(url="https://sysdig.example.com", region=None)

    assert settings.region is None
    assert settings.endpoints.api == "https://sysdig.example.com"


@pytest.mark.parametrize(
    ("given", "option"),
    [
        pytest.param({"instance_id": None}, "instance_id", id="no instance"),
        pytest.param({"instance_id": "  "}, "instance_id", id="white space for an instance"),
        pytest.param({"instance_id": GUID[:-1]}, "instance_id", id="short GUID"),
        pytest.param({"instance_id": "crn:v1:bluemix"}, "instance_id", id="short CRN"),
        pytest.param({"instance_id": crn("cloud-object-storage")}, "instance_id", id="CRN of another service"),
        pytest.param({"instance_id": GUID, "instance_name": "metrics"}, "instance_id", id="instance twice"),
        pytest.param({"region": None}, "region", id="GUID without a region"),
        pytest.param({"region": "nowhere"}, "region", id="no region"),
        pytest.param({"region": "us-south.example.com/"}, "region", id="host for a region"),
        pytest.param({"product": "sysdig"}, "product", id="no product"),
        pytest.param({"endpoint_type": "vpe"}, "endpoint_type", id="no endpoint type"),
        pytest.param({"team_id": 0}, "team_id", id="team id 0"),
        pytest.param({"team_id": "SRE"}, "team_id", id="team name for an id"),
        pytest.param({"team_id": 1, "team_name": "SRE"}, "team_id", id="team twice"),
        pytest.param({"team_name": "SR\nE"}, "team_name", id="line break in a team"),
        pytest.param({"timeout": 0}, "timeout", id="no time"),
        pytest.param({"timeout": True}, "timeout", id="truth value for a number"),
        pytest.param({"timeout": 10**12}, "timeout", id="more time than a clock can count"),
        pytest.param({"retries": -1}, "retries", id="negative number"),
        pytest.param({"retries": "2.5"}, "retries", id="half a number"),
        pytest.param({"check_token": "maybe"}, "check_token", id="half a truth"),
        pytest.param({"username": "someone"}, "username", id="user name inside IBM Cloud"),
        pytest.param({"ca_path": "/no/such/file"}, "ca_path", id="no authorities"),
        pytest.param({"auth_method": "password"}, "auth_method", id="no login method"),
    ],
)
def test_a_bad_value_is_refused_with_the_option_and_a_remedy(given, option):
    error = refusal(**given)

    assert error.facts == {"option": option}
    assert option in str(error)
    assert error.remedy


def test_a_region_that_is_nearly_right_is_suggested():
    assert "Did you mean us-south?" in refusal(region="US-SOUTH").remedy


# --- Whom to ask: instance name and team ---


def test_one_of_two_options_at_a_higher_level_wins_over_the_other_at_a_lower_one():
    environment = {"SYSDIG_MONITOR_TEAM_ID": "7", "SYSDIG_IBM_MONITOR_INSTANCE_ID": OTHER_GUID}

    settings = resolved(environment, team_name="SRE", instance_id=None, instance_name="metrics", region=None)

    assert (settings.team_id, settings.team_name) == (None, "SRE")
    assert (settings.instance_id, settings.instance_name) == (None, "metrics")


def test_a_malformed_instance_in_the_environment_does_not_matter_when_one_is_given():
    assert resolved({"SYSDIG_IBM_MONITOR_INSTANCE_ID": "nonsense"}).instance_id == GUID


def test_the_deadline_leaves_room_for_every_attempt():
    assert resolved(timeout=10, retries=2).deadline == 40


# --- TLS ---


def test_the_tasks_word_on_certificates_wins_over_the_environment(tmp_path):
    bundle, given = tmp_path / "bundle.pem", tmp_path / "given.pem"
    bundle.touch()
    given.touch()
    environment = {"REQUESTS_CA_BUNDLE": str(bundle)}

    assert resolved(environment).verify == str(bundle)
    assert resolved(environment, ca_path=str(given)).verify == str(given)
    assert resolved(environment, validate_certs=False).verify is False
    assert resolved(environment, validate_certs=False, ca_path=str(given)).verify is False
    assert resolved().verify is True


@pytest.mark.parametrize(("first", "second"), [("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"), ("SSL_CERT_FILE", "OTHER")])
def test_requests_own_variable_ranks_above_openssls(tmp_path, first, second):
    for name in (first, second):
        (tmp_path / name).touch()

    assert resolved({name: str(tmp_path / name) for name in (first, second)}).verify == str(tmp_path / first)


@pytest.mark.parametrize("product", ["monitor", "secure"])
@pytest.mark.parametrize(("insecure", "verify"), [("true", False), ("1", False), ("false", True), ("", True)])
def test_terraforms_variable_for_insecure_tls_counts_for_its_product(product, insecure, verify):
    variable = f"SYSDIG_{product.upper()}_INSECURE_TLS"
    other = {"monitor": "SYSDIG_SECURE_INSECURE_TLS", "secure": "SYSDIG_MONITOR_INSECURE_TLS"}[product]

    assert resolved({variable: insecure}, product=product).verify is verify
    assert resolved({other: insecure}, product=product).verify is True


@pytest.mark.parametrize("given", [True, False])
def test_the_tasks_word_wins_over_terraforms_variable(given):
    assert resolved({"SYSDIG_MONITOR_INSECURE_TLS": str(given)}, validate_certs=given).verify is given


def test_what_ibms_provider_prefers_is_preferred():
    environment = {"IC_REGION": "eu-de", "IBMCLOUD_REGION": "eu-gb", "IC_API_KEY": "ic", "IBMCLOUD_API_KEY": "ibmcloud"}

    settings = resolved(environment, region=None, api_key=None)

    assert (settings.region, settings.login.credential) == ("eu-de", "ic")


def test_a_crn_gives_the_account_that_an_instance_belongs_to():
    assert resolved(instance_id=crn()).account == "0" * 32
    assert resolved().account is None
    assert resolved({"SYSDIG_IBM_MONITOR_INSTANCE_ID": crn()}, instance_id=None, instance_name="x").account is None


@pytest.mark.parametrize(
    ("option", "value", "number"), [("team_id", "102.0", 102), ("timeout", 7.0, 7), ("retries", "3.", 3)]
)
def test_whole_numbers_may_be_written_as_templates_make_them(option, value, number):
    assert getattr(resolved(**{option: value}), option) == number
