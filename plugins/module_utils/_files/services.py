# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Find out whether a service exists, before the files that it reads are changed."""

import os
import shutil
from typing import Optional

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files import command

_SYSTEMD_RUNS = "/run/systemd/system"
_TIMEOUT = 10  # seconds
_IS_MISSING = ("not-found", "masked")


def missing_state(service: str) -> Optional[str]:
    """Return systemd's LoadState of a service that cannot be restarted. None if it can, or that is not known."""
    systemctl = shutil.which("systemctl")
    if systemctl is None or not os.path.isdir(_SYSTEMD_RUNS):
        return None
    try:
        outcome = command.run([systemctl, "show", "--property=LoadState", "--", service], _TIMEOUT)
    except OSError:
        return None
    state = outcome.output.strip().rpartition("LoadState=")[2]
    return state if outcome.code == 0 and state in _IS_MISSING else None
