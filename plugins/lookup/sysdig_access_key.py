# Copyright (c) 2026, the ibmcloud.sysdig contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Document the lookup sysdig_access_key, and bind it to its retrieval."""

from __future__ import annotations

DOCUMENTATION = r"""
name: sysdig_access_key
short_description: Retrieve the access key that Sysdig agents use, once per playbook run
version_added: 1.0.0
author:
  - The ibmcloud.sysdig contributors (!UNKNOWN)
description:
  - Retrieves the access key of an instance of IBM Cloud Monitoring or of Security and Compliance Center Workload
    Protection. Also retrieves access keys from Sysdig SaaS and on-premises installations.
  - Agents send with an access key, which belongs to the whole instance or to a team. An API token is not an access key.
  - It is read with the IAM token of the credential. Where that is refused, it is read with an API token, last from a
    resource key of the instance.
  - Disabled access keys are never returned. Of several that are enabled, one of the requested team is preferred, then
    one without a limit, then the newest.
  - It runs on the control node, in templates and in variables.
notes:
  - All options are those of P(ibmcloud.sysdig.sysdig_token#lookup), from the same variables, environment and section of
    the file C(ansible.cfg).
  - Both lookups share their logins and results in a playbook run.
  - To read access keys, the owner of the credential needs the service role Reader for Monitor, and Manager for Workload
    Protection.
requirements:
  - requests (Python package, on the control node)
options:
  _terms:
    description:
      - Instances, each by GUID or CRN, instead of O(instance_id). One access key is returned for each.
      - An empty term is an error. Without any term, there is one access key, for O(instance_id) or O(instance_name).
    type: list
    elements: str
  details:
    description: Return a dictionary with the access key and the addresses of its instance, instead of the key alone.
    type: bool
    default: false
    vars:
      - name: sysdig_token_details
    ini:
      - section: sysdig_token
        key: details
  token:
    description: An API token that you already have. The access key is read with it, without a login.
    type: str
    vars:
      - name: sysdig_token_token
extends_documentation_fragment:
  - ibmcloud.sysdig._options
  - ibmcloud.sysdig._options.lookup
seealso:
  - plugin: ibmcloud.sysdig.sysdig_token
    plugin_type: lookup
    description: The API token.
"""

EXAMPLES = r"""
# In a template, with the API key from the environment variable IBMCLOUD_API_KEY:
#
#   customerid: {{ lookup('ibmcloud.sysdig.sysdig_access_key', monitoring_crn) }}

- name: Write the access key where only root can read it
  ansible.builtin.copy:
    content: "{{ lookup('ibmcloud.sysdig.sysdig_access_key', monitoring_crn) }}"
    dest: /etc/exporter/access-key
    owner: root
    group: root
    mode: "0600"
  diff: false
  no_log: true
"""

RETURN = r"""
_raw:
  description:
    - The access keys, one for each term.
    - With O(details=true), dictionaries with the keys C(access_key), C(access_key_source), C(product), C(region),
      C(instance_id), C(team_id), C(team_name), C(url) and C(endpoints).
    - C(access_key_source) says what it was read with, V(iam_token), V(api_token) or V(resource_key). C(team_id) is the
      team of the access key, null for the default team.
  type: list
  elements: raw
"""

from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._cached_retrieval import Retrieval
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._lookup import BaseLookup


class LookupModule(BaseLookup):
    """Look up an access key."""

    RETURNS = "access_key"
    RETRIEVE = staticmethod(Retrieval.access_key_result)
