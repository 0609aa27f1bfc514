# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors of access keys."""

from __future__ import annotations

from typing import Any

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import network, services
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import ACCESS_KEY

HEADING = "Access keys"

URL = "https://us-south.security-compliance-secure.cloud.ibm.com/api/customer/accessKeys"

DENIED = services.refused(ACCESS_KEY, URL, 403, None, "Access is denied")
UNANSWERED = network.unreachable(ACCESS_KEY, URL, "timed out", 1, None, ())

EXAMPLES: dict[str, list[tuple[Any, ...]]] = {
    "no_key": [(1,), (0,)],
    "no_key_of_team": [(None, (1502, 1503)), (1501, (1502, None))],
    "several_in_resource_keys": [(["0123456789abcdef0123", "fedcba98765432100123"],)],
    "unreadable": [(DENIED, ["an API token", "resource keys"])],
    "no_key_of_team_to_create": [("Edge (1503)", (1502, None), True), ("1502", (1502, None), False)],
    "unknown_key": [("0123456789abcdef0123", ["fedcba98765432100123"])],
    "perhaps_created": [(UNANSWERED,)],
    "incomplete_deletion": [(DENIED, "0123456789abcdef0123")],
    "key_is_missing": [("disabled",)],
    "only_with_present": [("rotate", "absent")],
    "not_with_present": [()],
}
