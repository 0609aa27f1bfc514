# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Entries, and the files that are planned for them without a service."""

from __future__ import annotations

from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.plan import plan
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.result import Result

MONITOR = {
    "token": "the-token",
    "product": "monitor",
    "url": "https://us-south.monitoring.cloud.ibm.com",
    "team_id": None,
    "endpoints": {
        "collector": "ingest.us-south.monitoring.cloud.ibm.com",
        "remote_write": "https://ingest.prws.us-south.monitoring.cloud.ibm.com/prometheus/remote/write",
    },
}
SECURE = {**MONITOR, "product": "secure", "endpoints": {"remote_write": None, "collector": "ingest.example.com"}}
ENV = {"type": "env_file", "path": "/etc/default/a"}
PROMETHEUS = {"type": "prometheus"}
AGENT = {"type": "agent"}


def planned(entries, result=None, access_key=lambda: "the-access-key"):
    """The files of one or several entries. All have the same result, but one that names a team has its token."""

    def result_of(entry, label):
        team = entry.retrieval.get("team_id")
        own = {"token": f"token-of-{team}", "team_id": team} if team else {}
        return Result({**(result or MONITOR), **own}, {"access_key": access_key})

    return plan(entries if isinstance(entries, list) else [entries], result_of)
