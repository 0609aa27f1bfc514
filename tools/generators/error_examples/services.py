# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors of what a service refuses, or does not have."""

from __future__ import annotations

from typing import Any

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import services
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import (
    ACCESS_KEY,
    CHECK,
    IAM_LOGIN,
    INSTANCE,
    TEAM,
    TOKEN,
)

HEADING = "Refused by a service, or not found"

SYSDIG = "https://us-south.monitoring.cloud.ibm.com"
OUTSIDE = "https://app.sysdigcloud.com/api/token"
ADDRESSES = {
    IAM_LOGIN: "https://iam.cloud.ibm.com/identity/token",
    INSTANCE: "https://resource-controller.cloud.ibm.com/v2/resource_instances",
    TEAM: f"{SYSDIG}/api/teams",
    TOKEN: f"{SYSDIG}/api/token",
    CHECK: f"{SYSDIG}/api/users/me",
    ACCESS_KEY: f"{SYSDIG}/api/customer/accessKeys",
}
WORDS = {
    400: "Provided API key could not be found",
    401: "Unauthorized",
    403: "Access is denied",
    404: "Not Found",
    429: "Too Many Requests",
    500: "Internal Server Error",
}
CRN = "crn:v1:bluemix:public:sysdig-monitor:us-south:a/a1b2...:1111...::"
OTHER_CRN = "crn:v1:bluemix:public:sysdig-monitor:eu-de:a/a1b2...:8888...::"


def refused(step: str, status: int, url: str | None = None) -> tuple[str, str, int, str | None, str]:
    """Return the arguments of a refusal."""
    code = "BXNIM0415E" if (step, status) == (IAM_LOGIN, 400) else None
    return step, url or ADDRESSES[step], status, code, WORDS[status]


EXAMPLES: dict[str, list[tuple[Any, ...]]] = {
    # Every step and status that has a remedy of its own, and those that share one.
    "refused": [refused(*known) for known in services.REMEDIES] + [refused(IAM_LOGIN, 429), refused(IAM_LOGIN, 500)],
    "refused_outside": [
        (services.refused(*refused(TOKEN, 401, OUTSIDE)),),
        (services.refused(*refused(TOKEN, 403, OUTSIDE)),),
    ],
    "refused_profile": [
        (
            services.refused(IAM_LOGIN, ADDRESSES[IAM_LOGIN], 400, None, "Selected trusted profile not eligible"),
            "this pod",
        )
    ],
    "unknown_instance": [("metrix", ("metrics", "metrics-europe"))],
    "other_instance": [("metrics", "O(region)=eu-de", (CRN,))],
    "ambiguous_instance": [("metrics", (CRN, OTHER_CRN))],
    "inactive_instance": [("metrics", "inactive")],
    "unknown_team": [("team_name", "SER", {101: "Monitor Operations", 102: "SRE"})],
    "other_team": [(ADDRESSES[CHECK], 102, "SRE", 101, None), (ADDRESSES[CHECK], 102, None, 101, None)],
}
