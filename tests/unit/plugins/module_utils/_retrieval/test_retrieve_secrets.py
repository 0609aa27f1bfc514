# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever a service repeats of a secret, no part of the error or the result shows it."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest
from simulator.ids import METRICS

ODD_KEY = "odd/key+with=signs&more"


@pytest.mark.parametrize(
    "echoed",
    [
        ODD_KEY,
        quote(ODD_KEY, safe=""),
        base64.b64encode(ODD_KEY.encode()).decode(),
        f"{'x' * 290}{ODD_KEY}",
    ],
    ids=["plain", "URL-encoded", "base64", "cut in the middle"],
)
@pytest.mark.parametrize("field", ["errorMessage", "errorCode"])
def test_a_key_that_iam_repeats_is_in_no_part_of_the_error(simulator, failure, field, echoed):
    simulator.fault("status", status=400, service="iam", body=f'{{"{field}": "{echoed}"}}')

    error = failure(api_key=ODD_KEY)

    for part in (str(error), repr(error), str(error.facts), str(error.as_dict())):
        assert echoed not in part
        assert ODD_KEY[:8] not in part


@pytest.mark.parametrize("path", ["?apikey=", f"{'x' * 68}?k="], ids=["whole", "cut in the middle"])
def test_a_key_in_a_redirect_is_not_shown_even_in_part(simulator, failure, path):
    simulator.fault("redirect", service="iam", url=f"https://elsewhere.invalid/{path}" + quote(ODD_KEY, safe=""))

    error = failure(api_key=ODD_KEY)

    assert "odd" not in str(error) + repr(error)


def test_an_iam_token_that_sysdig_repeats_is_not_shown(simulator, failure):
    token = simulator.iam_token()
    simulator.fault("status", status=401, service="sysdig", body=f'{{"message": "Bearer {token} is not valid"}}')

    error = failure(api_key=None, iam_token=token)

    assert token not in str(error)
    assert token.split(".")[1] not in str(error)
    assert "is not valid" in error.problem


def test_the_iam_token_of_a_login_is_not_shown_either(simulator, failure):
    simulator.fault("status", status=200, service="iam", body='{"access_token": "secret.access.token"}')
    simulator.fault("status", status=401, service="sysdig", body='{"message": "secret.access.token is not valid"}')

    assert "secret.access" not in str(failure())


def test_the_retrieved_token_is_not_shown_when_it_fails_its_proof(simulator, failure):
    token = simulator.token(METRICS)
    simulator.fault("status", status=401, path="/api/users/me", body=f'{{"message": "{token} is not valid"}}')

    assert token not in str(failure(check_token=True))


def test_no_representation_of_the_result_shows_the_token(simulator, retrieved):
    assert simulator.token(METRICS) not in repr(retrieved())
