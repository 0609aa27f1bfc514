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
  - The one task of the role P(ibmcloud.sysdig.sysdig_integrations#role). Use the role.
  - On the control node, reads the role's variables, retrieves what their entries need, once per playbook run, refuses
    what is wrong with them, and renders and merges the contents. On the host, M(ibmcloud.sysdig.config_files) compares
    and writes them, in one call if nothing differs.
  - It has no arguments of its own, so that no callback sees what the role's variables hold. Those of the retrieval come
    from C(module_defaults) of the group C(ibmcloud.sysdig.all), below the role's variables.
extends_documentation_fragment:
  - ibmcloud.sysdig._options
  - ibmcloud.sysdig._attributes
attributes:
  check_mode:
    support: full
    details: What a run would refuse is refused in check mode too. The commands that validate files check a copy.
  diff_mode:
    support: full
    details: Values that are or may be secrets are masked, unless C(sysdig_integrations_no_log=false).
  platform:
    support: full
    platforms: posix
options:
  services:
    description: Returns the services that the handlers have to notify, and does nothing else.
    type: bool
    default: false
  check:
    description:
      - Checks whether the host is as the entries say, and whether their programs work. Nothing is changed then.
    type: bool
    default: false
  check_type:
    description: Checks the entries of this type only.
    type: str
  check_entry:
    description: Checks the entry with this number only.
    type: int
  check_credential_only:
    description: Checks the credential instead, and what it sees. It needs neither entries nor a host.
    type: bool
    default: false
  check_record:
    description: File on the control node for a record of the requests of O(check_credential_only), without any value.
    type: path
  notified:
    description:
      - Services of this host that were restarted or reloaded, and are not to be remembered any longer.
      - Nothing else is done then.
    type: list
    elements: dict
"""

EXAMPLES = r"""
# The role does this.
- name: Write the configuration of the integrations
  ibmcloud.sysdig.integrations:
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
  description: Services to restart or reload, including those that earlier playbook runs left behind, and the action for
    each. With O(services=true), a list of all that the handlers of this host have to notify.
  returned: success
  type: raw
  sample:
    prometheus: reloaded
hosts:
  description: The same services by the host that they are on.
  returned: success, with O(services=true)
  type: list
  elements: dict
checks:
  description: A line for each thing that was looked at.
  returned: with O(check=true)
  type: list
  elements: dict
  contains:
    entry:
      description: The entry that it is about.
      type: str
      returned: always
      sample: Entry 1 (prometheus)
    check:
      description: What was looked at.
      type: str
      returned: always
      sample: network
    status:
      description: Whether it is V(ok) or V(failed). V(unknown) could not be found out, and is no failure.
      type: str
      returned: always
    message:
      description: What was found.
      type: str
      returned: always
    remedy:
      description: What to do.
      type: str
      returned: when it is not in order
table:
  description: The same as text.
  returned: with O(check=true)
  type: list
  elements: str
step:
  description: The step that failed.
  returned: failure
  type: str
  sample: IAM login
status:
  description: HTTP status of the response, if a service answered.
  returned: failure
  type: int
  sample: 400
code:
  description: The service's own error code, if it gave one.
  returned: failure
  type: str
  sample: BXNIM0415E
option:
  description: The option or variable to correct, if the input was wrong.
  returned: failure
  type: str
  sample: sysdig_integrations_instance_id
"""
