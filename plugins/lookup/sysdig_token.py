# Copyright (c) 2026, the ibmcloud.sysdig contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lookup shell: options in, run cache or retrieve(), list of tokens out."""

from __future__ import annotations

DOCUMENTATION = r"""
name: sysdig_token
short_description: Retrieve a Sysdig API token with an IBM Cloud IAM credential, once per run
version_added: 1.0.0
author:
  - The ibmcloud.sysdig contributors (!UNKNOWN)
description:
  - Exchanges an IBM Cloud IAM credential for the Sysdig API token of a team, in an instance of IBM Cloud Monitoring or of
    Security and Compliance Center Workload Protection. Also retrieves tokens from Sysdig SaaS and on-premises installations.
  - It runs on the controller, in templates and in variables.
notes:
  - Ansible evaluates a lookup in a variable at every reference, for every host.
  - Options are taken from the arguments of the lookup, then from variables, then from the environment, then from the section
    C([sysdig_token]) of the file C(ansible.cfg), then from their defaults. An empty string counts as an option that is not given.
  - Secrets have no key in C(ansible.cfg), because that file is readable by others and kept in repositories.
  - A debug task shows what a variable holds, and so does a module that logs its arguments. Give such tasks C(no_log=true).
requirements:
  - requests (Python package, on the controller)
  - ibm-cloud-sdk-core (Python package, only for O(auth_method=container) and O(auth_method=vpc))
options:
  _terms:
    description:
      - Instances, each by GUID or CRN, instead of O(instance_id). One token is returned for each.
    type: list
    elements: str
extends_documentation_fragment:
  - ibmcloud.sysdig.options
  - ibmcloud.sysdig.options.lookup
seealso:
  - module: ibmcloud.sysdig.sysdig_token
    description: The same as a task, with the steps of a failure in its result.
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
    - With O(details=true), dictionaries with the keys C(token), C(product), C(region), C(instance_id), C(team_id), C(team_name),
      C(url) and C(endpoints), as the module M(ibmcloud.sysdig.sysdig_token) returns them.
  type: list
  elements: raw
"""

import os
from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase
from ansible_collections.ibmcloud.sysdig.plugins.module_utils import errors, values
from ansible_collections.ibmcloud.sysdig.plugins.module_utils.options import LOOKUP_OPTIONS, OPTIONS
from ansible_collections.ibmcloud.sysdig.plugins.module_utils.settings import resolve

PREFIX = "sysdig_token_"


class LookupModule(LookupBase):
    """The lookup ``ibmcloud.sysdig.sysdig_token``."""

    def run(self, terms: list[str], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[Any]:
        """Return one token (or result) for each term. Raises AnsibleLookupError."""
        try:
            return self._run(terms, variables or {}, kwargs)
        except errors.SysdigError as error:
            raise AnsibleLookupError(str(error)) from None

    def _run(self, terms: list[str], variables: dict[str, Any], arguments: dict[str, Any]) -> list[Any]:
        given = self._given(variables, arguments)
        details = values.boolean("details", given.pop("details", False))
        use_cache = values.boolean("cache", given.pop("cache", True))
        token = given.pop("token", None)
        self.set_options()  # no arguments, no variables: what is left is ansible.cfg, and the defaults
        lower = {name: self.get_option(name) for name in OPTIONS}
        instances = [term for term in terms if term not in (None, "")]
        if instances and "instance_id" in given:
            raise errors.several("instance_id", "a term of the lookup")
        results = []
        for one in [{**given, "instance_id": instance} for instance in instances] or [given]:
            settings = resolve(one, os.environ, lower, token_is_known=token is not None)
            result = self._result(settings, token, use_cache)
            results.append(result.as_dict() if details else result.token)
        return results

    def _given(self, variables: dict[str, Any], arguments: dict[str, Any]) -> dict[str, Any]:
        """What the user says: arguments, else variables, which arrive as they were written and are templated here."""
        known = {**OPTIONS, **LOOKUP_OPTIONS}
        for name in arguments:
            if name not in known:
                raise errors.unknown_option(name, known)
        given = {name: value for name, value in arguments.items() if value not in (None, "")}
        for name in known:
            if name not in given and variables.get(PREFIX + name) not in (None, ""):
                given[name] = self._templar.template(variables[PREFIX + name])
        return {name: value for name, value in given.items() if value not in (None, "")}

    @staticmethod
    def _result(settings: Any, token: str | None, use_cache: bool) -> Any:
        from ansible_collections.ibmcloud.sysdig.plugins.module_utils.retrieve import known, retrieve

        if token is not None:
            return known(settings, values.secret("token", token))
        return retrieve(settings)
