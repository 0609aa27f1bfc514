# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Build the lines of a check: what was looked at, and how it is."""

from typing import Dict

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import SysdigError

OK, FAILED, UNKNOWN = "ok", "failed", "unknown"
Line = Dict[str, str]


def passed(entry: str, check: str, message: str) -> Line:
    """Return the line of something that is right."""
    return {"entry": entry, "check": check, "status": OK, "message": message}


def found(entry: str, error: SysdigError, check: str = "") -> Line:
    """Return the line of something that is wrong, or that could not be found out."""
    status = UNKNOWN if getattr(error, "is_unknown", False) else FAILED
    line = {"entry": entry, "check": check or error.step, "status": status}
    return {**line, "message": error.problem, "remedy": error.remedy}
