# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The service roles of IBM Cloud, and what each product asks for.

Sources: IBM Cloud documentation, Monitoring, "IAM roles and actions" (`sysdig-monitor.api-token.read` and
`agent-installation.read` are in every role), and Workload Protection, "IAM roles and actions" ("Manage Secure API
Tokens" and "Manage access keys" are the Manager's). Assumed: Monitor's access keys are created and disabled by a
Manager, and Workload Protection shows them to nobody else.
"""

from __future__ import annotations

# Each may do what those before it may.
ROLES = ("Reader", "Writer", "Manager")
GET_API_TOKEN, SEE_ACCESS_KEYS, MANAGE_ACCESS_KEYS = "get API token", "see access keys", "manage access keys"
LEAST_ROLE = {
    ("monitor", GET_API_TOKEN): "Reader",
    ("monitor", SEE_ACCESS_KEYS): "Reader",
    ("monitor", MANAGE_ACCESS_KEYS): "Manager",
    ("secure", GET_API_TOKEN): "Manager",
    ("secure", SEE_ACCESS_KEYS): "Manager",
    ("secure", MANAGE_ACCESS_KEYS): "Manager",
}


def suffices(role: str, least: str) -> bool:
    """Whether a role is at least the other."""
    return ROLES.index(role) >= ROLES.index(least)
