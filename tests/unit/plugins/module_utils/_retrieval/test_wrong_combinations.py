# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every wrong combination of options is refused before any call, in one sentence that names the options."""

from __future__ import annotations

import itertools

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import OptionError
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.options import CREDENTIALS
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.settings import resolve
from web_tokens import web_token

GUID = "01234567-89ab-cdef-0123-456789abcdef"
CRN = f"crn:v1:bluemix:public:sysdig-monitor:us-south:a/{'0' * 32}:{GUID}::"
# One right way in IBM Cloud, and one outside; None takes an option away.
IBM = {"api_key": "my-key", "instance_id": GUID, "region": "us-south"}
OUTSIDE = {"sysdig_api_token": "my-token", "url": "https://sysdig.example.com"}
POD = {**IBM, "api_key": None, "cr_token_file": "/token", "iam_profile_id": "Profile-1"}
SERVER = {**IBM, "api_key": None, "auth_method": "vpc"}
ASSUME = {**IBM, "iam_profile_id": "Profile-1"}
EXPIRED = web_token("my-secret", exp=1)
METHODS = ("api_key", "iam_token", "assume", "container", "vpc", "sysdig_token")
PROFILES = ("iam_profile_id", "iam_profile_name", "iam_profile_crn")


@pytest.fixture(autouse=True)
def _no_transport(monkeypatch):
    """Nothing may open a connection."""

    def refuse(*_arguments):
        raise AssertionError("a connection was opened")

    monkeypatch.setattr("socket.socket.connect", refuse)


def refusal(given, environment=None):
    with pytest.raises(OptionError) as refused:
        resolve(given, environment or {})
    return refused.value


def check(error, named):
    """One sentence for what is wrong, one for what to do, the options' names in them, and no secret."""
    assert all(name in str(error) for name in named), str(error)
    assert error.problem.endswith(".")
    assert ". " not in error.problem
    assert "\n" not in str(error)
    assert error.remedy
    assert error.facts["option"] in " ".join(named)
    for secret in ("my-key", "my-token", "my-secret"):
        assert secret not in str(error)


@pytest.mark.parametrize(("first", "second"), list(itertools.combinations(CREDENTIALS, 2)))
def test_any_two_credentials(first, second):
    error = refusal({**IBM, "api_key": None, first: "my-key", second: "my-token"})

    check(error, [first, second])


@pytest.mark.parametrize(
    ("auth_method", "credential"),
    [
        (method, credential)
        for method, credential in itertools.product(METHODS, CREDENTIALS)
        if CREDENTIALS[credential] != {"assume": "api_key"}.get(method, method)
    ],
)
def test_a_credential_that_is_for_another_method(auth_method, credential):
    error = refusal({**IBM, "api_key": None, credential: "my-key", "auth_method": auth_method})

    check(error, [credential, f"auth_method={auth_method}", f"auth_method={CREDENTIALS[credential]}"])


@pytest.mark.parametrize(
    ("auth_method", "credential", "variable"),
    [
        ("api_key", "api_key", "IBMCLOUD_API_KEY"),
        ("assume", "api_key", "IBMCLOUD_API_KEY"),
        ("iam_token", "iam_token", "IBMCLOUD_IAM_TOKEN"),
        ("sysdig_token", "sysdig_api_token", "SYSDIG_MONITOR_API_TOKEN"),
    ],
)
def test_a_method_without_its_credential(auth_method, credential, variable):
    error = refusal({**IBM, "api_key": None, "auth_method": auth_method})

    check(error, [f"auth_method={auth_method}", credential, variable])


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize(
    "login", [{**IBM, "auth_method": "api_key"}, {**IBM, "api_key": None, "iam_token": web_token()}, OUTSIDE]
)
def test_a_trusted_profile_without_a_method_that_takes_one(login, profile):
    check(refusal({**login, profile: "Profile-1"}), [profile, "auth_method"])


@pytest.mark.parametrize(("first", "second"), list(itertools.combinations(PROFILES, 2)))
@pytest.mark.parametrize(("login", "method"), [(POD, "container"), (SERVER, "vpc"), (ASSUME, "assume")])
def test_two_trusted_profiles(login, method, first, second):
    error = refusal({**login, "iam_profile_id": None, first: "one", second: "other"})

    taken = {"container": {"iam_profile_id", "iam_profile_name"}, "vpc": set(PROFILES), "assume": set(PROFILES)}
    foreign = [profile for profile in (first, second) if profile not in taken[method]]
    check(error, [foreign[0], f"auth_method={method}"] if foreign else [first, second])


WRONG = [
    # Trusted profiles
    pytest.param({**POD, "iam_profile_id": None}, ["iam_profile_id", "iam_profile_name"], id="pod without a profile"),
    pytest.param(
        {**POD, "iam_profile_id": None, "iam_profile_crn": "crn"}, ["iam_profile_crn", "container"], id="pod and CRN"
    ),
    pytest.param(
        {**IBM, "api_key": None, "iam_profile_id": "Profile-1"}, ["auth_method", "api_key"], id="profile without method"
    ),
    pytest.param(
        {**IBM, "auth_method": "assume"},
        ["auth_method=assume", "iam_profile_id", "iam_profile_crn", "iam_profile_name with iam_account_id"],
        id="nothing to assume",
    ),
    pytest.param(
        {**ASSUME, "iam_profile_id": None, "iam_profile_name": "deployment"},
        ["iam_account_id", "iam_profile_name"],
        id="name without account",
    ),
    pytest.param(
        {**ASSUME, "iam_account_id": "a1b2"}, ["iam_account_id", "iam_profile_id"], id="account of a profile's ID"
    ),
    pytest.param({**IBM, "iam_account_id": "a1b2"}, ["iam_account_id", "api_key"], id="account without a profile"),
    pytest.param({**POD, "iam_account_id": "a1b2"}, ["iam_account_id", "container"], id="account of a pod"),
    pytest.param(
        {**SERVER, "metadata_service_version": "2024-01-01"}, ["metadata_service_version"], id="no such version"
    ),
    # Instance and region
    pytest.param({**IBM, "instance_name": "metrics"}, ["instance_id", "instance_name"], id="instance twice"),
    pytest.param({**IBM, "instance_id": None}, ["instance_id", "instance_name"], id="no instance"),
    pytest.param({**IBM, "region": None}, ["region", "url", "instance_id"], id="GUID without a region"),
    pytest.param({**IBM, "instance_id": CRN, "region": "eu-de"}, ["region=eu-de", "region is us-south"], id="region"),
    pytest.param({**IBM, "instance_id": CRN, "product": "secure"}, ["product=secure", "is monitor"], id="product"),
    pytest.param({**IBM, "instance_id": CRN[:-1]}, ["instance_id"], id="cut CRN"),
    pytest.param({**IBM, "instance_id": "metrics"}, ["instance_id", "instance_name"], id="name for an ID"),
    pytest.param({**IBM, "region": "us-south-1"}, ["region"], id="zone for a region"),
    # Team and user
    pytest.param({**IBM, "team_id": 1, "team_name": "SRE"}, ["team_id", "team_name"], id="team twice"),
    pytest.param({**IBM, "team_id": "SRE"}, ["team_id"], id="name for a team's ID"),
    pytest.param({**IBM, "username": "someone"}, ["username", "auth_method=api_key"], id="user and API key"),
    pytest.param({**SERVER, "username": "someone"}, ["username", "auth_method=vpc"], id="user and virtual server"),
    # Outside IBM Cloud
    pytest.param({**OUTSIDE, "url": None}, ["url"], id="outside without URL"),
    pytest.param({**OUTSIDE, "url": None, "region": "us-south"}, ["url"], id="outside with a region for a URL"),
    pytest.param({**OUTSIDE, "instance_id": GUID}, ["instance_id", "sysdig_token"], id="outside with instance"),
    pytest.param({**OUTSIDE, "instance_name": "x"}, ["instance_name", "sysdig_token"], id="outside with its name"),
    pytest.param({**OUTSIDE, "username": "someone"}, ["username", "team_id", "team_name"], id="user without team"),
    pytest.param({**OUTSIDE, "team_id": 1}, ["team_id", "username"], id="outside with team, no user"),
    pytest.param({**OUTSIDE, "team_name": "SRE"}, ["team_name", "username"], id="outside with team name, no user"),
    pytest.param(
        {**OUTSIDE, "username": "someone", "team_id": 1, "team_name": "SRE"}, ["team_id", "team_name"], id="team twice"
    ),
    # Choices and numbers
    pytest.param({**IBM, "auth_method": "apikey"}, ["auth_method='apikey'", "api_key"], id="auth_method"),
    pytest.param({**IBM, "product": "Monitor"}, ["product='Monitor'", "monitor, secure"], id="product's case"),
    pytest.param(
        {**IBM, "endpoint_type": "direct"},
        ["endpoint_type='direct'", "public, private, "],
        id="endpoint_type",
    ),
    pytest.param({**IBM, "team_id": -1}, ["team_id"], id="negative team"),
    pytest.param({**IBM, "team_id": 1.5}, ["team_id"], id="half a team"),
    pytest.param({**IBM, "team_id": [1]}, ["team_id"], id="list of teams"),
    pytest.param({**IBM, "timeout": 0}, ["timeout"], id="no time"),
    pytest.param({**IBM, "timeout": "soon"}, ["timeout"], id="word for a time"),
    pytest.param({**IBM, "retries": -1}, ["retries"], id="negative number"),
    pytest.param({**IBM, "retries": "²"}, ["retries"], id="digit that is no number"),
    pytest.param({**IBM, "validate_certs": "perhaps"}, ["validate_certs"], id="no truth"),
    # Values
    pytest.param({**IBM, "api_key": "my-key\nmy-secret"}, ["api_key"], id="key of two lines"),
    pytest.param({**IBM, "api_key": "  "}, ["api_key"], id="blank key"),
    pytest.param({**IBM, "api_key": "\u201cmy-key\u201d"}, ["api_key"], id="key in typographic quotes"),
    pytest.param({**IBM, "api_key": None, "iam_token": EXPIRED}, ["iam_token"], id="expired IAM token"),
    pytest.param({**IBM, "api_key": "'my-key'"}, ["api_key", "quotation marks"], id="key in quotes"),
    pytest.param({**IBM, "instance_id": f'"{CRN}"'}, ["instance_id", "quotation marks"], id="CRN in quotes"),
    pytest.param({**IBM, "api_key": None, "iam_token": "my-key"}, ["iam_token", "api_key"], id="key for an IAM token"),
    pytest.param(
        {**IBM, "instance_id": CRN.replace("sysdig-monitor:us-south", "cloud-object-storage:global")},
        ["instance_id", "another service: 'cloud-object-storage'"],
        id="CRN of a service without a region",
    ),
    pytest.param(
        {**IBM, "instance_id": CRN.replace("us-south", "global")},
        ["instance_id", "not a region"],
        id="no region",
    ),
    pytest.param(
        {**IBM, "instance_id": None, "instance_name": "x", "region": None, "endpoint_type": "private_classic"},
        ["region", "classic infrastructure"],
        id="classic infrastructure without a region",
    ),
    pytest.param({**IBM, "api_key": None, "api_key_file": "/nowhere"}, ["api_key_file"], id="no key file"),
    pytest.param({**IBM, "url": "http://sysdig.example.com"}, ["url", "allow_http"], id="URL in clear"),
    pytest.param({**IBM, "iam_url": "iam.cloud.ibm.com"}, ["iam_url"], id="host for a URL"),
    pytest.param({**IBM, "resource_controller_url": "ftp://x"}, ["resource_controller_url"], id="FTP"),
]


@pytest.mark.parametrize(("given", "named"), WRONG)
def test_other_wrong_combinations(given, named):
    check(refusal(given), named)


def test_several_in_the_environment_are_no_error():
    environment = {
        "IC_API_KEY": "first",
        "IBMCLOUD_API_KEY": "second",
        "IC_IAM_TOKEN": "third",
        "SYSDIG_MONITOR_API_TOKEN": "fourth",
    }

    assert resolve({**IBM, "api_key": None}, environment).login.credential == "first"


def test_teams_in_the_environment_are_no_error_where_they_do_not_count():
    environment = {"SYSDIG_MONITOR_TEAM_ID": "7", "SYSDIG_MONITOR_TEAM_NAME": "SRE"}

    settings = resolve(OUTSIDE, environment)

    assert (settings.team_id, settings.team_name) == (None, None)
