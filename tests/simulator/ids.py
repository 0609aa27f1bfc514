# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names for the ids and credentials of world.json, for everything that uses the simulator."""

from __future__ import annotations

ACCOUNT = "a1b2c3d4e5f60718293a4b5c6d7e8f90"

# Instances of that account, which is the owner's.
METRICS = "11111111-1111-4111-8111-111111111111"
PROTECTION = "22222222-2222-4222-8222-222222222222"
EUROPE = "33333333-3333-4333-8333-333333333333"
IAM_ONLY = "44444444-4444-4444-8444-444444444444"
PROTECTION_EUROPE = "55555555-5555-4555-8555-555555555555"
SHARED_GROUP = "77777777-7777-4777-8777-777777777777"
SHARED_EUROPE = "88888888-8888-4888-8888-888888888888"
RETIRED = "99999999-9999-4999-8999-999999999999"
OBJECT_STORAGE = "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb"
METRICS_CRN = f"crn:v1:bluemix:public:sysdig-monitor:us-south:a/{ACCOUNT}:{METRICS}::"

# Instances of other accounts.
OTHER_ACCOUNT = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
ODD_NAME = "cccccccc-cccc-4ccc-8ccc-cccccccccccc"
TWIN_MONITOR = "dddddddd-dddd-4ddd-8ddd-dddddddddddd"
TWIN_SECURE = "eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee"

# API keys of IAM, by whose they are.
OWNER_API_KEY = "sim-api-key-0000000000000000000000000000000001"
OTHER_ACCOUNT_KEY = "sim-api-key-other-account-00000000000000000002"
ONE_TEAM_KEY = "sim-api-key-one-team-0000000000000000000000003"
VIEWER_KEY = "sim-api-key-viewer-000000000000000000000000004"
ODD_NAMES_KEY = "sim-api-key-odd-names-0000000000000000000000005"

# Trusted profiles, and the token of the pods that may use the first two.
CR_TOKEN = "sim-compute-resource-token-0001"
PROFILE = "Profile-00000000-0000-4000-8000-000000000001"
ONE_TEAM_PROFILE = "Profile-00000000-0000-4000-8000-000000000002"
OTHER_PROFILE = "Profile-00000000-0000-4000-8000-000000000003"

# Access keys of METRICS, and of PROTECTION.
DISABLED_ACCESS_KEY = "00000000-feed-4000-8000-000000000010"
ENABLED_ACCESS_KEY = "00000000-feed-4000-8000-000000000011"
PROTECTION_ACCESS_KEY = "00000000-feed-4000-8000-000000000021"


def profile_crn(profile: str) -> str:
    """The CRN of a trusted profile, by its id."""
    return f"crn:v1:bluemix:public:iam-identity::a/{ACCOUNT}::profile:{profile}"
