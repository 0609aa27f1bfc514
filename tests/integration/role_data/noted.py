# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays a way to become another user: it leaves that user's name in the environment of a module."""

from __future__ import annotations

from ansible.plugins.become import BecomeBase

DOCUMENTATION = r"""
name: noted
short_description: Note the user to become
description: Changes no user.
author: The ibmcloud.sysdig contributors (!UNKNOWN)
options:
  become_user:
    description: The user.
    default: root
    ini: [{section: privilege_escalation, key: become_user}]
    keyword: [{name: become_user}]
    vars: [{name: ansible_become_user}]
"""


class BecomeModule(BecomeBase):
    """The become plugin ``noted``."""

    name = "noted"

    def build_become_command(self, cmd, shell):
        super().build_become_command(cmd, shell)
        return f"env BECOME_USER={self.get_option('become_user')} {self._build_success_command(cmd, shell)}"
