# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The errors about the Python of a host."""

from __future__ import annotations

from typing import Any

HEADING = "Python on hosts"

EXAMPLES: dict[str, list[tuple[Any, ...]]] = {
    "python_too_old": [("sysdig_token", (3, 8), "3.6.8")],
    "no_python": [("sysdig_token",)],
}
