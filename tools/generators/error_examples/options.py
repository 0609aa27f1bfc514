# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors of the retrieval's options."""

from __future__ import annotations

from typing import Any

HEADING = "Options"

GUID = "01234567-89ab-cdef-0123-456789abcdef"
REGIONS = ("eu-de", "us-south")

EXAMPLES: dict[str, list[tuple[Any, ...]]] = {
    "missing_credential": [
        (None, ["api_key", "iam_token"], ("IC_API_KEY", "IBMCLOUD_API_KEY"), "the control node", ""),
        ("iam_token", ["iam_token"], ("IC_IAM_TOKEN", "IBMCLOUD_IAM_TOKEN"), "the task on web1", "Note this."),
    ],
    "unknown_option": [("apikey", "ibmcloud.sysdig.sysdig_token", ("api_key", "api_key_file"))],
    "not_for_a_group": [("state", "group/ibmcloud.sysdig.all")],
    "missing_instance": [()],
    "missing_region": [()],
    "missing_option": [("iam_profile_id", "O(auth_method)=container needs it or O(iam_profile_name)")],
    "mutually_exclusive": [("api_key", "iam_token")],
    "incompatible": [("api_key", "vpc", "it is for O(auth_method)=api_key")],
    "contradiction": [("region", "eu-de", "us-south")],
    "blank": [("team_name",)],
    "control_character": [("api_key",)],
    "not_ascii": [("api_key",)],
    "quoted": [("api_key",)],
    "not_an_iam_token": [()],
    "not_an_integer": [("team_id", "SRE", 1)],
    "not_a_choice": [("product", "sysdig", ("monitor", "secure"))],
    "malformed_instance": [("metrics", f"a GUID is written like {GUID}")],
    "foreign_crn": [("cloud-object-storage", ("sysdig-monitor", "sysdig-secure"))],
    "malformed_region": [("us_south", REGIONS)],
    "malformed_url": [("url", "monitoring.example.com", "it does not begin with https:// and a host")],
    "insecure_url": [("url", "http://sysdig.example.com")],
    "unusable_file": [("api_key_file", "/etc/sysdig/key.json", "it is JSON without an apikey")],
    "expired_token": [("2026-11-22 10:00:00 UTC",)],
    "missing_compute_resource_token": [("Unable to retrieve the CR token",)],
    "missing_package": [("requests",)],
}
