# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every error says what failed and what to do; and secrets are masked in whatever form they come back."""

from __future__ import annotations

import base64
import inspect
import json
import re
from urllib.parse import quote, quote_plus

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import retrieval as errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import (
    ACCESS_KEY,
    CHECK,
    IAM_LOGIN,
    INSTANCE,
    TEAM,
    TOKEN,
    SysdigError,
    from_dict,
)
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._redact import MASK, redact

# What the functions of errors.py are called with, by the name of the parameter.
SAMPLES = {
    "attempts": 3,
    "at_least": 1,
    "auth_method": "iam_token",
    "choices": ("monitor", "secure"),
    "code": "BXNIM0415E",
    "credentials": ("api_key", "iam_token"),
    "crns": ("crn:v1:a", "crn:v1:b"),
    "data": {"step": "Options", "problem": "It is wrong.", "remedy": "Correct it.", "facts": {}},
    "denied": errors.refused(TOKEN, "https://sysdig/api/token", 403, None, "Access is denied"),
    "disabled": 2,
    "iam_only": None,
    "known": ("timeout", "retries"),
    "pause": 5.0,
    "seconds": 3.0,
    "services": ("sysdig-monitor", "sysdig-secure"),
    "status": 400,
    "step": TOKEN,
    "teams": {102: "SRE"},
    "url": "https://sysdig/api/token",
    "visible": ("metrics",),
}
FUNCTIONS = {
    name: function
    for name, function in inspect.getmembers(errors, inspect.isfunction)
    if function.__module__ == errors.__name__ and not name.startswith("_")
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_error_says_what_is_wrong_and_what_to_do(name):
    function = FUNCTIONS[name]

    error = function(*(SAMPLES.get(parameter, parameter) for parameter in inspect.signature(function).parameters))

    assert isinstance(error, SysdigError)
    for sentence in (error.problem, error.remedy):
        assert len(sentence.split()) > 1
        assert "None" not in sentence
        assert not re.search(r"[.:?!] ?[.:?!]|  ", sentence.replace("...", "").replace("::", "")), sentence
    assert error.problem.endswith(".")
    assert error.problem in str(error)
    assert str(error).endswith(error.remedy)
    assert None not in error.facts.values()


@pytest.mark.parametrize("step", [IAM_LOGIN, INSTANCE, TEAM, TOKEN, ACCESS_KEY, CHECK])
@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 429, 500, 503])
def test_a_refusal_names_step_address_status_code_and_words_of_the_service(step, status):
    error = errors.refused(step, "https://host/path", status, "CODE1", "It is not so")

    assert str(error).startswith(f"{step} failed: https://host/path answered {status}: CODE1: It is not so. ")
    assert error.remedy
    assert error.facts == {"url": "https://host/path", "status": status, "code": "CODE1"}


def test_a_wrong_option_is_not_called_a_failed_step():
    assert str(errors.missing_region()).startswith("The region is missing")


@pytest.mark.parametrize(
    ("iam_only", "said", "advised"),
    [
        (True, ["IAM_ONLY"], ["external_api_auth to ANY"]),
        (False, ["lacks a role"], ["Writer role"]),
        (None, ["IAM_ONLY", "lacks a role"], ["external_api_auth to ANY", "Writer role"]),
    ],
)
def test_a_denied_access_is_explained_by_what_could_be_seen_of_the_instance(iam_only, said, advised):
    error = errors.access_denied(SAMPLES["denied"], iam_only)

    assert "Access is denied" in error.problem
    assert [words for words in ("IAM_ONLY", "lacks a role") if words in error.problem] == said
    assert [words for words in ("external_api_auth to ANY", "Writer role") if words in error.remedy] == advised
    assert error.facts["status"] == 403


def test_an_error_survives_being_plain_data():
    error = errors.refused(TOKEN, "https://host/path", 401, "CODE1", "No")

    copy = from_dict(json.loads(json.dumps(error.as_dict())))

    assert (str(copy), copy.facts) == (str(error), error.facts)


# --- Masking ---

SECRET = 'key+/with="odd\\signs='


@pytest.mark.parametrize(
    "form",
    [
        str,
        quote,
        quote_plus,
        lambda secret: quote_plus(secret).lower(),
        json.dumps,
        lambda secret: base64.b64encode(secret.encode()).decode(),
        lambda secret: base64.b64encode(secret.encode()).decode().rstrip("="),
        lambda secret: base64.urlsafe_b64encode(secret.encode()).decode(),
        lambda secret: base64.urlsafe_b64encode(secret.encode()).decode().rstrip("="),
    ],
    ids=[
        *("plain", "in a path", "in a form", "with lower-case escapes", "JSON"),
        *("base64", "base64 without padding", "URL-safe base64", "URL-safe base64 without padding"),
    ],
)
def test_a_secret_is_masked_in_every_usual_form(form):
    said = redact(f"before {form(SECRET)} after", {SECRET})

    assert said.replace('"', "") == f"before {MASK} after"


def test_the_longer_of_two_secrets_is_masked_whole():
    assert redact("key-and-more key", {"key", "key-and-more"}) == f"{MASK} {MASK}"


def test_a_text_without_secrets_stays_as_it_is():
    assert redact("nothing to hide", {"key", ""}) == "nothing to hide"
