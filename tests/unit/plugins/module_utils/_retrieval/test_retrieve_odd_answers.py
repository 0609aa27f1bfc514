# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers that are JSON, but not what the service would say: refused or passed over, never a traceback."""

from __future__ import annotations

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import (
    CHECK,
    IAM_LOGIN,
    INSTANCE,
    TEAM,
    TOKEN,
)


@pytest.mark.parametrize(
    ("path", "changed", "step", "bodies"),
    [
        (
            "/identity/token",
            {},
            IAM_LOGIN,
            ["", "[]", "{}", '{"access_token": ""}', '{"access_token": "a\\nb"}'],
        ),
        (
            "/api/token",
            {},
            TOKEN,
            [
                "",
                "7",
                "{}",
                '{"token": "key"}',
                '{"token": {}}',
                '{"token": {"key": "a\\r\\nb"}}',
                '{"token": {"key": 7}}',
            ],
        ),
        ("/api/teams", {"team_name": "SRE"}, TEAM, ["", "[]", "{}", '{"teams": null}']),
        ("/api/users/me", {"check_token": True}, CHECK, ["", "[]", "{}", '{"user": "me"}']),
        (
            "/v2/resource_instances",
            {"instance_id": None, "instance_name": "metrics"},
            INSTANCE,
            ["", "[]", "{}", '{"resources": 7}'],
        ),
    ],
)
def test_json_that_is_not_the_services_own_is_an_unusable_answer(simulator, failure, path, changed, step, bodies):
    for body in bodies:
        simulator.fault("status", status=200, body=body, path=path)

        error = failure(**changed)

        assert (error.step, error.facts["status"]) == (step, 200), body
        assert "answered 200, but" in error.problem


@pytest.mark.parametrize(
    ("path", "changed", "body"),
    [
        (
            "/api/teams",
            {"team_name": "SRE"},
            '{"teams": [7, {}, {"id": "x"}, {"id": 1, "name": null, "products": null}]}',
        ),
        (
            "/v2/resource_instances",
            {"instance_id": None, "instance_name": "metrics"},
            '{"resources": [7, {}, {"name": "metrics", "crn": null}], "next_url": 7}',
        ),
    ],
)
def test_odd_entries_of_a_list_are_passed_over(simulator, failure, path, changed, body):
    simulator.fault("status", status=200, body=body, path=path, times=None)

    assert "option" in failure(**changed).facts


def test_a_credential_goes_nowhere_else_when_the_next_page_is_on_another_host(simulator, failure):
    page = '{"resources": [], "next_url": "https://elsewhere.invalid/v2/resource_instances?start=x"}'
    simulator.fault("status", status=200, body=page, path="/v2/resource_instances")

    failure(instance_id=None, instance_name="nothing")

    assert [request["path"] for request in simulator.requests("resource_controller")][:2] == [
        "/v2/resource_instances"
    ] * 2
    assert simulator.requests("resource_controller")[1]["query"] == "start=x"


@pytest.mark.parametrize("following", ["", "?", "https://[", "7"])
def test_a_next_page_without_a_query_is_none(simulator, failure, following):
    page = f'{{"resources": [], "next_url": "{following}"}}'
    simulator.fault("status", status=200, body=page, path="/v2/resource_instances", times=None)

    failure(instance_id=None, instance_name="nothing")

    assert [request["query"] for request in simulator.requests("resource_controller")] == ["name=nothing", ""]
