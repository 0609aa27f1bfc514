# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values in the forms that people have them in: what is accepted, what becomes of it, what is refused and why."""

from __future__ import annotations

import base64
import json
import time

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import OptionError
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval import parse

EXPIRED_AT = 1_700_000_000  # 2023-11-14T22:13:20Z


def web_token(**claims):
    parts = ({"alg": "none"}, claims)
    encoded = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
    return ".".join([*encoded, "signature"])


def refusal(check, *arguments):
    with pytest.raises(OptionError) as refused:
        check(*arguments)
    return refused.value


def test_blanks_around_a_secret_are_taken_off():
    assert parse.secret("api_key", "  my-key ") == "my-key"


@pytest.mark.parametrize(
    "bad",
    [
        "  ",
        "SECRET\n",
        "\nSECRET",
        "\tSECRET",
        "SEC\r\nSECRET",
        "SECRET\x00",
        "SECRET SECRET",
        "SECRÉT",
        "\u201cSECRET\u201d",
    ],
)
def test_a_secret_that_could_not_be_one_is_refused_without_being_shown(bad):
    error = refusal(parse.secret, "api_key", bad)

    assert error.facts == {"option": "api_key"}
    assert "api_key" in error.problem
    assert "SECR" not in str(error)


@pytest.mark.parametrize(
    "form",
    [
        "{}",
        "Bearer {}",
        "bearer {}",
        "IAM token:  Bearer {}",
        "IAM token: {}",
        "  Bearer  {}  ",
        "IAM token:  Bearer {}\n",
    ],
)
def test_an_iam_token_is_accepted_as_the_command_line_prints_it(form):
    token = web_token(exp=int(time.time()) + 60)

    assert parse.iam_token("iam_token", form.format(token)) == token


def test_an_iam_token_that_does_not_tell_its_end_is_accepted():
    assert parse.iam_token("iam_token", "opaque") == "opaque"
    assert parse.iam_token("iam_token", web_token(iat=1)) == web_token(iat=1)


def test_an_expired_iam_token_is_refused_with_the_time_of_its_end():
    error = refusal(parse.iam_token, "iam_token", "Bearer " + web_token(exp=EXPIRED_AT))

    assert "2023-11-14T22:13:20Z" in error.problem
    assert "ibmcloud iam oauth-tokens" in error.remedy


@pytest.mark.parametrize("end", [0, -1, -(10**15)])
def test_an_end_that_is_no_date_is_an_expired_one(end):
    assert "expired" in refusal(parse.iam_token, "iam_token", web_token(exp=end)).problem


@pytest.mark.parametrize("bad", ["Bearer ", "Bearer", "IAM token: Bearer  ", "one two", "one\ntwo"])
def test_what_is_no_iam_token_is_refused(bad):
    assert refusal(parse.iam_token, "iam_token", bad).facts == {"option": "iam_token"}


@pytest.mark.parametrize(
    ("token", "expiry"),
    [
        (web_token(exp=EXPIRED_AT), EXPIRED_AT),
        (web_token(exp=EXPIRED_AT + 0.5), EXPIRED_AT),
        (web_token(), None),
        (web_token(exp="soon"), None),
        (web_token(exp=None), None),
        ("a.!!!.c", None),
        ("a.W10.c", None),
        ("opaque", None),
        ("", None),
    ],
)
def test_the_expiry_is_read_out_of_a_token_if_it_is_there(token, expiry):
    assert parse.token_expiry(token) == expiry


@pytest.mark.parametrize("value", [7, "7", " 7 "])
def test_a_whole_number_may_be_written_as_text(value):
    assert parse.integer("team_id", value, at_least=1) == 7


@pytest.mark.parametrize("value", [0, -1, "x", "", 1.5, True, None, "1e3", [7]])
def test_what_is_no_whole_number_is_refused_and_shown(value):
    error = refusal(parse.integer, "team_id", value, 1)

    assert error.facts == {"option": "team_id"}
    assert str(value) in error.problem


@pytest.mark.parametrize(
    ("spelling", "truth"),
    [
        (True, True),
        ("yes", True),
        ("True", True),
        (1, True),
        (False, False),
        ("no", False),
        ("0", False),
        ("off", False),
    ],
)
def test_a_truth_value_may_be_spelled_as_in_ansible(spelling, truth):
    assert parse.boolean("check_token", spelling) is truth
