#!/usr/bin/python

# Copyright (c) 2026, the ibmcloud.sysdig contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module shell: argument spec in, manage_access_key(), exit_json or fail_json out."""

DOCUMENTATION = r"""
module: sysdig_access_key
short_description: Create, disable, enable and delete the access keys that Sysdig agents use
version_added: 1.0.0
author:
  - The ibmcloud.sysdig contributors (!UNKNOWN)
description:
  - Manages the access keys of an instance of IBM Cloud Monitoring or of Security and Compliance Center Workload
    Protection. Also manages access keys of Sysdig SaaS and on-premises installations.
  - Agents send with an access key, which belongs to the whole instance or to a team. An API token is not an access key.
  - The keys are read and changed with the IAM token of the credential. Where that is refused, an API token is tried.
  - The result of a successful task is hidden at every verbosity, also without C(no_log). Errors are shown.
notes:
  - Agents whose access key is disabled or deleted are cut off at once. After V(enabled), they must be restarted.
  - To give a new access key to hosts before the old one is disabled, run the playbook
    C(ibmcloud.sysdig.rotate_access_key).
  - The owner of the credential needs the service role Manager to change access keys. To read them,
    Monitor needs Reader, and Workload Protection needs Manager.
  - The module logs in wherever the task runs. Run it once, on the control node, with C(delegate_to=localhost) and
    C(run_once=true).
  - O(state), O(rotate) and O(access_key) are refused in C(module_defaults) of the group C(ibmcloud.sysdig.all).
  - An empty string counts as not set.
  - C(-vvv) shows a line for every request, without secrets.
requirements:
  - Python 3.8 or newer, where the module runs
  - requests (Python package, where the module runs)
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
    details: The difference shows the first characters of an access key. It is printed, but not part of the result.
  platform:
    support: full
extends_documentation_fragment:
  - ibmcloud.sysdig._options
  - ibmcloud.sysdig._options.access_key
  - ibmcloud.sysdig._attributes
seealso:
  - plugin: ibmcloud.sysdig.sysdig_access_key
    plugin_type: lookup
    description: Read the access key on the control node, once per playbook run.
  - module: ibmcloud.sysdig.sysdig_token
"""

EXAMPLES = r"""
- name: Make sure that there is an enabled access key
  ibmcloud.sysdig.sysdig_access_key:
    api_key: "{{ vault_ibmcloud_api_key }}"
    instance_id: "{{ monitoring_crn }}"
  delegate_to: localhost
  run_once: true
  register: sysdig_agents

- name: Write it where only root can read it
  ansible.builtin.copy:
    content: "{{ sysdig_agents.access_key }}"
    dest: /etc/exporter/access-key
    owner: root
    group: root
    mode: "0600"
  diff: false
  no_log: true

- name: Create another one, with the API key from the environment variable IBMCLOUD_API_KEY
  ibmcloud.sysdig.sysdig_access_key:
    instance_id: "{{ monitoring_crn }}"
    rotate: true
  delegate_to: localhost
  run_once: true
  register: sysdig_new

- name: Disable the old one, which cuts off the agents that still use it
  ibmcloud.sysdig.sysdig_access_key:
    instance_id: "{{ monitoring_crn }}"
    access_key: "{{ sysdig_agents.access_key }}"
    state: disabled
  delegate_to: localhost
  run_once: true

- name: Enable it again, after which its agents must be restarted
  ibmcloud.sysdig.sysdig_access_key:
    instance_id: "{{ monitoring_crn }}"
    access_key: "{{ sysdig_agents.access_key }}"
    state: enabled
  delegate_to: localhost
  run_once: true

- name: Delete it
  ibmcloud.sysdig.sysdig_access_key:
    instance_id: "{{ monitoring_crn }}"
    access_key: "{{ sysdig_agents.access_key }}"
    state: absent
  delegate_to: localhost
  run_once: true
"""

RETURN = r"""
access_key:
  description: The access key. With O(state=absent), the deleted one. Null for one that check mode would create.
  returned: success
  type: str
  sample: 00000000-0000-0000-0000-000000000000
access_key_source:
  description: What the access keys were read with, V(iam_token) or V(api_token).
  returned: success
  type: str
  sample: iam_token
product:
  description: The product it is for, V(monitor) or V(secure).
  returned: success
  type: str
  sample: monitor
region:
  description: Region of the instance, null if it is not known.
  returned: success
  type: str
  sample: us-south
instance_id:
  description: GUID of the instance, null outside IBM Cloud.
  returned: success
  type: str
  sample: 01234567-89ab-cdef-0123-456789abcdef
team_id:
  description: ID of the team that agents with the access key send into, null for the default team.
  returned: success
  type: int
  sample: 4711
url:
  description: Base URL of the Sysdig API.
  returned: success
  type: str
  sample: https://us-south.monitoring.cloud.ibm.com
endpoints:
  description: Addresses of the instance.
  returned: success
  type: dict
  contains:
    api:
      description: Base URL of the API, the same as RV(url).
      type: str
      sample: https://us-south.monitoring.cloud.ibm.com
    collector:
      description: Host that agents connect to, null if it is not known.
      type: str
      sample: ingest.us-south.monitoring.cloud.ibm.com
    collector_port:
      description: Port of the collector, null if it is not known.
      type: int
      sample: 6443
    remote_write:
      description: URL for Prometheus remote write, null where the product has none.
      type: str
      sample: https://ingest.prws.us-south.monitoring.cloud.ibm.com/prometheus/remote/write
    prometheus:
      description: Base URL for Prometheus queries.
      type: str
      sample: https://us-south.monitoring.cloud.ibm.com/prometheus
step:
  description: The step that failed.
  returned: failure
  type: str
  sample: IAM login
status:
  description: HTTP status of the response, if there was one.
  returned: failure
  type: int
  sample: 400
code:
  description: The service's own error code, if it sent one.
  returned: failure
  type: str
  sample: BXNIM0415E
option:
  description: The option to correct, if the input was wrong.
  returned: failure
  type: str
  sample: instance_id
request_id:
  description: The service's ID of the request, if it sent one. Its support asks for it.
  returned: failure
  type: str
  sample: bWdjNTI-2a8c9f14e0d34b0c8a6c7e3d5f1b2a90
"""

import json
import platform
import sys

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import SysdigError
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.interpreter import python_too_old

NEEDED_PYTHON = (3, 8)

if sys.version_info < NEEDED_PYTHON:
    # The imports below are syntax errors there.
    error = python_too_old("sysdig_access_key", NEEDED_PYTHON, platform.python_version())
    sys.stdout.write(json.dumps({"failed": True, "msg": str(error), "step": error.step}))
    raise SystemExit(1)

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.manage_access_key import (
    change_of,
    manage_access_key,
)
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.options import (
    ACCESS_KEY_OPTIONS,
    argument_spec,
)
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.settings import resolve
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.sources import Places

SHOWS_REQUESTS = 3  # the verbosity from which the action shows them


def main() -> None:
    """Run as a module."""
    spec = {**argument_spec(), **argument_spec(ACCESS_KEY_OPTIONS)}
    module = AnsibleModule(argument_spec=spec, supports_check_mode=True)
    requests: list[str] = []
    is_verbose = module._verbosity >= SHOWS_REQUESTS
    shown = {"requests": requests} if is_verbose else {}
    try:
        change = change_of({name: module.params.pop(name) for name in ACCESS_KEY_OPTIONS})
        settings = resolve(module.params, places=Places(f"the task on {platform.node()}"))
        on_request = requests.append if is_verbose else None
        key = manage_access_key(settings, change, module.check_mode, on_request=on_request)
    except SysdigError as error:
        module.fail_json(msg=str(error), step=error.step, **error.facts, **shown)
    # It is masked where it is an argument's value.
    module.no_log_values.discard(key.access_key)
    difference = {"diff": {"before": key.before, "after": key.after}} if module._diff and key.changed else {}
    module.exit_json(changed=key.changed, **key.as_dict(), **difference, **shown)


if __name__ == "__main__":
    main()
