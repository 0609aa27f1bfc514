# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials in the forms that people have them in: what is accepted, and what is refused before any call."""

from __future__ import annotations

import time

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import OptionError
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval import credentials, parse
from simulator.ids import METRICS, METRICS_CRN
from web_tokens import web_token

EXPIRED_AT = 1_700_000_000  # 2023-11-14T22:13:20Z


def refusal(check, *arguments):
    with pytest.raises(OptionError) as refused:
        check(*arguments)
    return refused.value


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

    assert credentials.iam_token("iam_token", form.format(token)) == token


def test_an_iam_token_that_does_not_tell_its_end_is_accepted():
    assert credentials.iam_token("iam_token", web_token(iat=1)) == web_token(iat=1)


def test_an_expired_iam_token_is_refused_with_the_time_of_its_end():
    error = refusal(credentials.iam_token, "iam_token", "Bearer " + web_token(exp=EXPIRED_AT))

    assert "2023-11-14T22:13:20Z" in error.problem
    assert "ibmcloud iam oauth-tokens" in error.remedy


@pytest.mark.parametrize("end", [0, -1, -(10**15)])
def test_an_end_that_is_no_date_is_an_expired_one(end):
    assert "expired" in refusal(credentials.iam_token, "iam_token", web_token(exp=end)).problem


@pytest.mark.parametrize(
    "bad",
    [
        *("Bearer ", "Bearer", "IAM token: Bearer  ", "one two", "one\ntwo"),
        *("opaque", "a.b", "a.b.c", "a.W10.c", "e30.e30", "e30.e30.s.x", "..", f"e30.{'W' * 100_000}.s"),
    ],
)
def test_what_is_no_iam_token_is_refused(bad):
    assert refusal(credentials.iam_token, "iam_token", bad).facts == {"option": "iam_token"}


def test_an_api_key_in_the_place_of_an_iam_token_names_its_option():
    error = refusal(credentials.iam_token, "iam_token", "sEcReT-aPi_kEy_0123456789abcdefghijklmnopqrs")

    assert "three parts separated by dots" in error.problem
    assert "give it as api_key" in error.remedy
    assert "sEcReT" not in str(error)


@pytest.mark.parametrize("quotes", ["''", '""', "``", "\u201c\u201d", "\u00bb\u00ab"])
@pytest.mark.parametrize(
    ("check", "option", "value"),
    [
        (parse.secret, "api_key", "my-key"),
        (parse.secret, "sysdig_api_token", "my-token"),
        (credentials.iam_token, "iam_token", web_token()),
        (lambda option, value: parse.instance(value), "instance_id", METRICS_CRN),
        (lambda option, value: parse.instance(value), "instance_id", METRICS),
    ],
    ids=["key", "token", "IAM token", "CRN", "GUID"],
)
def test_quotation_marks_around_a_pasted_value_are_named(quotes, check, option, value):
    error = refusal(check, option, f" {quotes[0]}{value}{quotes[1]} ")

    assert error.problem == f"{option} holds quotation marks around its value."
    assert value not in str(error)


@pytest.mark.parametrize("content", ['"my-key"', "'my-key'\n", '{"apikey": "\\"my-key\\""}'])
def test_quotation_marks_around_the_key_in_a_file_are_named(tmp_path, content):
    (tmp_path / "key").write_text(content, encoding="utf-8")

    error = refusal(credentials.api_key_from_file, "api_key_file", tmp_path / "key")

    assert "quotation marks around the key" in error.problem
    assert "my-key" not in str(error)


@pytest.mark.parametrize(
    ("claims", "account"),
    [
        ({"account": {"bss": "a1b2"}}, "a1b2"),
        ({"account": {"bss": 7}}, None),
        ({"account": "a1b2"}, None),
        ({"account": {}}, None),
        ({}, None),
    ],
)
def test_the_account_is_read_out_of_a_token_if_it_is_there(claims, account):
    assert credentials.token_account(web_token(**claims)) == account
    assert credentials.token_account("opaque") is None


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
    assert credentials.token_expiry(token) == expiry
