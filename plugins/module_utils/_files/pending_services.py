# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Remembers on the host which services have yet to read files that changed.

A play that ends between a change and its handlers, or whose handler fails, leaves a service with its former
configuration, and the next run, which finds nothing to change, would leave it at that. So a file for each such service
is put in place together with the changes, and removed when the service was told. It belongs below /run, which a reboot
empties, as it restarts the services too.
"""

import os
from contextlib import suppress
from typing import Optional
from urllib.parse import quote

# A restart does what a reload does, and more.
ACTIONS = ["", "reloaded", "restarted"]


def stronger(first: str, second: str) -> str:
    """The action that does what both do."""
    return max(first, second, key=ACTIONS.index)


class PendingServices:
    """The memory in ``directory``; without one nothing is remembered."""

    def __init__(self, directory: str) -> None:
        self._directory = os.path.abspath(directory) if directory else None

    def path(self, service: str) -> Optional[str]:
        """The file that stands for a service, if anything is remembered here."""
        return self._directory and os.path.join(self._directory, quote(service, safe="").replace(".", "%2E"))

    def action(self, service: str) -> str:
        """What the service is waiting for; empty if nothing."""
        path = self.path(service)
        if path is None:
            return ""
        try:
            with open(path, "rb") as file:
                said = file.read().decode("ascii", "replace")
        except OSError:
            return ""
        return said if said in ACTIONS[1:] else ACTIONS[-1]

    def forget(self, service: str) -> bool:
        """The service was told. Whether it had been waiting."""
        path = self.path(service)
        if path is not None:
            with suppress(OSError):
                os.unlink(path)
                return True
        return False
