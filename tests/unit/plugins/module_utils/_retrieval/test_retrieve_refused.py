# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the services refuse: at which step, with what explanation, and with what advice."""

from __future__ import annotations

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import (
    CHECK,
    IAM_LOGIN,
    INSTANCE,
    TEAM,
)
from simulator.ids import ONE_TEAM_KEY


def test_an_unknown_key_fails_at_the_login_with_the_words_of_iam(simulator, calls, failure):
    error = failure(api_key="unknown-key")

    assert error.step == IAM_LOGIN
    (login,) = simulator.requests()
    assert error.facts == {
        "url": f"{simulator.url}/identity/token",
        "status": 400,
        "code": "BXNIM0415E",
        "request_id": login["request_id"],
    }
    assert str(error).endswith(f" Request ID: {login['request_id']}.")
    assert "Provided API key could not be found" in error.problem
    assert "API key may have been deleted" in error.remedy
    assert [call[:2] for call in calls()] == [("POST", "/identity/token")]


def test_an_expired_iam_token_is_refused_before_any_call(simulator, failure):
    error = failure(api_key=None, iam_token=simulator.iam_token(lifetime=-60))

    assert "expired at 20" in error.problem
    assert simulator.requests() == []


@pytest.mark.parametrize(
    ("wanted", "named", "suggested"),
    [({"team_name": "SRES"}, "team_name='SRES'", "SRE"), ({"team_id": 999}, "team_id=999", None)],
)
def test_an_unknown_team_fails_with_the_teams_there_are(simulator, failure, wanted, named, suggested):
    error = failure(**wanted)

    assert error.step == TEAM
    assert named in error.problem
    assert "Größe: A/B test (103)" in error.remedy
    assert "SRE (102)" in error.remedy
    assert suggested is None or error.remedy.endswith(f"Did you mean {suggested}?")


def test_a_team_of_others_is_unknown(simulator, failure):
    error = failure(api_key=ONE_TEAM_KEY, team_id=101)

    assert error.step == TEAM
    assert "Its teams are: SRE (102)." in error.remedy


@pytest.mark.parametrize(
    ("name", "remedy"),
    [("metric", "Did you mean metrics?"), ("shared-name", "crn:v1:"), ("metrics-retired", "active")],
)
def test_a_name_without_one_active_instance_fails_with_the_choice(simulator, failure, name, remedy):
    error = failure(instance_id=None, instance_name=name)

    assert error.step == INSTANCE
    assert repr(name) in error.problem
    assert remedy in error.remedy


def test_a_token_that_was_reset_meanwhile_is_noticed(simulator, failure):
    simulator.fault("status", status=401, path="/api/users/me", body='{"errors": [{"message": "Unauthorized"}]}')

    error = failure(check_token=True)

    assert error.step == CHECK
    assert "reset" in error.remedy
