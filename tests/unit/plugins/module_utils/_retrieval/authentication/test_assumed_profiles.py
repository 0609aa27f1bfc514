# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An API key that assumes a trusted profile: what is sent, whose token it is, what is refused."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.settings import resolve
from simulator.ids import (
    ACCOUNT,
    DEPLOYMENT_PROFILE,
    METRICS,
    ONE_TEAM_PROFILE,
    OTHER_ACCOUNT,
    OTHER_ACCOUNT_ID,
    OTHER_DEPLOYMENT_PROFILE,
    OTHER_PROFILE,
    OWNER_API_KEY,
    READER_KEY,
    profile_crn,
)

ASSUME = {"api_key": OWNER_API_KEY, "instance_id": METRICS}
WAYS = [
    ({"iam_profile_id": ONE_TEAM_PROFILE}, {"profile_id": [ONE_TEAM_PROFILE]}),
    ({"iam_profile_crn": profile_crn(ONE_TEAM_PROFILE)}, {"profile_crn": [profile_crn(ONE_TEAM_PROFILE)]}),
    (
        {"iam_profile_name": "one-team-hosts", "iam_account_id": ACCOUNT},
        {"profile_name": ["one-team-hosts"], "account": [ACCOUNT]},
    ),
]


def forms(simulator):
    """The forms that IAM got."""
    return [parse_qs(request["body"], strict_parsing=True) for request in simulator.requests("iam")]


@pytest.mark.parametrize(("profile", "sent"), WAYS)
@pytest.mark.parametrize("stated", [{}, {"auth_method": "assume"}])
def test_a_key_together_with_a_profile_assumes_it(retrieved, simulator, profile, sent, stated):
    result = retrieved(**ASSUME, **profile, **stated)

    own, assumed = forms(simulator)
    assert own == {
        "grant_type": ["urn:ibm:params:oauth:grant-type:apikey"],
        "apikey": [OWNER_API_KEY],
        "response_type": ["cloud_iam"],
    }
    assert assumed.pop("access_token")[0].count(".") == 2
    assert assumed == {"grant_type": ["urn:ibm:params:oauth:grant-type:assume"], **sent}
    assert result.token == simulator.token(METRICS, 102)  # the profile's only team


def test_a_key_file_or_a_key_of_the_environment_assumes_a_profile_too(retrieved, simulator, tmp_path):
    (tmp_path / "key").write_text(OWNER_API_KEY, encoding="utf-8")
    common = {"instance_id": METRICS, "iam_profile_id": ONE_TEAM_PROFILE}

    assert retrieved(**common, api_key_file=str(tmp_path / "key")).token == simulator.token(METRICS, 102)
    assert retrieved({"IBMCLOUD_API_KEY": OWNER_API_KEY}, **common).token == simulator.token(METRICS, 102)


def test_the_account_decides_between_profiles_of_one_name(retrieved, simulator):
    named = {"api_key": READER_KEY, "iam_profile_name": "deployment"}

    mine = retrieved(**named, instance_id=METRICS, iam_account_id=ACCOUNT)
    other = retrieved(**named, instance_id=OTHER_ACCOUNT, iam_account_id=OTHER_ACCOUNT_ID)

    assert (mine.token, other.token) == (simulator.token(METRICS), simulator.token(OTHER_ACCOUNT))


@pytest.mark.parametrize("profile", [OTHER_PROFILE, "Profile-nobody"])
def test_a_profile_that_does_not_trust_the_key_is_not_blamed_on_the_key(failure, simulator, profile):
    error = failure(**ASSUME, iam_profile_id=profile)

    assert error.facts["code"] == "BXNIM0398E"
    assert "trusted profile exists, and that it trusts the owner of the API key" in error.remedy


def test_an_unknown_key_is_not_blamed_on_the_profile(failure, simulator):
    error = failure(api_key="unknown-key", instance_id=METRICS, iam_profile_id=ONE_TEAM_PROFILE)

    assert error.facts["code"] == "BXNIM0415E"
    assert "profile" not in error.remedy
    assert len(forms(simulator)) == 1


def test_an_outage_is_not_blamed_on_the_profile(failure, simulator):
    simulator.fault("status", service="iam", status=503, times=None)

    assert "try again later" in failure(**ASSUME, iam_profile_id=ONE_TEAM_PROFILE).remedy


def test_neither_token_of_the_two_logins_is_shown(failure, simulator):
    simulator.fault("echo", path="/api/token", status=400)
    error = failure(**ASSUME, iam_profile_id=ONE_TEAM_PROFILE)
    simulator.fault("echo", service="iam", status=400, times=None)
    first = failure(**ASSUME, iam_profile_id=ONE_TEAM_PROFILE)

    secrets = simulator.secrets.values()
    assert not [secret for secret in secrets if secret in str(error) + str(first)]


@pytest.mark.parametrize(
    "options",
    [
        {"iam_profile_id": DEPLOYMENT_PROFILE},
        {"iam_profile_id": OTHER_DEPLOYMENT_PROFILE},
        {"iam_profile_crn": profile_crn(DEPLOYMENT_PROFILE)},
        {"iam_profile_name": "deployment", "iam_account_id": ACCOUNT},
        {"iam_profile_name": "deployment", "iam_account_id": OTHER_ACCOUNT_ID},
        {"api_key": READER_KEY, "iam_profile_id": DEPLOYMENT_PROFILE},
        {},
    ],
)
def test_no_two_logins_have_one_identity(options):
    place = {**ASSUME, "region": "us-south"}
    other = resolve({**place, "iam_profile_id": ONE_TEAM_PROFILE}, {}).login.identity

    assert resolve({**place, **options}, {}).login.identity != other
