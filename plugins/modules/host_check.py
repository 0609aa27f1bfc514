#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check a host for the role: the part of the check that runs there."""

DOCUMENTATION = r"""
module: host_check
short_description: "[INTERNAL] Check that files, network, services and deliveries of a host are in order"
version_added: 1.0.0
author: The ibmcloud.sysdig contributors (!UNKNOWN)
description:
  - Opens each file as its reader does, connects to the addresses that programs send to, asks systemd for their
    services, and reads their metrics. It changes nothing.
  - Meant for the role P(ibmcloud.sysdig.sysdig_integrations#role), which knows what the files should hold.
extends_documentation_fragment:
  - ibmcloud.sysdig._attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
  platform:
    support: full
    platforms: posix
options:
  files:
    description: The files, with the parameters that M(ibmcloud.sysdig.config_files) would get.
    type: list
    elements: dict
    required: true
  programs:
    description: The programs that read them, with their addresses, services and metrics.
    type: list
    elements: dict
    required: true
"""

EXAMPLES = r"""
# The role does this.
- name: Check that a file can be read by the service that needs it
  ibmcloud.sysdig.host_check:
    files:
      - entry: Entry 1 (token_file)
        path: /etc/exporter/token
        state: present
        merged: false
        is_token: true
        reader: exporter
    programs: []
"""

RETURN = r"""
lines:
  description: What was found, a dictionary for each thing that was looked at.
  returned: success
  type: list
  elements: dict
files:
  description: Which files are as they should be, and the content of those that the caller has to judge.
  returned: success
  type: list
  elements: dict
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._host_check.host import HostCheck


def main() -> None:
    """Run as a module."""
    module = AnsibleModule(
        argument_spec={
            "files": {"type": "list", "elements": "dict", "required": True},
            "programs": {"type": "list", "elements": "dict", "required": True},
        },
        supports_check_mode=True,
    )
    checked = HostCheck(module.params["files"], module.params["programs"])
    module.exit_json(changed=False, lines=checked.lines, files=checked.files)


if __name__ == "__main__":
    main()
