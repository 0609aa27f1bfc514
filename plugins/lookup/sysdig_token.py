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
  - Exchanges an IBM Cloud IAM credential for the Sysdig API token of a team, in an instance of IBM Cloud Monitoring or
    of Security and Compliance Center Workload Protection. Also retrieves tokens from Sysdig SaaS and on-premises
    installations.
  - It runs on the controller, in templates and in variables.
notes:
  - Ansible evaluates a lookup in a variable at every reference, for every host.
  - Options are taken from the arguments of the lookup, then from variables, then from the environment, then from the
    section C([sysdig_token]) of the file C(ansible.cfg), then from their defaults. An empty string counts as an option
    that is not given.
  - Secrets have no key in C(ansible.cfg), because that file is readable by others and kept in repositories.
  - A debug task shows what a variable holds, and so does a module that logs its arguments. Give such tasks
    C(no_log=true).
requirements:
  - requests (Python package, on the controller)
options:
  _terms:
    description:
      - Instances, each by GUID or CRN, instead of O(instance_id). One token is returned for each.
    type: list
    elements: str
extends_documentation_fragment:
  - ibmcloud.sysdig._options
  - ibmcloud.sysdig._options.lookup
seealso:
  - module: ibmcloud.sysdig.sysdig_token
    description: The same as a task, with the steps of a failure in its result.
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

import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from ansible import constants
from ansible.errors import AnsibleLookupError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.lookup import LookupBase
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval import options
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._run_cache import RunCache

PREFIX = "sysdig_token_"
OPTIONS = {**options.OPTIONS, **options.LOOKUP_OPTIONS}
SECRETS = {name: option for name, option in OPTIONS.items() if option.secret}
VARIABLES = options.environment_variables(OPTIONS.values())
SECRET_VARIABLES = options.environment_variables(SECRETS.values())

# Every worker would parse the documentation and its fragments to learn what ansible.cfg may hold. The table knows that.
constants.config.initialize_plugin_configuration_definitions("lookup", __name__, options.definitions(OPTIONS))


class LookupModule(LookupBase):
    """The lookup ``ibmcloud.sysdig.sysdig_token``.

    Ansible runs it at every reference, and imports it anew in every worker. So what only a first answer, or an error,
    needs is imported there and then.

    ``RETURNS`` is the part of a result that is returned unless details are asked for.
    """

    RETURNS = "token"

    def run(self, terms: list[str], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[Any]:
        """Return one token (or result) for each term. Raises AnsibleLookupError."""
        try:
            return self._run(terms, variables or {}, kwargs)
        except Exception as error:
            from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import SysdigError

            if isinstance(error, SysdigError):
                raise AnsibleLookupError(str(error)) from None
            raise

    def _run(self, terms: list[str], variables: dict[str, Any], arguments: dict[str, Any]) -> list[Any]:
        arguments = {name: value for name, value in arguments.items() if value not in (None, "")}
        instances = [term for term in terms if term not in (None, "")]
        if instances and arguments.setdefault("instance_id", instances[0]) != instances[0]:
            from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import options as errors

            raise errors.mutually_exclusive("instance_id", "a term of the lookup")
        given = self._given(variables, arguments)
        token = given.pop("token", None)
        details, use_cache = (self._switch(name, given.pop(name, None)) for name in ("details", "cache"))
        results = [
            self._result(wanted, token, use_cache)
            for wanted in [{**given, "instance_id": instance} for instance in instances] or [given]
        ]
        return results if details else [result[self.RETURNS] for result in results]

    def _result(self, given: dict[str, Any], token: str | None, use_cache: bool) -> dict[str, Any]:
        """The result for one instance. One that is worked out of a known token is not worth remembering."""
        if token is not None or not use_cache:
            return self._asked(given, token)
        return self._remembered("token", given, lambda: self._asked(given, None, constants.DEFAULT_LOCAL_TMP))

    def _given(self, variables: dict[str, Any], arguments: dict[str, Any]) -> dict[str, Any]:
        """What the user says: arguments, else variables, which arrive as they were written and are templated here."""
        for name in arguments:
            if name not in OPTIONS:
                from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import options as errors

                raise errors.unknown_option(name, OPTIONS)
        given = dict(arguments)
        settled = {name for pair in options.ALTERNATIVES for name in pair if not given.keys().isdisjoint(pair)}
        for name in OPTIONS.keys() - settled - given.keys():
            if PREFIX + name in variables:
                value = self._templar.template(variables[PREFIX + name])
                if value not in (None, ""):
                    given[name] = value
        return given

    def _switch(self, name: str, given: Any) -> bool:
        try:
            return bool(boolean(self.get_option(name) if given is None else given))
        except TypeError:
            from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import options as errors

            raise errors.not_a_choice(name, given, ("true", "false")) from None

    def _remembered(self, what: str, given: dict[str, Any], ask: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """The answer to a question about one instance, asked once per run."""
        environment = {name: os.environ[name] for name in VARIABLES if os.environ.get(name)}
        secrets = [str(given[name]) for name in SECRETS if name in given]
        secrets += [environment[name] for name in SECRET_VARIABLES if name in environment]
        key_file = given.get("api_key_file") or environment.get("IBMCLOUD_API_KEY_FILE")
        if not secrets:
            key_file = key_file or self.get_option("api_key_file")
        if key_file:
            with suppress(OSError), open(os.path.expanduser(key_file), encoding="utf-8", errors="replace") as file:
                secrets.append(file.read())
        subject = [what, sorted((name, str(value)) for name, value in given.items()), sorted(environment.items())]
        cache = RunCache(constants.DEFAULT_LOCAL_TMP, secrets)
        return dict(cache.get(subject, lambda: (ask(), None)))

    def _asked(self, given: dict[str, Any], token: str | None, directory: str | None = None) -> dict[str, Any]:
        """The result for one instance, worked out or retrieved."""
        from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._cached_retrieval import answer

        return answer(given, self._lower(), token, directory)

    def _lower(self) -> dict[str, Any]:
        """What ranks below the environment: the ini file, and defaults."""
        return {name: self.get_option(name) for name in options.OPTIONS}
