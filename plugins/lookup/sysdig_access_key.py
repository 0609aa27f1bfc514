# Copyright (c) 2026, the ibmcloud.sysdig contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lookup shell: what the lookup sysdig_token retrieves, and the access key that it reads."""

from __future__ import annotations

DOCUMENTATION = r"""
name: sysdig_access_key
short_description: Retrieve the access key that Sysdig agents use, once per run
version_added: 1.0.0
author:
  - The ibmcloud.sysdig contributors (!UNKNOWN)
description:
  - Retrieves the Sysdig API token as the lookup P(ibmcloud.sysdig.sysdig_token#lookup) does, and reads the access key
    of the instance with it.
  - Agents send with an access key, which belongs to the whole instance. An API token is not an access key.
  - Disabled access keys are never returned. Of several that are enabled, the first one in the service's list is.
  - It runs on the controller, in templates and in variables.
notes:
  - All options are those of P(ibmcloud.sysdig.sysdig_token#lookup), from the same variables, environment and section of
    the file C(ansible.cfg).
  - Both lookups share what they retrieve in a run.
  - The owner of the token must be allowed to see the access keys of the instance.
requirements:
  - requests (Python package, on the controller)
options:
  _terms:
    description:
      - Instances, each by GUID or CRN, instead of O(instance_id). One access key is returned for each.
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
    description: An API token that is known already. Only the access key is asked for then.
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
    - With O(details=true), dictionaries with the keys C(access_key), C(product), C(region), C(instance_id), C(team_id),
      C(team_name), C(url) and C(endpoints).
  type: list
  elements: raw
"""

from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._cached_retrieval import access_key_result
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._lookup import BaseLookup


class LookupModule(BaseLookup):
    """The lookup ``ibmcloud.sysdig.sysdig_access_key``."""

    RETURNS = "access_key"
    RETRIEVE = staticmethod(access_key_result)
