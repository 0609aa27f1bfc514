# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a check finds."""

from __future__ import annotations

from typing import Any

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.checks import not_connected

HEADING = "Check"

TOKEN_FILE, YML = "/etc/prometheus/sysdig-token", "/etc/prometheus/prometheus.yml"
INGEST, METRICS = "ingest.prws.us-south.monitoring.cloud.ibm.com", "http://127.0.0.1:9090/metrics"
DRAGENT = "/opt/draios/etc/dragent.yaml"

EXAMPLES: dict[str, list[tuple[Any, ...]]] = {
    "missing_file": [(TOKEN_FILE,)],
    "other_content": [(YML,)],
    "readable_by_others": [(TOKEN_FILE, 0o644)],
    "other_owner": [(TOKEN_FILE, "root", "users", 0o640)],
    "closed_to_reader": [(TOKEN_FILE, "the user prometheus", "Permission denied")],
    "cannot_become": [(TOKEN_FILE, "the user prometheus")],
    "unresolved": [(INGEST, "Name or service not known")],
    "not_connected": [(INGEST, 443, "Connection refused")],
    "untrusted": [(INGEST, 443, "self-signed certificate in certificate chain")],
    "unusable_authorities": [("/etc/ssl/ours.pem", "No such file or directory")],
    "no_systemd": [("prometheus",)],
    "unknown_service": [("prometheus",)],
    "not_running": [("prometheus", "failed (failed)")],
    "not_reloaded": [("prometheus", YML)],
    "no_metrics": [(METRICS, "Connection refused", True)],
    "no_receiver": [(METRICS, "sysdig")],
    "not_delivering": [("120 sent, 120 failed, 40 pending",)],
    "failing": [("240 sent, 120 failed, 40 pending",)],
    "failed_before": [("240 sent, 120 failed, 0 pending",)],
    "late": [(600, "120 sent, 20 failed, 40 pending")],
    "not_connected_agent": [("dragent", "ingest.us-south.monitoring.cloud.ibm.com, port 6443")],
    "disabled_key": [(DRAGENT, "0000...")],
    "unlisted_key": [(DRAGENT, "9999...")],
    "keys_not_listed": [("https://us-south.monitoring.cloud.ibm.com/api/customer/accessKeys answered 403.",)],
    "refused_token": [(TOKEN_FILE, "https://us-south.monitoring.cloud.ibm.com/api/users/me answered 401.")],
    "token_of_other_team": [(TOKEN_FILE, 102, 101), (TOKEN_FILE, 102, None)],
    "other_token": [(TOKEN_FILE,)],
    "no_instance": [("a1b2c3d4e5f60718293a4b5c6d7e8f90",)],
    "outside_ibm_cloud": [()],
    "closed_to_control_node": [(not_connected(INGEST, 6443, "it timed out"),)],
    "record_not_written": [("/var/log/record.json", "No such file or directory")],
    "record_without_credential_only": [()],
    "nothing_to_check": [(" of type otel", ("Entry 1 (prometheus)", "Entry 2 (agent)")), ("", ())],
}
