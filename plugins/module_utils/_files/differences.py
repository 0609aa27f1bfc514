# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Describe what changes on a host, as Ansible shows it: for each file the content, then its permissions; services."""

import os
from typing import Dict, Iterator, List, Optional

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files import acl
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.batch import HostFiles
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.diff import masked
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.snapshot import Snapshot
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.target import HostFile


def differences(files: HostFiles, secrets: List[str], show_secrets: bool) -> List[Dict[str, str]]:
    """Describe every change. ``secrets`` are values that must never show."""
    changed = [file for file in files.files if file.changed]
    shown = [each for file in changed for each in _of_file(file, secrets, show_secrets)]
    with_changes = {file.parameters["service"] for file in changed}
    for service in sorted(files.services.keys() - with_changes):
        before = "files changed in an earlier run, which did not get to it\n"
        shown.append(_difference(f"service {service}", before, f"{files.services[service]}\n"))
    return shown


def _of_file(file: HostFile, secrets: List[str], show_secrets: bool) -> Iterator[Dict[str, str]]:
    if file.content_changed or file.after is None:
        before, after = _text(file.before), _text(file.after)
        if not show_secrets:
            before, after = masked(before, after, secrets, file.is_all_secret)
        yield _difference(file.path, before, after)
    if file.before and file.after:
        before, after = _permissions(file.before, file.before), _permissions(file.after, file.before)
        if before != after:
            yield _difference(f"{file.path} (permissions)", before, after)


def _difference(header: str, before: str, after: str) -> Dict[str, str]:
    return {"before_header": header, "after_header": header, "before": before, "after": after}


def _text(file: Optional[Snapshot]) -> str:
    if file is None:
        return ""
    if file.link_target is not None:
        return f"symbolic link to {os.fsencode(file.link_target).decode('utf-8', 'replace')}\n"
    return file.content.decode("utf-8", "replace")


def _permissions(file: Snapshot, present: Snapshot) -> str:
    """Return owner, group, mode and list as text. What ``file`` leaves open is as at present."""
    user = present.user if file.user is None else file.user
    group = present.group if file.group is None else file.group
    listed = f"acl: {acl.text(file.acl)}\n" if file.acl else ""
    return f"owner: {user}\ngroup: {group}\nmode: {file.mode:04o}\n{listed}"
