# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes every error of the catalogue into docs/troubleshooting.md, as a user gets to see it: `make options`."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "troubleshooting.md"
MARKER = "<!-- Written by `make options` from plugins/module_utils/_errors/retrieval.py, down to the end. -->"

IAM = "https://iam.cloud.ibm.com/identity/token"
SYSDIG = "https://us-south.monitoring.cloud.ibm.com"
INSTANCES = "https://resource-controller.cloud.ibm.com/v2/resource_instances"
CRN = "crn:v1:bluemix:public:sysdig-monitor:us-south:a/a1b2...:1111...::"
OTHER_CRN = "crn:v1:bluemix:public:sysdig-monitor:eu-de:a/a1b2...:8888...::"
GUID = "01234567-89ab-cdef-0123-456789abcdef"

# What the functions of the catalogue are called with, by the heading under which the page has them.
INPUT: dict[str, tuple[Any, ...]] = {
    "missing_credential": (None, ["api_key", "api_key_file", "iam_token"], "IBMCLOUD_API_KEY"),
    "missing_instance": (),
    "missing_region": (),
    "missing_option": ("iam_profile_id", "auth_method=container needs it or iam_profile_name"),
    "several": ("api_key", "iam_token"),
    "not_with": ("api_key", "vpc", "it is for auth_method=api_key"),
    "contradiction": ("region", "eu-de", "us-south"),
    "blank": ("team_name",),
    "control_character": ("api_key",),
    "not_ascii": ("api_key",),
    "not_an_integer": ("team_id", "SRE", 1),
    "not_a_choice": ("product", "sysdig", ("monitor", "secure")),
    "malformed_instance": ("metrics", f"a GUID is written like {GUID}"),
    "foreign_crn": ("cloud-object-storage", ("sysdig-monitor", "sysdig-secure")),
    "malformed_region": ("us_south",),
    "malformed_url": ("url", "monitoring.example.com", "it does not begin with https:// and a host"),
    "insecure_url": ("url", "http://sysdig.example.com"),
    "unusable_file": ("api_key_file", "/etc/sysdig/key.json", "it is JSON without an apikey"),
    "expired_token": ("2026-11-22 10:00:00 UTC",),
    "missing_compute_resource_token": ("Unable to retrieve the CR token",),
    "unknown_option": ("instance", ("instance_id", "instance_name")),
    "missing_package": ("ibm-cloud-sdk-core",),
}
NETWORK: dict[str, tuple[Any, ...]] = {
    "unreachable": ("IAM login", IAM, "no such host", 4, None),
    "uncallable": ("IAM login", IAM),
    "untrusted": ("Token retrieval", f"{SYSDIG}/api/token", "unable to get local issuer certificate"),
    "gave_up": ("Token retrieval", f"{SYSDIG}/api/token", 75.0, "no answer within 15 seconds"),
    "asked_to_wait": ("IAM login", IAM, 429, 120.0, 75.0),
    "redirected": ("Token retrieval", f"{SYSDIG}/api/token", 302, "https://login.example.com"),
    "unusable_answer": ("Token retrieval", f"{SYSDIG}/api/token", 200, "not with JSON (text/html)"),
}
INSTANCES_AND_TEAMS: dict[str, tuple[Any, ...]] = {
    "unknown_instance": ("metrix", ("metrics", "metrics-europe")),
    "other_instance": ("metrics", "region=eu-de", (CRN,)),
    "ambiguous_instance": ("metrics", (CRN, OTHER_CRN)),
    "inactive_instance": ("metrics", "inactive"),
    "unknown_team": ("team_name", "SER", {101: "Monitor Operations", 102: "SRE"}),
    "no_enabled_access_key": (f"{SYSDIG}/api/customer/accessKeys", 1),
}
# What every refusal is made of, besides step and status.
ADDRESSES = {
    "IAM login": IAM,
    "Instance lookup": INSTANCES,
    "Team lookup": f"{SYSDIG}/api/teams",
    "Token retrieval": f"{SYSDIG}/api/token",
    "Token check": f"{SYSDIG}/api/users/me",
    "Access key retrieval": f"{SYSDIG}/api/customer/accessKeys",
}
WORDS = {
    400: "Provided API key could not be found",
    401: "Unauthorized",
    403: "Access is denied",
    404: "Not Found",
    429: "Too Many Requests",
    500: "Internal Server Error",
}


def page() -> str:
    """The text of docs/troubleshooting.md: what people wrote above the marker, and every error below."""
    head = PAGE.read_text(encoding="utf-8").partition(MARKER)[0]
    return "\n".join([head + MARKER, *_sections(), ""])


def _sections() -> Iterator[str]:
    sys.path.insert(0, str(ROOT / ".build" / "collections"))
    from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import base
    from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import retrieval as errors

    for heading, cases in (
        ("Options", INPUT),
        ("Network", NETWORK),
        ("Instances, teams and access keys", INSTANCES_AND_TEAMS),
    ):
        yield from _section(heading, [getattr(errors, name)(*arguments) for name, arguments in cases.items()])
    yield from _section("Refused by a service", list(_refusals(errors, base)))


def _refusals(errors: Any, base: Any) -> Iterator[Any]:
    """Every step and status that has a remedy of its own, and those that share one."""

    def refused(step: str, status: int) -> Any:
        code = "BXNIM0415E" if (step, status) == (base.IAM_LOGIN, 400) else None
        return errors.refused(step, ADDRESSES[step], status, code, WORDS[status])

    for step, status in errors._REMEDIES:
        yield refused(step, status)
    for status in (429, 500):
        yield refused(base.IAM_LOGIN, status)
    denied = refused(base.TOKEN, 403)
    for iam_only in (True, False, None):
        yield errors.access_denied(denied, iam_only)
    outside = errors.refused(base.TOKEN, "https://app.sysdigcloud.com/api/token", 401, None, WORDS[401])
    yield errors.refused_outside(outside)
    yield errors.refused_profile(errors.refused(base.IAM_LOGIN, IAM, 400, None, "Trusted profile not found"))


def _section(heading: str, errors: list[Any]) -> Iterator[str]:
    yield from ("", f"### {heading}", "", "| it says | do |", "|---|---|")
    for error in errors:
        message, remedy = str(error), error.remedy
        yield f"| {_cell(message.removesuffix(remedy).rstrip())} | {_cell(remedy)} |"


def _cell(text: str) -> str:
    """Text for a table, the same on every machine; what would be markup is shown as it is."""
    text = text.replace(sys.executable, "/usr/bin/python3").replace(platform.node(), "controller")
    return text.replace("|", "\\|").replace("*", "\\*").replace("<", "&lt;")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
