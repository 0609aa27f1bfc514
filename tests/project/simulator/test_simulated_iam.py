# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated IAM: which logins it takes, and how it words a refusal."""

from __future__ import annotations

import base64
import json
import time

import pytest
from simulator.ids import ACCOUNT, CR_TOKEN, OWNER_API_KEY, PROFILE

API_KEY_GRANT = "urn:ibm:params:oauth:grant-type:apikey"
CR_TOKEN_GRANT = "urn:ibm:params:oauth:grant-type:cr-token"
LOGIN = {"grant_type": API_KEY_GRANT, "apikey": OWNER_API_KEY}
CR_LOGIN = {"grant_type": CR_TOKEN_GRANT, "cr_token": CR_TOKEN}


def claims_of(token):
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def test_api_key_gives_token_of_an_hour(call):
    answer = call("POST", "/identity/token", data={**LOGIN, "response_type": "cloud_iam"})

    document = answer.json()
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert (document["token_type"], document["expires_in"]) == ("Bearer", 3600)
    claims = claims_of(document["access_token"])
    assert claims["account"]["bss"] == ACCOUNT
    assert claims["exp"] == document["expiration"]
    assert abs(claims["exp"] - claims["iat"] - 3600) <= 1
    assert abs(claims["iat"] - time.time()) < 10


@pytest.mark.parametrize(
    ("profile", "iam_id_ends"),
    [
        ({"profile_id": PROFILE}, "1"),
        ({"profile_name": "one-team-hosts"}, "3"),
    ],
)
def test_compute_resource_token_assumes_the_named_profile(call, profile, iam_id_ends):
    answer = call("POST", "/identity/token", data={**CR_LOGIN, **profile})

    claims = claims_of(answer.json()["access_token"])
    assert claims["iam_id"].endswith(iam_id_ends)
    assert claims["grant_type"] == CR_TOKEN_GRANT


@pytest.mark.parametrize(
    ("form", "status", "code"),
    [
        pytest.param({**LOGIN, "apikey": "unknown"}, 400, "BXNIM0415E", id="unknown key"),
        pytest.param({**LOGIN, "apikey": OWNER_API_KEY + "\n"}, 400, "BXNIM0415E", id="key with newline"),
        pytest.param({**LOGIN, "apikey": ""}, 400, "BXNIM0109E", id="empty key"),
        pytest.param({"grant_type": API_KEY_GRANT}, 400, "BXNIM0109E", id="no key"),
        pytest.param({"apikey": OWNER_API_KEY}, 400, "BXNIM0109E", id="no grant type"),
        pytest.param({**LOGIN, "grant_type": "password"}, 400, "BXNIM0106E", id="unknown grant type"),
        pytest.param({**LOGIN, "response_type": "uaa"}, 400, "BXNIM0106E", id="unknown response type"),
        pytest.param({**LOGIN, "apikey": [OWNER_API_KEY] * 2}, 400, "BXNIM0106E", id="key twice"),
        pytest.param(CR_LOGIN, 400, "BXNIM0109E", id="no profile"),
        pytest.param({**CR_LOGIN, "profile_name": "strangers"}, 400, "BXNIM0398E", id="profile of others"),
        pytest.param({**CR_LOGIN, "cr_token": "x", "profile_name": "y"}, 400, "BXNIM0401E", id="unknown cr_token"),
    ],
)
def test_bad_login_is_refused_in_iam_words(call, form, status, code):
    answer = call("POST", "/identity/token", data=form)

    document = answer.json()
    assert (answer.status_code, document["errorCode"]) == (status, code)
    assert document["errorMessage"]
    assert document["context"]["requestId"]
    assert OWNER_API_KEY not in answer.text


@pytest.mark.parametrize(
    ("method", "path", "arguments", "status"),
    [
        pytest.param("GET", "/identity/token", {}, 405, id="GET"),
        pytest.param("POST", "/identity/token", {"json": LOGIN}, 415, id="JSON"),
        pytest.param("POST", "/identity/token", {"params": LOGIN, "data": LOGIN}, 400, id="key in the URL"),
        pytest.param("POST", "/identity/token/", {"data": LOGIN}, 404, id="trailing slash"),
        pytest.param("POST", "//identity/token", {"data": LOGIN}, 404, id="doubled slash"),
    ],
)
def test_wrong_request_is_refused(call, method, path, arguments, status):
    assert call(method, path, **arguments).status_code == status


def test_token_lifetime_can_be_shortened(call, simulator):
    simulator.iam_token_lifetime(-5)

    document = call("POST", "/identity/token", data=LOGIN).json()

    assert document["expires_in"] == 0
    assert document["expiration"] < time.time()
