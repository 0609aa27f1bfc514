#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: integrations
short_description: "[INTERNAL] Write the configuration of integrations"
version_added: 1.0.0
author: The ibmcloud.sysdig contributors (!UNKNOWN)
description:
  - The one task of the role P(ibmcloud.sysdig.sysdig_integrations#role). Use the role, which also retrieves the token
    and sees to the services.
  - On the controller, works out which files the entries mean, refuses what is wrong with them, and renders and merges
    the contents. On the host, M(ibmcloud.sysdig.config_files) compares and writes them, in one call if nothing differs.
extends_documentation_fragment:
  - ibmcloud.sysdig._attributes
attributes:
  check_mode:
    support: full
    details: The commands that validate files do not run in check mode.
  diff_mode:
    support: full
    details: Values that are or may be secrets are masked, unless O(show_secrets=true).
  platform:
    support: full
    platforms: posix
options:
  entries:
    description: The integrations, as in the variable C(sysdig_integrations_list) of the role.
    type: list
    elements: raw
    required: true
  types:
    description: The table of types of the role.
    type: dict
    required: true
  sysdig:
    description:
      - What the lookup P(ibmcloud.sysdig.sysdig_token#lookup) returns with C(details=true).
      - May be empty if all O(entries) are absent.
    type: dict
    default: {}
  access_key:
    description:
      - What the lookup P(ibmcloud.sysdig.sysdig_access_key#lookup) returns.
      - Needed only if one of O(entries) is an agent.
    type: str
    default: ""
  pending_services:
    description: Services that earlier tasks want restarted or reloaded, each with V(restarted) or V(reloaded).
    type: dict
    default: {}
  pending_directory:
    description: Where the host remembers those services, as the module M(ibmcloud.sysdig.config_files) has it.
    type: str
    default: ""
  told:
    description: Services that were restarted or reloaded, and are not to be remembered any longer.
    type: list
    elements: str
    default: []
  show_secrets:
    description: Show differences in clear.
    type: bool
    default: false
"""

EXAMPLES = r"""
# The role does this.
- name: Write the configuration of the integrations
  ibmcloud.sysdig.integrations:
    entries: "{{ sysdig_integrations_list }}"
    types: "{{ sysdig_integrations_types }}"
    sysdig: "{{ sysdig }}"
"""

RETURN = r"""
files:
  description: The files that the entries mean.
  returned: success
  type: list
  elements: dict
  contains:
    path:
      description: Where the file is.
      type: str
      returned: always
    changed:
      description: Whether the file was changed, or would be.
      type: bool
      returned: always
    backup_file:
      description: Where the former file is kept.
      type: str
      returned: when the entry has C(backup=true) and there was a file to change
services:
  description: Services to restart or reload, including O(pending_services) and those that an earlier run left behind.
    Also the fact C(sysdig_integrations_services).
  returned: success
  type: dict
  sample:
    prometheus: reloaded
"""
