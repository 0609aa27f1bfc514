# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every error can do: be renamed, be explained, survive as plain data, say whether it is a refusal."""

from __future__ import annotations

import json

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import denials, options, services
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import (
    ACCESS_KEY,
    CHECK,
    IAM_LOGIN,
    INSTANCE,
    TEAM,
    TOKEN,
    OptionError,
    ServiceError,
    SysdigError,
    from_dict,
)


def refused(status=403, **facts):
    error = services.refused(TOKEN, "https://host/path", status, "CODE1", "No")
    error.facts.update(facts)
    return error


def copy_of(error):
    return from_dict(json.loads(json.dumps(error.as_dict())))


@pytest.mark.parametrize("step", [IAM_LOGIN, INSTANCE, TEAM, TOKEN, ACCESS_KEY, CHECK])
@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 429, 500, 503])
def test_a_refusal_names_step_address_status_code_and_words_of_the_service(step, status):
    error = services.refused(step, "https://host/path", status, "CODE1", "It is not so")

    assert str(error).startswith(f"{step} failed: https://host/path answered {status}: CODE1: It is not so. ")
    assert error.remedy
    assert error.facts == {"url": "https://host/path", "status": status, "code": "CODE1"}


def test_a_wrong_option_is_not_called_a_failed_step():
    assert str(options.missing_region()).startswith("The region is missing")


def test_an_error_survives_being_plain_data():
    error = refused(request_id="id-1")

    assert (str(copy_of(error)), copy_of(error).facts) == (str(error), error.facts)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500, 503])
def test_an_error_knows_whether_the_credential_was_refused(status):
    error = refused(status)

    assert error.is_refusal == (status in (400, 401, 403))
    assert copy_of(error).is_refusal == error.is_refusal
    assert denials.iam_only(error).is_refusal == error.is_refusal
    assert not options.missing_region().is_refusal


def test_options_can_be_named_as_the_user_wrote_them():
    error = options.mutually_exclusive("api_key", "iam_token")

    named = error.named({"api_key": "sysdig_integrations_api_key"}.get)

    assert named.remedy == "Leave out sysdig_integrations_api_key or iam_token."
    assert named.facts == {"option": "api_key"}
    assert isinstance(named, OptionError)
    assert error.remedy == "Leave out api_key or iam_token."


def test_words_that_are_no_options_are_not_renamed():
    named = options.missing_region().named(lambda option: f"sysdig_integrations_{option}")

    assert named.problem == "The region is missing, and a GUID does not tell it."
    assert named.remedy.startswith("Give sysdig_integrations_region (such as us-south), or sysdig_integrations_url")


def test_an_error_can_be_renamed_after_it_was_plain_data():
    error = copy_of(options.blank("team_name"))

    assert error.named(lambda option: f"x_{option}").problem == "x_team_name holds nothing but white space."


def test_an_explanation_keeps_the_rest_of_the_error():
    error = refused(request_id="id-1")

    explained = error.explained("It means nothing.", "Do nothing.")

    assert isinstance(explained, ServiceError)
    assert str(explained) == (
        "Token retrieval failed: https://host/path answered 403: CODE1: No. It means nothing. Do nothing."
        " Request ID: id-1."
    )
    assert (explained.facts, explained.is_refusal) == (error.facts, True)


def test_nothing_that_a_terminal_takes_as_a_command_is_in_an_error():
    error = SysdigError(TOKEN, "a\x1b[31m", "b\u202e", code="c\x07", request_id="d\n")

    assert str(error).isprintable()
    assert all(value.isprintable() for value in error.facts.values())
