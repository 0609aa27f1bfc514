# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which options a retrieval has, when entry, role, module_defaults and variables each name some."""

from __future__ import annotations

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.options import GROUPS, OPTIONS
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.retrieval import (
    CALL_OPTIONS,
    Level,
    combine,
)

US, EU = (
    f"crn:v1:bluemix:public:sysdig-monitor:{region}:a/0123456789abcdef0123456789abcdef:{guid}::"
    for region, guid in (
        ("us-south", "11111111-1111-4111-8111-111111111111"),
        ("eu-de", "22222222-1111-4111-8111-111111111111"),
    )
)
GUID = "33333333-1111-4111-8111-111111111111"
US_URL = "https://us-south.monitoring.cloud.ibm.com"
GATEWAY = "https://gateway.example.com"
SAAS = {"sysdig_api_token": "saas", "url": "https://app.sysdig.example.com"}

# What the levels name, the highest first, and what comes of it.
CASES = {
    "the highest level wins": ([{"team_id": 1}, {"team_id": 2}, {"team_id": 3}], {"team_id": 1}),
    "levels add to each other": ([{"team_id": 1}, {"region": "us-south"}], {"team_id": 1, "region": "us-south"}),
    "an empty string, null and an omitted option are not given": (
        [{"team_id": "", "region": None}, {"team_id": 2, "region": "us-south"}],
        {"team_id": 2, "region": "us-south"},
    ),
    "false and zero are given": (
        [{"validate_certs": False, "retries": 0}, {"validate_certs": True, "retries": 3}],
        {"validate_certs": False, "retries": 0},
    ),
    "a credential replaces all of another": (
        [{"api_key_file": "/k"}, {"api_key": "k", "auth_method": "api_key"}],
        {"api_key_file": "/k"},
    ),
    "a profile replaces a key": (
        [{"iam_profile_name": "p", "auth_method": "vpc"}, {"api_key": "k"}],
        {"iam_profile_name": "p", "auth_method": "vpc"},
    ),
    "a user name goes with its administrator": (
        [{"sysdig_api_token": "a"}, {"sysdig_api_token": "b", "username": "u", "team_id": 1}],
        {"sysdig_api_token": "a", "team_id": 1},
    ),
    "an entry picks a user for the role's administrator": (
        [{"username": "u", "team_id": 1}, {"sysdig_api_token": "b", "username": "v", "team_id": 2}],
        {"sysdig_api_token": "b", "username": "u", "team_id": 1},
    ),
    "a name replaces a GUID": ([{"instance_name": "n"}, {"instance_id": GUID}], {"instance_name": "n"}),
    "a team's name replaces an ID": ([{"team_name": "SRE"}, {"team_id": 1}], {"team_name": "SRE"}),
    "a CRN replaces product and region": (
        [{"instance_id": EU}, {"instance_id": US, "product": "secure", "region": "us-south"}],
        {"instance_id": EU},
    ),
    "a GUID does not": (
        [{"instance_id": GUID}, {"product": "secure", "region": "us-south"}],
        {"instance_id": GUID, "product": "secure", "region": "us-south"},
    ),
    "what contradicts on one level is left for the error": (
        [{"instance_id": EU, "region": "us-south"}],
        {"instance_id": EU, "region": "us-south"},
    ),
    "a CRN replaces an address of IBM Cloud": ([{"instance_id": EU}, {"url": US_URL}], {"instance_id": EU}),
    "but not one that may be for all instances": (
        [{"instance_id": EU}, {"url": GATEWAY}],
        {"instance_id": EU, "url": GATEWAY},
    ),
    "an address goes with the instance it is named with": (
        [{"instance_id": EU}, {"instance_id": US, "url": GATEWAY}],
        {"instance_id": EU},
    ),
    "an address of IBM Cloud replaces product and region": (
        [{"url": US_URL}, {"region": "eu-de", "product": "secure", "instance_id": GUID}],
        {"url": US_URL, "instance_id": GUID},
    ),
    "another installation replaces instance and region": (
        [SAAS, {"instance_id": US, "region": "us-south", "api_key": "k", "iam_url": "https://iam.example.com"}],
        {**SAAS, "iam_url": "https://iam.example.com"},
    ),
    "and the address of the instance": (
        [{"sysdig_api_token": "saas"}, {"instance_id": US, "url": GATEWAY}],
        {"sysdig_api_token": "saas"},
    ),
    "but not an address that is named alone": (
        [{"sysdig_api_token": "team"}, {"url": SAAS["url"]}],
        {"sysdig_api_token": "team", "url": SAAS["url"]},
    ),
    "an instance replaces another installation": (
        [{"instance_id": US}, {**SAAS, "auth_method": "sysdig_token", "username": "u", "timeout": 5}],
        {"instance_id": US, "timeout": 5},
    ),
    "an instance keeps the credential of IBM Cloud": (
        [{"instance_id": US}, {"instance_id": EU, "api_key": "k", "team_name": "SRE"}],
        {"instance_id": US, "api_key": "k", "team_name": "SRE"},
    ),
    "the addresses of IAM and the resource controller stand alone": (
        [
            {"instance_name": "n", "api_key": "k"},
            {"iam_url": "https://i", "resource_controller_url": "https://r", "endpoint_type": "private"},
        ],
        {
            **{"instance_name": "n", "api_key": "k", "endpoint_type": "private"},
            **{"iam_url": "https://i", "resource_controller_url": "https://r"},
        },
    ),
    "three levels": (
        [
            {"team_id": 3},
            {"instance_id": US},
            {"instance_id": EU, "region": "eu-de", "team_name": "SRE", "api_key": "k"},
        ],
        {"team_id": 3, "instance_id": US, "api_key": "k"},
    ),
}


@pytest.mark.parametrize(("levels", "options"), CASES.values(), ids=CASES)
def test_levels(levels, options):
    assert combine([Level(level) for level in levels]).options == options


TOKENS = {
    "a known token serves an entry that names nothing": ([{}, {"token": "t", "region": "us-south"}], "t"),
    "also one that only says how to call": ([{"timeout": 5, "retries": 0}, {"token": "t"}], "t"),
    "not one that names a team": ([{"team_id": 1}, {"token": "t"}], None),
    "not one that names a region": ([{"region": "eu-de"}, {"token": "t"}], None),
    "a lower level's serves if no higher one says what to retrieve": ([{}, {}, {}, {"token": "t"}], "t"),
    "not if one does": ([{}, {"instance_id": GUID}, {}, {"token": "t"}], None),
    "an empty one is not one": ([{}, {"token": ""}, {"token": "t"}], "t"),
}


@pytest.mark.parametrize(("levels", "token"), TOKENS.values(), ids=TOKENS)
def test_known_tokens(levels, token):
    assert combine([Level(level) for level in levels]).token == token


class Watched(dict):
    """Values, and the names that were looked at."""

    def __init__(self, values):
        super().__init__(values)
        self.seen = []

    def get(self, name, /):
        self.seen.append(name)
        return super().get(name)


def test_what_is_replaced_is_not_looked_at():
    role = Watched({"api_key": "k", "team_id": 1, "instance_id": GUID, "region": "us-south"})
    combine([Level({"iam_token": "t", "instance_id": US, "team_id": 2}), Level(role)])
    assert not {*GROUPS["credential"], *GROUPS["instance"], *GROUPS["team"], "username", "region"} & set(role.seen)
    assert len(role.seen) == len(set(role.seen))


def test_with_a_known_token_no_credential_is_looked_at():
    role, lower = Watched({"token": "t", "api_key": "k"}), Watched({"api_key": "k"})
    assert combine([Level({}), Level(role), Level(lower)]).options == {}
    assert not set(GROUPS["credential"]) & {*role.seen, *lower.seen}


def test_names_are_kept_as_they_were_written():
    levels = [Level({"team_id": 1}), Level({"api_key": "k"}, "role_{}"), Level({"region": "eu-de"}, "sysdig_token_{}")]
    assert combine(levels).written == {"team_id": "team_id", "api_key": "role_api_key", "region": "sysdig_token_region"}


def test_groups_and_call_options_are_options():
    named = [name for group in GROUPS.values() for name in group]
    assert len(named) == len(set(named))
    assert {*named, *CALL_OPTIONS} <= set(OPTIONS)
    assert not set(named) & CALL_OPTIONS
