# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Work out the owner, group, mode and content that a file is to have, from the parameters of the module."""

import base64
import binascii
import grp
import os
import pwd
import re
from typing import Any, Callable, Dict, Optional

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import files as errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files import acl
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.snapshot import Snapshot

_LARGEST_ID = 2**32 - 2  # the one above it means "leave it as it is"


def owner(parameters: Dict[str, Any]) -> Optional[int]:
    """Return the ID of the requested owner, if any.

    Raises:
        FileError: if that is impossible, with the reason.
    """
    return _identity("owner", parameters, lambda name: pwd.getpwnam(name).pw_uid)


def group(parameters: Dict[str, Any]) -> Optional[int]:
    """Return the ID of the requested group, else of the program that reads the file, if we may hand files to it.

    Raises:
        FileError: if the host does not have the requested group.
    """
    if parameters["group"]:
        return _identity("group", parameters, lambda name: grp.getgrnam(name).gr_gid)
    try:
        found = grp.getgrnam(parameters["consumer_group"] or "").gr_gid
    except KeyError:
        return None
    return found if os.geteuid() == 0 or found in (os.getegid(), *os.getgroups()) else None


def desired(
    parameters: Dict[str, Any], before: Optional[Snapshot], user: Optional[int], of_group: Optional[int]
) -> Optional[Snapshot]:
    """Return the file in the desired state, None if it is to be absent.

    ``user`` and ``of_group`` are the results of ``owner`` and ``group``.

    Raises:
        FileError: if the parameters cannot be understood.
    """
    content, mode = _content(parameters, before), _mode(parameters)
    if parameters["state"] == "absent" or content is None:
        return None
    if before is None or parameters["secret"]:
        wanted = Snapshot(content, os.geteuid(), of_group, 0o600 if of_group is None else 0o640)
    else:
        kept = of_group if parameters["group"] else before.group
        wanted = Snapshot(content, before.user, kept, before.mode)
    if user is not None:
        wanted = wanted._replace(user=user)
    if mode is not None:
        wanted = wanted._replace(mode=mode)
    return _as_listed(wanted, before, keeps_mode=mode is None and not parameters["secret"]) if before else wanted


def _as_listed(wanted: Snapshot, before: Snapshot, keeps_mode: bool) -> Snapshot:
    """Add the access control list and the extended attributes of the existing file."""
    # Where there is a list, the group's bits of the mode are its mask, and say nothing about the group.
    listed = before.acl if keeps_mode else acl.with_mode(before.acl, wanted.mode)
    return wanted._replace(acl=listed, mode=acl.mode_with(listed, wanted.mode), attributes=before.attributes)


def _content(parameters: Dict[str, Any], before: Optional[Snapshot]) -> Optional[bytes]:
    if parameters["content"] is None:
        return before.content if before else None
    try:
        return base64.b64decode(parameters["content"], validate=True)
    except (binascii.Error, ValueError):
        raise errors.malformed_content(parameters["path"]) from None


def _mode(parameters: Dict[str, Any]) -> Optional[int]:
    mode = parameters["mode"]
    if not mode:
        return None
    if not re.fullmatch("[0-7]{3,4}", mode):
        raise errors.malformed_mode(mode, parameters["path"])
    return int(mode, 8)


def _identity(kind: str, parameters: Dict[str, Any], find: Callable[[str], int]) -> Optional[int]:
    """Find the ID of a user or group by name or number."""
    name = parameters[kind]
    if not name:
        return None
    if re.fullmatch("[0-9]+", name):
        if int(name) > _LARGEST_ID:
            raise errors.impossible_identity(kind, name, parameters["path"])
        return int(name)
    try:
        return find(name)
    except (KeyError, ValueError):
        raise errors.unknown_identity(kind, name, parameters["path"]) from None
