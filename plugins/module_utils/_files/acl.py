# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Read and change access control lists as the kernel keeps them, in an extended attribute of the file."""

import os
import struct
from typing import Iterator, List, NamedTuple, Optional

NAME = "system.posix_acl_access"
OWNER, USER, OWNING_GROUP, GROUP, MASK, OTHERS = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20
_VERSION = struct.pack("<I", 2)
_ENTRY = struct.Struct("<HHI")
_NAMES = {OWNER: "user", USER: "user", OWNING_GROUP: "group", GROUP: "group", MASK: "mask", OTHERS: "other"}


class Entry(NamedTuple):
    """Hold one entry of a list: whom it is about, and three bits for reading, writing and executing."""

    tag: int
    permissions: int
    identity: int


def entries(acl: bytes) -> List[Entry]:
    """Return the entries of a list."""
    return [Entry(*fields) for fields in _ENTRY.iter_unpack(acl[len(_VERSION) :])]


def with_mode(acl: Optional[bytes], mode: int) -> Optional[bytes]:
    """Give owner, owning group and others what ``mode`` says, and nobody else more than before."""
    if acl is None:
        return None
    present = entries(acl)
    mask = next((entry.permissions for entry in present if entry.tag == MASK), 7)
    group = mode >> 3 & 7
    changed = {OWNER: mode >> 6 & 7, OWNING_GROUP: group, OTHERS: mode & 7, MASK: mask | group}
    # A wider mask must not give effect to rights that the former one suspended.
    limit = mask if group & ~mask else 7
    packed = (_ENTRY.pack(tag, changed.get(tag, held & limit), who) for tag, held, who in present)
    return _VERSION + b"".join(packed)


def mode_with(acl: Optional[bytes], mode: int) -> int:
    """Return the mode that the kernel shows for a file with this list: its group bits are those of the mask."""
    if acl is None:
        return mode
    bits = {entry.tag: entry.permissions for entry in entries(acl)}
    group = bits.get(MASK, bits[OWNING_GROUP])
    return mode & 0o7000 | bits[OWNER] << 6 | group << 3 | bits[OTHERS]


def text(acl: bytes) -> str:
    """Return the list as `getfacl --numeric` prints it, in one line."""
    return ",".join(_texts(acl))


def _texts(acl: bytes) -> Iterator[str]:
    for tag, permissions, identity in entries(acl):
        rights = "".join(letter if permissions & bit else "-" for letter, bit in zip("rwx", (4, 2, 1)))
        yield f"{_NAMES[tag]}:{identity if tag in (USER, GROUP) else ''}:{rights}"


def of_directory(descriptor: int) -> Optional[bytes]:
    """Return the list of an open directory, or None. A directory that may only be entered is read through /proc."""
    for directory in (descriptor, f"/proc/self/fd/{descriptor}"):
        try:
            return os.getxattr(directory, NAME)
        except OSError:
            continue
    return None
