#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: rotation
short_description: "[INTERNAL] Take a step of the rotation of an access key"
version_added: 1.0.0
author: The ibmcloud.sysdig contributors (!UNKNOWN)
description:
  - The steps of the playbook C(ibmcloud.sysdig.rotate_access_key). Use the playbook.
  - It runs on the control node, and reads the variables of the role P(ibmcloud.sysdig.sysdig_integrations#role) and
    what the playbook has registered itself, so that no callback sees what they hold.
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
  platform:
    support: full
    platforms: posix
extends_documentation_fragment:
  - ibmcloud.sysdig._attributes
options:
  step:
    description:
      - V(look) says whether a host has an agent, from its variables.
      - V(begin) finds the old access key, and finds or creates the new one.
      - V(prove) fails unless the host's agent runs with the new access key.
      - V(stop) fails with what went wrong, and how to go on.
      - V(finish) disables the old access key, if C(disable_old) is true and every host is proven.
    type: str
    choices: [look, begin, prove, stop, finish]
    required: true
"""

EXAMPLES = r"""
# The playbook ibmcloud.sysdig.rotate_access_key does this.
- name: Look for the agent in the variables of the host
  ibmcloud.sysdig.rotation:
    step: look
"""

RETURN = r"""
summary:
  description: What the step has come to.
  returned: with O(step=begin) and O(step=finish)
  type: str
  sample: The new access key 1a2b... was created; the old one is 3c4d.... Both are enabled.
"""
