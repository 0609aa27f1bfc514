# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host finds in a check."""

from __future__ import annotations

from typing import Any

HEADING = "Check of a host"

TOKEN_FILE, YML = "/etc/prometheus/sysdig-token", "/etc/prometheus/prometheus.yml"
INGEST, METRICS = "ingest.prws.us-south.monitoring.cloud.ibm.com", "http://127.0.0.1:9090/metrics"

EXAMPLES: dict[str, list[tuple[Any, ...]]] = {
    "missing_file": [(TOKEN_FILE,)],
    "readable_by_others": [(TOKEN_FILE, 0o644)],
    "readable_by_group": [(TOKEN_FILE, "users", 0o640)],
    "other_owner": [(TOKEN_FILE, "root", "users", 0o640)],
    "closed_to_reader": [(TOKEN_FILE, "the user prometheus", "Permission denied")],
    "cannot_become": [(TOKEN_FILE, "the user prometheus")],
    "no_address": [()],
    "unresolved": [(INGEST, "Name or service not known")],
    "not_connected": [(INGEST, 443, "Connection refused")],
    "untrusted": [(INGEST, 443, "self-signed certificate in certificate chain")],
    "untrusted_here": [("sysdig.example.com", 443, "unable to get local issuer certificate")],
    "unusable_authorities": [("/etc/ssl/ours.pem", "No such file or directory")],
    "no_systemd": [("prometheus",)],
    "unknown_service": [("prometheus",)],
    "not_running": [("prometheus", "failed (failed)")],
    "not_reloaded": [("prometheus", YML)],
    "changed_in_future": [("prometheus", YML)],
    "no_metrics": [(METRICS, "Connection refused", True)],
    "no_receiver": [(METRICS, "sysdig")],
    "not_delivering": [("120 sent, 120 failed, 40 pending",)],
    "failing": [("240 sent, 120 failed, 40 pending",)],
    "failed_before": [("240 sent, 120 failed, 0 pending",)],
    "late": [(600, "120 sent, 20 failed, 40 pending")],
    "not_connected_agent": [("dragent", "ingest.us-south.monitoring.cloud.ibm.com, port 6443")],
    "hidden_connections": [("dragent",)],
}
