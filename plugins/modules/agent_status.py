#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module shell: argument spec in, _agent, exit_json out. Runs on Python 3.6."""

DOCUMENTATION = r"""
module: agent_status
short_description: "[INTERNAL] Look which access key the agent of a host runs with"
version_added: 1.0.0
author: The ibmcloud.sysdig contributors (!UNKNOWN)
description:
  - The playbook C(ibmcloud.sysdig.rotate_access_key) calls it through M(ibmcloud.sysdig.rotation). Use the playbook.
  - Its result names no access key.
attributes:
  check_mode:
    support: full
    details: Changes nothing.
  diff_mode:
    support: none
  platform:
    support: full
    platforms: linux
extends_documentation_fragment:
  - ibmcloud.sysdig._attributes
options:
  path:
    description: The agent's configuration file.
    type: path
    required: true
  service:
    description: The agent's service, which its processes belong to.
    type: str
    required: true
  new_key:
    description: The access key that the agent is to have.
    type: str
    required: true
  old_key:
    description: The access key that nothing is to have any more.
    type: str
    required: true
  files:
    description: Further files to search for the two.
    type: list
    elements: path
    default: []
  seconds:
    description: How long a connection has to last, in seconds.
    type: float
    default: 2
"""

EXAMPLES = r"""
# The playbook ibmcloud.sysdig.rotate_access_key does this, through the action of ibmcloud.sysdig.rotation.
- name: Look which access key the agent runs with
  ibmcloud.sysdig.agent_status:
    path: /opt/draios/etc/dragent.yaml
    service: dragent
    new_key: "{{ new_key }}"
    old_key: "{{ old_key }}"
  no_log: true
"""

RETURN = r"""
key:
  description: Which access key the configuration has, V(new), V(old), V(other) or null.
  returned: success
  type: str
  sample: new
exists:
  description: Whether there is a configuration file.
  returned: success
  type: bool
  sample: true
written_at:
  description: When the configuration was written (epoch seconds), null if there is none.
  returned: success
  type: float
  sample: 1795672794.5
ports:
  description: Ports by which the agent reaches its collector.
  returned: success
  type: list
  elements: int
  sample: [6443]
processes:
  description: Processes of the service, each with C(pid), C(started_at) in epoch seconds, and C(ports) of the other
    ends of its connections.
  returned: success
  type: list
  elements: dict
holders:
  description: Which of the further files hold the V(new) and the V(old) access key.
  returned: success
  type: dict
"""

from typing import Any, Dict

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._agent import (
    agent_processes,
    collector_ports,
    content_of,
    setting,
    written_at,
)
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.files import unreadable


def main() -> None:
    """Run as a module."""
    module = AnsibleModule(
        argument_spec={
            "path": {"type": "path", "required": True},
            "service": {"type": "str", "required": True},
            "new_key": {"type": "str", "required": True, "no_log": True},
            "old_key": {"type": "str", "required": True, "no_log": True},
            "files": {"type": "list", "elements": "path", "default": []},
            "seconds": {"type": "float", "default": 2.0},
        },
        supports_check_mode=True,
    )
    try:
        module.exit_json(changed=False, **status(module.params))
    except OSError as error:
        failure = unreadable(str(error.filename), error)
        module.fail_json(msg=str(failure), step=failure.step)


def status(wanted: Dict[str, Any]) -> Dict[str, Any]:
    """Return the result for the module's options. Raises OSError if a file cannot be read."""
    keys = {"new": wanted["new_key"], "old": wanted["old_key"]}
    content = content_of(wanted["path"])
    key = None if content is None else setting(content, "customerid")
    files = {path: content_of(path) or "" for path in wanted["files"] if path != wanted["path"]}
    return {
        "exists": content is not None,
        "key": key and next((name for name, value in keys.items() if value == key), "other"),
        "written_at": None if content is None else written_at(wanted["path"]),
        "ports": sorted(collector_ports(content or "")),
        "processes": agent_processes(wanted["service"], wanted["seconds"]),
        "holders": {name: [path for path, text in files.items() if value in text] for name, value in keys.items()},
    }


if __name__ == "__main__":
    main()
