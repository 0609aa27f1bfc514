# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the control node finds in a check."""

from __future__ import annotations

from typing import Any

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.host_checks import not_connected
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.services import refused

HEADING = "Check of tokens, access keys and credentials"

TOKEN_FILE, YML = "/etc/prometheus/sysdig-token", "/etc/prometheus/prometheus.yml"
INGEST = "ingest.prws.us-south.monitoring.cloud.ibm.com"
ACCOUNT = "a1b2c3d4e5f60718293a4b5c6d7e8f90"
TEAMS = "https://us-south.monitoring.cloud.ibm.com/api/teams"
DRAGENT = "/opt/draios/etc/dragent.yaml"

EXAMPLES: dict[str, list[tuple[Any, ...]]] = {
    "other_content": [(YML,)],
    "disabled_key": [(DRAGENT, "0000...")],
    "unlisted_key": [(DRAGENT, "9999...")],
    "keys_not_listed": [("https://us-south.monitoring.cloud.ibm.com/api/customer/accessKeys answered 403.",)],
    "refused_token": [(TOKEN_FILE, "https://us-south.monitoring.cloud.ibm.com/api/users/me answered 401.")],
    "token_of_other_team": [(TOKEN_FILE, 102, 101), (TOKEN_FILE, 102, None)],
    "other_token": [(TOKEN_FILE,)],
    "no_instance": [(ACCOUNT, None), (ACCOUNT, "metrics")],
    "teams_not_seen": [(refused("Team lookup", TEAMS, 403, None, "Access is denied"),)],
    "outside_ibm_cloud": [()],
    "closed_to_control_node": [(not_connected(INGEST, 6443, "it timed out"),)],
    "record_not_written": [("/var/log/record.json", "No such file or directory")],
    "record_without_credential_only": [()],
    "nothing_to_check": [(" of type otel", ("Entry 1 (prometheus)", "Entry 2 (agent)")), ("", ())],
    "unknown_type": [("promtheus", ("prometheus", "agent", "env_file"))],
    "no_number": [("prometheus",)],
}
