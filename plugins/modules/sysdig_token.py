#!/usr/bin/python

# Copyright (c) 2026, the ibmcloud.sysdig contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module shell: argument spec in, retrieve(), exit_json or fail_json out."""

DOCUMENTATION = r"""
module: sysdig_token
short_description: Retrieve a Sysdig API token with an IBM Cloud IAM credential
version_added: 1.0.0
author:
  - The ibmcloud.sysdig contributors (!UNKNOWN)
description:
  - Exchanges an IBM Cloud IAM credential for the Sysdig API token of a team, in an instance of IBM Cloud Monitoring or
    of Security and Compliance Center Workload Protection.
  - Also retrieves tokens from Sysdig SaaS and on-premises installations.
  - The result of a successful task is hidden at every verbosity, also without C(no_log). Errors are shown.
notes:
  - The module logs in wherever the task runs. To retrieve the token once on the control node, for every host, use the
    lookup P(ibmcloud.sysdig.sysdig_token#lookup) instead, or C(delegate_to=localhost) with C(run_once=true).
  - An empty string counts as not set.
  - The token is read, never created or reset. Tokens can be reset only in the web interface.
  - C(-vvv) shows a line for every request, without secrets.
requirements:
  - Python 3.8 or newer, where the module runs
  - requests (Python package, where the module runs)
attributes:
  check_mode:
    support: full
    details:
      - It changes nothing, so check mode makes no difference.
  diff_mode:
    support: none
  platform:
    support: full
extends_documentation_fragment:
  - ibmcloud.sysdig._options
  - ibmcloud.sysdig._attributes
seealso:
  - plugin: ibmcloud.sysdig.sysdig_token
    plugin_type: lookup
    description: The same on the control node, once per playbook run.
"""

EXAMPLES = r"""
- name: Retrieve the token once, on the control node
  ibmcloud.sysdig.sysdig_token:
    api_key: "{{ vault_ibmcloud_api_key }}"
    instance_id: "{{ monitoring_crn }}"
  delegate_to: localhost
  run_once: true
  register: sysdig

- name: Write it where only root can read it
  ansible.builtin.copy:
    content: "{{ sysdig.token }}"
    dest: /etc/exporter/token
    owner: root
    group: root
    mode: "0600"
  diff: false
  no_log: true

- name: Retrieve the token of a team, with the API key from the environment variable IBMCLOUD_API_KEY
  ibmcloud.sysdig.sysdig_token:
    instance_id: 01234567-89ab-cdef-0123-456789abcdef
    region: eu-de
    team_id: 4711
    check_token: true
  delegate_to: localhost
  run_once: true
  register: sysdig_of_team

- name: Set the options once for several tasks
  module_defaults:
    group/ibmcloud.sysdig.all:
      product: secure
      instance_id: "{{ protection_crn }}"
      api_key: "{{ vault_ibmcloud_api_key }}"
  block:
    - name: Retrieve the token of the team that scans
      ibmcloud.sysdig.sysdig_token:
        team_name: Scanning
      delegate_to: localhost
      run_once: true
      register: scanning
"""

RETURN = r"""
token:
  description: The Sysdig API token.
  returned: success
  type: str
  sample: 00000000-0000-0000-0000-000000000000
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
  description: ID of the team, null if it is not known (the default team, without O(check_token)).
  returned: success
  type: int
  sample: 4711
team_name:
  description: Name of the team, null if it is not known.
  returned: success
  type: str
  sample: SRE
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
    error = python_too_old("sysdig_token", NEEDED_PYTHON, platform.python_version())
    sys.stdout.write(json.dumps({"failed": True, "msg": str(error), "step": error.step}))
    raise SystemExit(1)

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.options import argument_spec
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.retrieve import retrieve
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.settings import resolve
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.sources import Places

SHOWS_REQUESTS = 3  # the verbosity from which the action shows them


def main() -> None:
    """Run as a module."""
    module = AnsibleModule(argument_spec=argument_spec(), supports_check_mode=True)
    requests: list[str] = []
    is_verbose = module._verbosity >= SHOWS_REQUESTS
    shown = {"requests": requests} if is_verbose else {}
    try:
        settings = resolve(module.params, places=Places(f"the task on {platform.node()}"))
        result = retrieve(settings, on_request=requests.append if is_verbose else None).as_dict()
    except SysdigError as error:
        module.fail_json(msg=str(error), step=error.step, **error.facts, **shown)
    # The token of sysdig_api_token's own team is that token itself, which is masked where it is an argument's value.
    module.no_log_values.discard(result["token"])
    module.exit_json(changed=False, **result, **shown)


if __name__ == "__main__":
    main()
