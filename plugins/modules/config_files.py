#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of the role that runs on the host: compares, checks and replaces a list of files, all of them or none."""

DOCUMENTATION = r"""
module: config_files
short_description: "[INTERNAL] Replace several configuration files at once, all of them or none"
version_added: 1.0.0
author: The ibmcloud.sysdig contributors (!UNKNOWN)
description:
  - Writes or deletes a list of files so that either every one of them is as it shall be or none has changed.
  - Every file is staged beside its destination with its final owner, group and mode, and checked by its
    O(files[].validate) command. Only when all are in order they are renamed over their destinations.
  - Meant for the role P(ibmcloud.sysdig.sysdig_integrations#role), which renders and merges the contents on the
    controller.
extends_documentation_fragment:
  - ibmcloud.sysdig._attributes
attributes:
  check_mode:
    support: full
    details: Nothing is staged in check mode, so O(files[].validate) does not run.
  diff_mode:
    support: full
    details: Values that are or may be secrets are masked, unless O(show_secrets=true).
  platform:
    support: full
    platforms: posix
options:
  files:
    description: The files, in the order in which they are replaced. Deletions come last.
    type: list
    elements: dict
    required: true
    suboptions:
      path:
        description: Where the file is. Symbolic links are followed, and the file they lead to is replaced.
        type: path
        required: true
      state:
        description: Whether the file shall be there.
        type: str
        choices: [present, absent]
        default: present
      content:
        description:
          - What the file shall hold, Base64 encoded.
          - Without it the present content stays, and is returned if O(files[].merged=true).
        type: str
      merged:
        description: The file belongs to somebody else, and O(files[].content) is its present content with something
          merged into it.
        type: bool
        default: false
      secret:
        description: The file holds a secret.
        type: bool
        default: false
      owner:
        description:
          - Name or ID of the user who shall own the file.
          - By default whoever runs the module, but a file without secrets that is there keeps its owner.
        type: str
      group:
        description:
          - Name or ID of the group of the file.
          - By default O(files[].consumer_group), but a file without secrets that is there keeps its group.
        type: str
      consumer_group:
        description: Group of the program that reads the file. Used if the host has that group and the user may hand
          files to it.
        type: str
      mode:
        description:
          - Permissions of the file, octal.
          - By default V(0640) if a group was given or found, else V(0600), but a file without secrets that is there
            keeps its mode.
        type: str
      validate:
        description: Command that checks the new content before it replaces anything. V(%s) stands for the file to
          check.
        type: str
      backup:
        description: Keep the former file beside it, readable by its owner only.
        type: bool
        default: false
      service:
        description: Service that has to be told when the file has changed.
        type: str
      service_action:
        description: What the service has to be told. V(restarted) includes V(reloaded).
        type: str
        choices: [restarted, reloaded, none]
        default: none
  apply:
    description: Whether to change anything. V(false) only says what would change.
    type: bool
    default: true
  pending_directory:
    description:
      - Directory on the host, for nothing else, where the services that have to be told are remembered until they
        appear in O(told), so that a run that ends before, or whose service does not come back, leaves that to the next
        one.
      - Created if it is missing. Where that cannot be, or it is not given, nothing is remembered.
    type: path
    default: ""
  told:
    description: Services that were restarted or reloaded, and are not to be remembered any longer.
    type: list
    elements: str
    default: []
  secrets:
    description: Values that must not show anywhere in the result.
    type: list
    elements: str
    default: []
  show_secrets:
    description: Return differences in clear.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Write a token and the configuration that names it, both or none
  ibmcloud.sysdig.config_files:
    files:
      - path: /etc/prometheus/sysdig-token
        content: "{{ token | b64encode }}"
        secret: true
        consumer_group: prometheus
      - path: /etc/prometheus/prometheus.yml
        content: "{{ configuration | b64encode }}"
        validate: promtool check config %s
    secrets:
      - "{{ token }}"
"""

RETURN = r"""
files:
  description: The files, in the order of O(files).
  returned: success
  type: list
  elements: dict
  contains:
    path:
      description: The path as it was given.
      type: str
      returned: always
    changed:
      description: Whether the file was changed, or would be.
      type: bool
      returned: always
    content:
      description: What the file holds, Base64 encoded.
      type: str
      returned: when O(files[].merged=true), O(files[].content) is not given, and the file is there
    backup_file:
      description: Where the former file is kept.
      type: str
      returned: when O(files[].backup=true) and there was a file to change
services:
  description: What the services of these files have to be told, because of this call or of one that
    O(pending_directory) remembers.
  returned: success
  type: dict
  sample:
    prometheus: reloaded
diff:
  description: Differences of the files that changed.
  returned: in diff mode
  type: list
  elements: dict
"""

import signal
import sys
from typing import Any, Dict

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.files import FileError, unknown_platform
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.batch import HostFiles
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.lock import host_lock
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.pending_services import PendingServices
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.writing import Writer

FILE_SPEC = {
    "path": {"type": "path", "required": True},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "content": {"type": "str", "no_log": True},
    "fingerprint": {"type": "str"},
    "merged": {"type": "bool", "default": False},
    "secret": {"type": "bool", "default": False, "no_log": False},
    "owner": {"type": "str"},
    "group": {"type": "str"},
    "consumer_group": {"type": "str"},
    "mode": {"type": "str"},
    "validate": {"type": "str"},
    "validate_timeout": {"type": "int", "default": 60},
    "unsafe_writes": {"type": "bool", "default": False},
    "backup": {"type": "bool", "default": False},
    "service": {"type": "str"},
    "service_action": {"type": "str", "choices": ["restarted", "reloaded", "none"], "default": "none"},
}
SIGNALS = (signal.SIGHUP, signal.SIGTERM)


def exit_on_signal(number: int, frame: Any) -> None:
    """End by an exception, which undoes what has been done so far. A second signal does not interrupt that."""
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    raise SystemExit(128 + number)


def bring_about(module: AnsibleModule, pending: PendingServices) -> HostFiles:
    """Compare, and change what is to be changed. Raises FileError."""
    files, writer = HostFiles(module, pending), Writer(module, pending)
    apply = module.params["apply"]
    if module.check_mode:
        if apply:
            writer.rehearse(files.files)
        return files
    if files.is_abandoned or (apply and files.changed):
        with host_lock():
            writer.remove_abandoned(files.files)
            files.close()
            # What was read without the lock may have changed since.
            files = HostFiles(module, pending)
            if apply:
                writer.write(files.files, files.services)
    return files


def main() -> None:
    """Run as a module."""
    module = AnsibleModule(
        argument_spec={
            "files": {"type": "list", "elements": "dict", "required": True, "options": FILE_SPEC},
            "apply": {"type": "bool", "default": True},
            "pending_directory": {"type": "path", "default": ""},
            "notified": {"type": "list", "elements": "str", "default": []},
            "secrets": {"type": "list", "elements": "str", "default": [], "no_log": True},
            "show_secrets": {"type": "bool", "default": False, "no_log": False},
        },
        supports_check_mode=True,
    )
    # A connection that breaks must not leave staged files.
    for number in SIGNALS:
        signal.signal(number, exit_on_signal)
    act = module.params["apply"] and not module.check_mode
    pending = PendingServices(module.params["pending_directory"])
    try:
        if not sys.platform.startswith("linux"):
            raise unknown_platform(sys.platform)
        forgotten = [service for service in module.params["notified"] if act and pending.forget(service)]
        files = bring_about(module, pending)
    except FileError as error:
        module.fail_json(msg=str(error), **error.facts)
    result: Dict[str, Any] = {
        "changed": files.changed or bool(forgotten),
        "files": files.report(),
        "services": files.services,
    }
    if module._diff:
        result["diff"] = files.differences()
    module.exit_json(**result)


if __name__ == "__main__":
    main()
