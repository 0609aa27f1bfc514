# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Remember on the host which services have yet to read files that changed.

A play that ends between a change and its handlers, or whose handler fails, leaves a service with its former
configuration, and the next run, which finds nothing to change, would leave it at that. So a file for each such service
is put in place together with the changes, and removed when the service was notified. It belongs below /run, which a
reboot empties, as it restarts the services too.
"""

import os
from contextlib import suppress
from typing import Optional

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.files import FileError
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files import snapshot
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.directory import Place

# A restart does what a reload does, and more.
ACTIONS = ["", "reloaded", "restarted"]


def stronger(first: str, second: str) -> str:
    """Return the action that does what both do."""
    return max(first, second, key=ACTIONS.index)


class PendingServices:
    """Remember services in ``directory``; without one, nothing is remembered."""

    def __init__(self, directory: str) -> None:
        self._directory = os.path.abspath(directory) if directory else None

    def place(self, service: str) -> Optional[Place]:
        """Return the place of the file for a service, if anything is remembered here."""
        if self._directory is None:
            return None
        with suppress(OSError, FileError):
            return Place.of(os.path.join(self._directory, "".join(map(_in_name, os.fsencode(service)))))
        return None

    def action(self, service: str) -> str:
        """Return what the service is waiting for; empty if nothing."""
        place = self.place(service)
        if place is None:
            return ""
        try:
            file = snapshot.read(place)
        except (OSError, FileError):
            return ""
        finally:
            place.close()
        if file is None:
            return ""
        action = file.content.decode("ascii", "replace")
        return action if action in ACTIONS[1:] else ACTIONS[-1]

    def forget(self, service: str) -> bool:
        """Note that a service was notified. Return whether it had been waiting."""
        place = self.place(service)
        if place is not None and not place.missing:
            with suppress(OSError):
                os.unlink(place.name, dir_fd=place.descriptor)
                return True
        return False


def _in_name(byte: int) -> str:
    """Encode a byte for the name of a file: as itself, or as its number."""
    character = chr(byte)
    return character if byte < 128 and character.isalnum() else f"%{byte:02X}"
