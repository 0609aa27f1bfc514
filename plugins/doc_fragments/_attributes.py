# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Attributes that the documentation of several plugins shares."""

from __future__ import annotations


class ModuleDocFragment:
    """``ibmcloud.sysdig._attributes``."""

    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in check mode and predict what it would change, without changing it.
  diff_mode:
    description: Returns what has changed, or would change in check mode, when diff mode is on.
  platform:
    description: Operating systems that the target can run.
    platforms: posix
"""
