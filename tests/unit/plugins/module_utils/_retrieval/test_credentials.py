# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials in the forms that people have them in: what is accepted, and what is refused before any call."""

from __future__ import annotations

import base64
import json
import time

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import OptionError
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval import credentials

EXPIRED_AT = 1_700_000_000  # 2023-11-14T22:13:20Z


def web_token(**claims):
    parts = ({"alg": "none"}, claims)
    encoded = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
    return ".".join([*encoded, "signature"])


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
    assert credentials.iam_token("iam_token", "opaque") == "opaque"
    assert credentials.iam_token("iam_token", web_token(iat=1)) == web_token(iat=1)


def test_an_expired_iam_token_is_refused_with_the_time_of_its_end():
    error = refusal(credentials.iam_token, "iam_token", "Bearer " + web_token(exp=EXPIRED_AT))

    assert "2023-11-14T22:13:20Z" in error.problem
    assert "ibmcloud iam oauth-tokens" in error.remedy


@pytest.mark.parametrize("end", [0, -1, -(10**15)])
def test_an_end_that_is_no_date_is_an_expired_one(end):
    assert "expired" in refusal(credentials.iam_token, "iam_token", web_token(exp=end)).problem


@pytest.mark.parametrize("bad", ["Bearer ", "Bearer", "IAM token: Bearer  ", "one two", "one\ntwo"])
def test_what_is_no_iam_token_is_refused(bad):
    assert refusal(credentials.iam_token, "iam_token", bad).facts == {"option": "iam_token"}


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
