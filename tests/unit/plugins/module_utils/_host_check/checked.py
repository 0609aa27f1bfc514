# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Select from the lines of a check."""

from __future__ import annotations


def messages(lines, check):
    """Return the status and message of each line about one kind of thing."""
    return [(line["status"], line["message"]) for line in lines if line["check"] == check]
