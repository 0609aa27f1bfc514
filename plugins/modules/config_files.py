#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare, check and replace a list of files on a host, all of them or none: the part of the role that runs there."""

DOCUMENTATION = r"""
module: config_files
short_description: "[INTERNAL] Replace several configuration files at once, all of them or none"
version_added: 1.0.0
author: The ibmcloud.sysdig contributors (!UNKNOWN)
description:
  - Writes or deletes a list of files so that either every one of them is in the desired state or none has changed.
  - Every file is staged beside its destination with its final owner, group and mode, and checked by its
    O(files[].validate) command. Only when all are in order they are renamed over their destinations.
  - An existing file keeps its access control list and its extended attributes.
  - Runs of the same user on a host write one after the other, and a file that somebody else has changed since it was
    read is not replaced.
  - Meant for the role P(ibmcloud.sysdig.sysdig_integrations#role), which renders and merges the contents on the
    control node.
extends_documentation_fragment:
  - ibmcloud.sysdig._attributes
attributes:
  check_mode:
    support: full
    details: What the run would refuse is refused in check mode too. O(files[].validate) checks a copy, in another
      directory, with links to what is beside the destination.
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
        description:
          - Where the file is.
          - Symbolic links are followed if they and all directories on the way to them belong to root or to the user of
            the task, and nobody else may write to these directories. Other links are refused.
        type: path
        required: true
      state:
        description: Whether the file is to exist. V(absent) removes a symbolic link, not what it leads to, unless
          O(files[].merged=true).
        type: str
        choices: [present, absent]
        default: present
      content:
        description:
          - What the file is to hold, Base64 encoded.
          - Without it the present content stays, and is returned if O(files[].merged=true).
        type: str
      fingerprint:
        description: The RV(files[].fingerprint) of the file that O(files[].content) was made from. If the file is
          another one by now, nothing is written.
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
          - Name or ID of the owner.
          - By default whoever runs the module, but an existing file without secrets keeps its owner.
        type: str
      group:
        description:
          - Name or ID of the group of the file.
          - By default O(files[].consumer_group), but an existing file without secrets keeps its group.
        type: str
      consumer_group:
        description: Group of the program that reads the file. Used if the host has that group and the user may hand
          files to it.
        type: str
      mode:
        description:
          - Permissions of the file, octal.
          - By default V(0640) if the file is for a group, else V(0600), but an existing file without secrets keeps its
            mode.
        type: str
      validate:
        description:
          - Command that checks the new content before it replaces anything. V(%s) stands for the file to check.
          - In the directory of another user it runs as that user.
        type: str
      validate_timeout:
        description: Seconds that O(files[].validate) may take. It is stopped then, with all that it has started.
        type: int
        default: 60
      unsafe_writes:
        description: Write into an existing file instead of replacing it, for files that are mount points or have
          several hard links. Others may see the file half-written.
        type: bool
        default: false
      backup:
        description: Keep the former file beside it, readable by its owner only.
        type: bool
        default: false
      service:
        description: Service that reads the file. Where systemd runs, it has to exist.
        type: str
      service_action:
        description: What the service needs after a change. V(restarted) includes V(reloaded).
        type: str
        choices: [restarted, reloaded, none]
        default: none
  apply:
    description: Whether to change files. V(false) only says what would change, and removes what a killed run has left.
    type: bool
    default: true
  pending_directory:
    description:
      - Directory on the host, for nothing else, where the services that have to be notified are remembered until they
        appear in O(notified), so that a run that ends before, or whose service does not come back, leaves that to the
        next one.
      - Created if it is missing. If that is impossible, or O(pending_directory) is empty, nothing is remembered.
    type: path
    default: ""
  notified:
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
    description: Return differences in plain text.
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
      description: The path as in O(files[].path).
      type: str
      returned: always
    changed:
      description: Whether the file was changed, or would be.
      type: bool
      returned: always
    content:
      description: What the file holds, Base64 encoded.
      type: str
      returned: when O(files[].merged=true), without O(files[].content), if the file exists
    fingerprint:
      description: What tells this file from what it may be later, for O(files[].fingerprint).
      type: str
      returned: when O(apply=false)
    backup_file:
      description: Where the former file is kept.
      type: str
      returned: when O(files[].backup=true) and there was a file to change
services:
  description: What the services of these files need, because of this call or of one that O(pending_directory)
    remembers.
  returned: success
  type: dict
  sample:
    prometheus: reloaded
diff:
  description: Differences of the files that changed.
  returned: in diff mode
  type: list
  elements: dict
outdated:
  description: Paths of files that somebody else has changed since they were read. Read and merge again.
  returned: failure, if that is the reason
  type: list
  elements: str
rolled_back:
  description: V(false) if some files have changed and could not be restored.
  returned: failure, if that is so
  type: bool
"""

import signal
import sys
from typing import Any, Dict, List

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.files import FileError, unknown_platform
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.batch import HostFiles
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.pending_services import PendingServices

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


def compare_and_write(module: AnsibleModule, pending: PendingServices) -> HostFiles:
    """Compare, and change what is to be changed.

    Raises:
        FileError: if that is impossible, with the reason.
    """
    files, apply = HostFiles(module, pending), module.params["apply"]
    is_left_as_it_is = not (apply and files.changed) and (module.check_mode or not files.is_abandoned)
    if is_left_as_it_is:
        return files

    # Modules are compiled anew on every host: one in the desired state is spared a third of it.
    from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.lock import host_lock
    from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.writing import Writer

    writer = Writer(module, pending)
    if module.check_mode:
        writer.rehearse(files.files)
        return files
    # Whoever writes while this run waits for the lock is newer.
    for file in files.files:
        file.keep_fingerprint()
    with host_lock():
        writer.remove_abandoned(files.files)
        files.close()
        # What was read without the lock may have changed since.
        files = HostFiles(module, pending)
        if apply:
            writer.write(files.files, files.services)
    return files


def difference(module: AnsibleModule, files: HostFiles) -> List[Dict[str, str]]:
    """Describe what changes, as Ansible shows it."""
    from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.differences import differences

    return differences(files, module.params["secrets"], module.params["show_secrets"])


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
        files = compare_and_write(module, pending)
    except FileError as error:
        module.fail_json(msg=str(error), **error.facts)
    for warning in (text for file in files.files for text in file.warnings):
        module.warn(warning)
    result: Dict[str, Any] = {
        "changed": files.changed or bool(forgotten),
        "files": files.report(),
        "services": files.services,
    }
    if module._diff:
        result["diff"] = difference(module, files)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
