# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors of requests that got no usable response."""

from __future__ import annotations

from typing import Any

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import network

HEADING = "Network"

IAM = "https://iam.cloud.ibm.com/identity/token"
TOKEN = "https://us-south.monitoring.cloud.ibm.com/api/token"
ELSEWHERE = "https://us-souht.monitoring.cloud.ibm.com/api/token"
REGIONS = ("eu-de", "us-south")
METADATA = "http://169.254.169.254/instance_identity/v1/token"

EXAMPLES: dict[str, list[tuple[Any, ...]]] = {
    "unreachable": [
        ("IAM login", IAM, "no such host", 4, None, REGIONS),
        ("Token retrieval", ELSEWHERE, "no such host", 1, "us-souht", REGIONS),
    ],
    "metadata_unreachable": [(network.unreachable("IAM login", METADATA, "timed out", 4, None, REGIONS),)],
    "uncallable": [("IAM login", IAM)],
    "untrusted": [
        ("Token retrieval", TOKEN, "unable to get local issuer certificate"),
        ("Token retrieval", TOKEN, "certificate has expired"),
        ("Token retrieval", TOKEN, "Hostname mismatch"),
    ],
    "deadline_exceeded": [("Token retrieval", TOKEN, 75.0, "timed out")],
    "retry_too_late": [("IAM login", IAM, 429, 120.0, 75.0)],
    "redirected": [("Token retrieval", TOKEN, 302, "https://login.example.com")],
    "unusable_response": [("Token retrieval", TOKEN, 200, "not with JSON (text/html)")],
}
