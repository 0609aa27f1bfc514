# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Conflicts between entries and calls of the role."""

from __future__ import annotations

from typing import Any

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.conflicts import no_ledger

HEADING = "Several entries, several calls of the role"

PROMETHEUS_YML = "/etc/prometheus/prometheus.yml"
FIRST, SECOND = "Entry 1 (prometheus)", "Entry 2 (prometheus)"

EXAMPLES: dict[str, list[tuple[Any, ...]]] = {
    "conflict": [
        (FIRST, SECOND, "/etc/prometheus/sysdig-token", ["team not named in the first, 102 in the second"], "name"),
        (FIRST, SECOND, f"sysdig into {PROMETHEUS_YML}", ["other options"], "name"),
    ],
    "conflict_between_calls": [
        (
            FIRST,
            SECOND,
            "/etc/prometheus/sysdig-token",
            ["instance 11111111-1111-4111-8111-111111111111 here, 33333333-3333-4333-8333-333333333333 there"],
            "name",
        )
    ],
    "no_ledger": [("/tmp/ansible-local", "No space left on device")],
    "services_not_noted": [(("prometheus",), no_ledger("/tmp/ansible-local", "No space left on device"))],
    "different_parameters": [(FIRST, SECOND, PROMETHEUS_YML, "mode")],
}
