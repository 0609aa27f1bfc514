# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the module of the same name, and show no token."""

from __future__ import annotations

from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._module_action import ModuleAction


class ActionModule(ModuleAction):
    """Run the action of ``ibmcloud.sysdig.sysdig_token``."""
