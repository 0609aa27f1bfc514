# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""What an action plugin hands to a module, out of sight of whoever debugs Ansible."""

from __future__ import annotations

from typing import Any


class UnshownArguments(dict[str, Any]):
    """Arguments of a module as Ansible takes them. ``ANSIBLE_DEBUG`` prints their representation, so it has nothing."""

    def __repr__(self) -> str:
        return f"<{len(self)} arguments that are not shown>"
