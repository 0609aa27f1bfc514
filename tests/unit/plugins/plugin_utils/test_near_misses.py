# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that nearly are an option, and names that only begin alike."""

from __future__ import annotations

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.options import LOOKUP_OPTIONS, OPTIONS
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._near_misses import near_misses

PREFIX = "sysdig_token_"
VARIABLES = [PREFIX + name for name in (*OPTIONS, *LOOKUP_OPTIONS)]


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("team", "sysdig_token_team_id or sysdig_token_team_name"),
        ("teamid", "sysdig_token_team_id"),
        ("tema_id", "sysdig_token_team_id"),
        ("team_ids", "sysdig_token_team_id"),
        ("instance", "sysdig_token_instance_id or sysdig_token_instance_name"),
        ("instanceid", "sysdig_token_instance_id"),
        ("apikey", "sysdig_token_api_key"),
        ("urls", "sysdig_token_url"),
        ("prodcut", "sysdig_token_product"),
        ("validate_cert", "sysdig_token_validate_certs"),
        ("detials", "sysdig_token_details"),
    ],
)
def test_near_miss_has_a_suggestion(name, suggestion):
    assert near_misses([PREFIX + name], PREFIX, VARIABLES) == [(PREFIX + name, suggestion)]


@pytest.mark.parametrize("name", ["", "ttl", "result", "value", "file", "path", "common_defaults", "of_europe", "id"])
def test_name_of_somebody_s_own_has_none(name):
    assert near_misses([PREFIX + name], PREFIX, VARIABLES) == []


def test_options_themselves_and_other_prefixes_are_left_alone():
    assert near_misses([*VARIABLES, "sysdig_team", "team", "inventory_hostname"], PREFIX, VARIABLES) == []


def test_prefix_may_be_misspelt_where_it_is_longer_than_what_is_searched_for():
    options = ["sysdig_integrations_list", "sysdig_integrations_team_id"]
    names = ["sysdig_integration_list", "sysdig_integrations_team", "sysdig_integrations_common_list"]

    assert near_misses(names, "sysdig_integration", options) == [
        ("sysdig_integration_list", "sysdig_integrations_list"),
        ("sysdig_integrations_team", "sysdig_integrations_team_id"),
    ]
