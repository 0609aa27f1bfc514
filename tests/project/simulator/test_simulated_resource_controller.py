# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated resource controller: filters, pages, and what an account may see."""

from __future__ import annotations

import pytest
from simulator.ids import ACCOUNT, IAM_ONLY, OTHER_ACCOUNT, OTHER_ACCOUNT_KEY, PROTECTION, RETIRED

PATH = "/v2/resource_instances"


@pytest.fixture
def listing(call, iam_headers):
    """All pages for a query, as (guids, number of pages)."""

    def collect(headers=iam_headers, **parameters):
        guids, pages, path = [], 0, PATH
        while path:
            document = call("GET", path, headers=headers, params=parameters).json()
            assert document["rows_count"] == len(document["resources"])
            guids += [resource["guid"] for resource in document["resources"]]
            pages, path, parameters = pages + 1, document["next_url"], {}
        return guids, pages

    return collect


@pytest.mark.parametrize(
    ("parameters", "initials"),
    [
        ({"name": "metrics"}, "1"),
        ({"name": "shared-name"}, "b678"),
        ({"name": "shared-name", "resource_group_id": "2222222222222222bbbbbbbbbbbbbbbb"}, "7"),
        ({"name": "shared-name", "resource_id": "090c2c10-8c38-11e8-bec2-493df9c49eb8"}, "678"),
        ({"guid": PROTECTION}, "2"),
        ({"name": "nowhere"}, ""),
    ],
)
def test_filters(listing, parameters, initials):
    guids, _pages = listing(**parameters)

    assert "".join(guid[0] for guid in guids) == initials


@pytest.mark.parametrize(("limit", "pages"), [(1, 4), (2, 2), (100, 2)])
def test_pages_go_on_with_the_same_filter(listing, limit, pages):
    guids, fetched = listing(name="shared-name", limit=limit)

    assert len(set(guids)) == 4
    assert fetched == pages


def test_account_sees_only_its_own(listing, simulator):
    guids, _pages = listing({"Authorization": f"Bearer {simulator.iam_token(OTHER_ACCOUNT_KEY)}"})

    assert guids == [OTHER_ACCOUNT]


@pytest.mark.parametrize(
    ("guid", "state", "parameters"),
    [
        (IAM_ONLY, "active", {"external_api_auth": "IAM_ONLY"}),
        (RETIRED, "inactive", {}),
    ],
)
def test_description_of_an_instance(call, iam_headers, guid, state, parameters):
    (resource,) = call("GET", PATH, headers=iam_headers, params={"guid": guid}).json()["resources"]

    assert resource["crn"] == f"crn:v1:bluemix:public:sysdig-monitor:us-south:a/{ACCOUNT}:{guid}::"
    assert (resource["region_id"], resource["state"], resource["parameters"]) == ("us-south", state, parameters)


@pytest.mark.parametrize(
    ("method", "query", "status"),
    [
        ("GET", "?nmae=metrics", 400),
        ("GET", "?name=a&name=b", 400),
        ("GET", "?limit=0", 400),
        ("GET", "?start=nonsense", 400),
        ("POST", "", 405),
        ("GET", "/", 404),
    ],
)
def test_wrong_request_is_refused(call, iam_headers, method, query, status):
    answer = call(method, PATH + query, headers=iam_headers)

    assert (answer.status_code, answer.json()["status_code"]) == (status, status)


@pytest.mark.parametrize("authorization", [None, "Bearer nonsense", "bearer {token}", "{token}"])
def test_callers_without_valid_iam_token_are_refused(call, simulator, authorization):
    headers = {"Authorization": authorization.format(token=simulator.iam_token())} if authorization else {}

    answer = call("GET", PATH, headers=headers)

    assert answer.status_code == 401
    assert answer.json()["transaction_id"]
