# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Meanings of a bare 403."""

from __future__ import annotations

from typing import Any

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import services
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import TOKEN

HEADING = "Access is denied"

URL = "https://us-south.monitoring.cloud.ibm.com/api/token"
DENIED = services.refused(TOKEN, URL, 403, None, "Access is denied")
GUID = "01234567-89ab-cdef-0123-456789abcdef"

EXAMPLES: dict[str, list[tuple[Any, ...]]] = {
    "other_account": [(DENIED, "a1b2c3d4e5f6", "0f9e8d7c6b5a")],
    "instance_not_visible": [(DENIED, GUID, "a1b2c3d4e5f6", "monitor"), (DENIED, GUID, None, "secure")],
    "elsewhere": [(DENIED, "region", "us-south", "eu-de"), (DENIED, "product", "monitor", "secure")],
    "inactive": [(DENIED, "inactive")],
    "iam_only": [(DENIED,)],
    "missing_rights": [(DENIED, "monitor", None, False), (DENIED, "secure", "SRE", True)],
}
