# Copyright (c) 2026, the ibmcloud.sysdig contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Document the lookup sysdig_token, and bind it to its retrieval."""

from __future__ import annotations

DOCUMENTATION = r"""
name: sysdig_token
short_description: Retrieve a Sysdig API token with an IBM Cloud IAM credential, once per playbook run
version_added: 1.0.0
author:
  - The ibmcloud.sysdig contributors (!UNKNOWN)
description:
  - Exchanges an IBM Cloud IAM credential for the Sysdig API token of a team, in an instance of IBM Cloud Monitoring or
    of Security and Compliance Center Workload Protection. Also retrieves tokens from Sysdig SaaS and on-premises
    installations.
  - It runs on the control node, in templates and in variables.
notes:
  - Ansible evaluates a lookup in a variable at every reference, for every host. The token is retrieved once per
    playbook run.
  - Options are taken from the arguments of the lookup, then from variables, then from the environment, then from the
    section C([sysdig_token]) of the file C(ansible.cfg), then from their defaults. Null, an empty string and C(omit)
    count as not set.
  - An argument replaces the variables of its kind, for example a credential those of all other credentials.
  - A lookup does not see the keyword C(environment) of a task or play, which Ansible sets for modules.
  - A secret in C(ansible.cfg) is an error, because others may read that file.
  - A debug task shows what a variable holds, and so does a module that logs its arguments. Give such tasks
    C(no_log=true).
  - C(-vvv) shows a line for each request, and for each value from the cache of the playbook run.
requirements:
  - requests (Python package, on the control node)
options:
  _terms:
    description:
      - Instances, each by GUID or CRN, instead of O(instance_id). One token is returned for each.
      - An empty term is an error. Without any term, there is one token, for O(instance_id) or O(instance_name).
    type: list
    elements: str
extends_documentation_fragment:
  - ibmcloud.sysdig._options
  - ibmcloud.sysdig._options.lookup
seealso:
  - module: ibmcloud.sysdig.sysdig_token
    description: The same as a task, with the failed step in its result.
  - plugin: ibmcloud.sysdig.sysdig_access_key
    plugin_type: lookup
    description: The access key that agents of the instance use.
"""

EXAMPLES = r"""
# In a template, with the API key from the environment variable IBMCLOUD_API_KEY:
#
#   SDC_TOKEN={{ lookup('ibmcloud.sysdig.sysdig_token', monitoring_crn) }}

# In group_vars, where the options have names of their own:
#
#   sysdig_token_api_key: "{{ vault_ibmcloud_api_key }}"
#   sysdig_token_instance_id: "crn:v1:bluemix:public:sysdig-monitor:us-south:a/0123...:0123...::"
#   exporter_token: "{{ lookup('ibmcloud.sysdig.sysdig_token') }}"

- name: Write a token where only root can read it
  ansible.builtin.copy:
    content: "{{ lookup('ibmcloud.sysdig.sysdig_token', monitoring_crn, team_id=4711) }}"
    dest: /etc/exporter/token
    owner: root
    group: root
    mode: "0600"
  diff: false
  no_log: true

- name: Configure an exporter with the token and the address of its instance
  ansible.builtin.template:
    src: exporter.conf.j2
    dest: /etc/exporter/exporter.conf
    mode: "0600"
  diff: false
  no_log: true
  vars:
    sysdig: "{{ lookup('ibmcloud.sysdig.sysdig_token', monitoring_crn, details=true) }}"

- name: Write one token per instance
  ansible.builtin.copy:
    content: "{{ query('ibmcloud.sysdig.sysdig_token', *monitoring_crns) | join('\n') }}"
    dest: /etc/exporter/tokens
    mode: "0600"
  diff: false
  no_log: true
"""

RETURN = r"""
_raw:
  description:
    - The tokens, one for each term.
    - With O(details=true), dictionaries with the keys C(token), C(product), C(region), C(instance_id), C(team_id),
      C(team_name), C(url) and C(endpoints), as the module M(ibmcloud.sysdig.sysdig_token) returns them.
  type: list
  elements: raw
"""

from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._cached_retrieval import Retrieval
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._lookup import BaseLookup


class LookupModule(BaseLookup):
    """Look up a Sysdig API token."""

    RETURNS = "token"
    RETRIEVE = staticmethod(Retrieval.token_result)
