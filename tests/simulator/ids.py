# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names for the ids and credentials of world.json, for everything that uses the simulator."""

from __future__ import annotations

ACCOUNT = "a1b2c3d4e5f60718293a4b5c6d7e8f90"
OTHER_ACCOUNT_ID = "0f9e8d7c6b5a4938271605f4e3d2c1b0"

# Instances of that account, which is the owner's.
METRICS = "11111111-1111-4111-8111-111111111111"
PROTECTION = "22222222-2222-4222-8222-222222222222"
EUROPE = "33333333-3333-4333-8333-333333333333"
IAM_ONLY = "44444444-4444-4444-8444-444444444444"
PROTECTION_EUROPE = "55555555-5555-4555-8555-555555555555"
SHARED_NAME = "66666666-6666-4666-8666-666666666666"
SHARED_GROUP = "77777777-7777-4777-8777-777777777777"
SHARED_EUROPE = "88888888-8888-4888-8888-888888888888"
RETIRED = "99999999-9999-4999-8999-999999999999"
OBJECT_STORAGE = "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb"
METRICS_CRN = f"crn:v1:bluemix:public:sysdig-monitor:us-south:a/{ACCOUNT}:{METRICS}::"

# Instances of other accounts. Those called KEYS have access keys of every kind.
OTHER_ACCOUNT = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
ODD_NAME = "cccccccc-cccc-4ccc-8ccc-cccccccccccc"
TWIN_MONITOR = "dddddddd-dddd-4ddd-8ddd-dddddddddddd"
TWIN_SECURE = "eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee"
KEYS_MONITOR = "14141414-1414-4141-8141-141414141414"
KEYS_SECURE = "15151515-1515-4151-8151-151515151515"
KEYS_IAM_ONLY = "16161616-1616-4161-8161-161616161616"

# API keys of IAM, by whose they are. All are Managers, except for the Reader and the Writer of ACCOUNT.
OWNER_API_KEY = "sim-api-key-0000000000000000000000000000000001"
OTHER_ACCOUNT_KEY = "sim-api-key-other-account-00000000000000000002"
ONE_TEAM_KEY = "sim-api-key-one-team-0000000000000000000000003"
VIEWER_KEY = "sim-api-key-viewer-000000000000000000000000004"
ODD_NAMES_KEY = "sim-api-key-odd-names-0000000000000000000000005"
READER_KEY = "sim-api-key-reader-000000000000000000000000006"
WRITER_KEY = "sim-api-key-writer-000000000000000000000000007"
KEYS_OWNER_KEY = "sim-api-key-keys-0000000000000000000000000000008"
UNKNOWN_KEY = "sim-api-key-that-nobody-has"

# Teams of METRICS, of PROTECTION, and of KEYS_SECURE; each time the default team is the first.
OPERATIONS_TEAM, SRE_TEAM, ODD_NAME_TEAM = 101, 102, 103
SECURE_OPERATIONS_TEAM, AUDIT_TEAM = 201, 202
KEYS_SECURE_TEAM, KEYS_AUDIT_TEAM, KEYS_EDGE_TEAM = 1501, 1502, 1503

# Trusted profiles, and the token of the pods that may use the first two.
CR_TOKEN = "sim-compute-resource-token-0001"
PROFILE = "Profile-00000000-0000-4000-8000-000000000001"
ONE_TEAM_PROFILE = "Profile-00000000-0000-4000-8000-000000000002"
OTHER_PROFILE = "Profile-00000000-0000-4000-8000-000000000003"
# Two that are called `deployment`, in ACCOUNT and in OTHER_ACCOUNT_ID. READER_KEY may assume both; they are Managers.
DEPLOYMENT_PROFILE = "Profile-00000000-0000-4000-8000-000000000004"
OTHER_DEPLOYMENT_PROFILE = "Profile-00000000-0000-4000-8000-000000000005"

# Access keys of METRICS, of PROTECTION, and of IAM_ONLY.
DISABLED_ACCESS_KEY = "00000000-feed-4000-8000-000000000010"
ENABLED_ACCESS_KEY = "00000000-feed-4000-8000-000000000011"
PROTECTION_ACCESS_KEY = "00000000-feed-4000-8000-000000000021"
IAM_ONLY_ACCESS_KEY = "00000000-feed-4000-8000-000000000041"
# Of KEYS_MONITOR, the oldest first; the newest takes two agents.
KEYS_MONITOR_DISABLED = "00000000-feed-4000-8000-000000000140"
KEYS_MONITOR_OLD = "00000000-feed-4000-8000-000000000141"
KEYS_MONITOR_NEW = "00000000-feed-4000-8000-000000000142"
KEYS_MONITOR_LIMITED = "00000000-feed-4000-8000-000000000143"
# Of KEYS_SECURE: of no team, of KEYS_AUDIT_TEAM (the newer one takes five agents), and of KEYS_EDGE_TEAM.
KEYS_SECURE_ANY = "00000000-feed-4000-8000-000000000151"
KEYS_SECURE_AUDIT = "00000000-feed-4000-8000-000000000152"
KEYS_SECURE_AUDIT_LIMITED = "00000000-feed-4000-8000-000000000153"
KEYS_SECURE_EDGE_DISABLED = "00000000-feed-4000-8000-000000000154"
KEYS_IAM_ONLY_ACCESS_KEY = "00000000-feed-4000-8000-000000000161"

# Customers of Sysdig's, outside IBM Cloud, and their users.
SAAS, SAAS_ADMIN, SAAS_OPERATOR = "saas-monitor", "admin@customer.invalid", "operator@customer.invalid"
ON_PREMISES = "on-premises-secure"
ON_PREMISES_ADMIN, ON_PREMISES_AUDITOR = "admin@on-premises.invalid", "auditor@on-premises.invalid"


def profile_crn(profile: str) -> str:
    """The CRN of a trusted profile of ACCOUNT, by its id."""
    return f"crn:v1:bluemix:public:iam-identity::a/{ACCOUNT}::profile:{profile}"
