# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated IAM's exchange of an access token for a trusted profile's."""

from __future__ import annotations

import base64
import json

import pytest
from simulator.ids import (
    ACCOUNT,
    DEPLOYMENT_PROFILE,
    OTHER_ACCOUNT_ID,
    OTHER_DEPLOYMENT_PROFILE,
    PROFILE,
    PROTECTION,
    READER_KEY,
    WRITER_KEY,
    profile_crn,
)

GRANT = "urn:ibm:params:oauth:grant-type:assume"
CRN = profile_crn(DEPLOYMENT_PROFILE)


@pytest.fixture
def assume(call, simulator):
    """Assume a profile as the Reader: with these fields, and without those that are None."""

    def assume(**fields):
        form = {"grant_type": GRANT, "access_token": simulator.iam_token(READER_KEY), **fields}
        return call("POST", "/identity/token", data={name: value for name, value in form.items() if value is not None})

    return assume


def claims_of(answer):
    payload = answer.json()["access_token"].split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


@pytest.mark.parametrize(
    ("fields", "profile", "account"),
    [
        pytest.param({"profile_id": DEPLOYMENT_PROFILE}, DEPLOYMENT_PROFILE, ACCOUNT, id="ID"),
        pytest.param({"profile_crn": CRN}, DEPLOYMENT_PROFILE, ACCOUNT, id="CRN"),
        pytest.param(
            {"profile_name": "deployment", "account": ACCOUNT}, DEPLOYMENT_PROFILE, ACCOUNT, id="name and account"
        ),
        pytest.param(
            {"profile_name": "deployment", "account": OTHER_ACCOUNT_ID},
            OTHER_DEPLOYMENT_PROFILE,
            OTHER_ACCOUNT_ID,
            id="name in another account",
        ),
    ],
)
def test_a_profile_is_selected(assume, fields, profile, account):
    claims = claims_of(assume(**fields))

    assert claims["iam_id"] == f"iam-{profile}"
    assert claims["account"]["bss"] == account
    assert claims["grant_type"] == GRANT


def test_the_profile_gives_rights_that_its_user_lacks(call, simulator, by_iam, outcome, assume):
    assert outcome(call("GET", "/api/token", headers=by_iam(PROTECTION, READER_KEY))) == "denied"
    assumed = assume(profile_id=DEPLOYMENT_PROFILE).json()["access_token"]

    answer = call("GET", "/api/token", headers={"Authorization": f"Bearer {assumed}", "IBMInstanceID": PROTECTION})

    assert answer.json() == {"token": {"key": simulator.token(PROTECTION)}}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        pytest.param({}, "BXNIM0109E", id="no profile"),
        pytest.param({"profile_name": "deployment"}, "BXNIM0109E", id="name without account"),
        pytest.param({"account": ACCOUNT}, "BXNIM0109E", id="account without name"),
        pytest.param({"profile_id": DEPLOYMENT_PROFILE, "profile_crn": CRN}, "BXNIM0106E", id="two"),
        pytest.param({"profile_id": DEPLOYMENT_PROFILE, "access_token": None}, "BXNIM0109E", id="no token"),
        pytest.param({"profile_id": DEPLOYMENT_PROFILE, "access_token": "a.b.c"}, "BXNIM0401E", id="not a token"),
        pytest.param({"profile_id": PROFILE}, "BXNIM0398E", id="no trust"),
        pytest.param({"profile_id": "Profile-unknown"}, "BXNIM0398E", id="unknown"),
        pytest.param({"profile_id": CRN}, "BXNIM0398E", id="CRN for an ID"),
        pytest.param({"profile_name": "deployment", "account": "a" * 32}, "BXNIM0398E", id="unknown account"),
    ],
)
def test_wrong_fields_are_refused(assume, fields, code):
    answer = assume(**fields)

    assert (answer.status_code, answer.json()["errorCode"]) == (400, code)


def test_only_those_whom_the_profile_trusts_assume_it(assume, simulator):
    answer = assume(profile_id=DEPLOYMENT_PROFILE, access_token=simulator.iam_token(WRITER_KEY))

    assert answer.json()["errorCode"] == "BXNIM0398E"


def test_the_access_token_comes_without_its_scheme(assume, simulator):
    answer = assume(profile_id=DEPLOYMENT_PROFILE, access_token=f"Bearer {simulator.iam_token(READER_KEY)}")

    assert answer.json()["errorCode"] == "BXNIM0401E"


def test_an_expired_access_token_has_its_own_error(assume, simulator):
    answer = assume(profile_id=DEPLOYMENT_PROFILE, access_token=simulator.iam_token(READER_KEY, lifetime=-1))

    assert answer.json()["errorCode"] == "BXNIM0407E"
