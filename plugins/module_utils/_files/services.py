# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Ask systemd about a service, such as whether it exists, before the files that it reads are changed."""

import os
import shutil
from typing import Dict, Optional, Tuple

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files import command

_SYSTEMD_RUNS = "/run/systemd/system"
_TIMEOUT = 10  # seconds
IS_MISSING = ("not-found", "masked")


def missing_state(service: str) -> Optional[str]:
    """Return systemd's LoadState of a service that cannot be restarted. None if it can, or that is not known."""
    state = (properties(service, ("LoadState",)) or {}).get("LoadState")
    return state if state in IS_MISSING else None


def properties(service: str, names: Tuple[str, ...]) -> Optional[Dict[str, str]]:
    """Return properties of a service by name, None if systemd does not run or does not answer."""
    output = _answer("show", f"--property={','.join(names)}", "--", service)
    lines = [line.partition("=") for line in (output or "").splitlines()]
    return None if output is None else {name: value for name, _equals, value in lines}


def unit_files(service: str) -> str:
    """Return the text of the unit files of a service, empty if systemd does not tell."""
    return _answer("cat", "--", service) or ""


def _answer(*arguments: str) -> Optional[str]:
    """Return what systemctl prints, None if systemd does not run or does not answer."""
    systemctl = shutil.which("systemctl")
    if systemctl is None or not os.path.isdir(_SYSTEMD_RUNS):
        return None
    try:
        outcome = command.run([systemctl, *arguments], _TIMEOUT)
    except OSError:
        return None
    return outcome.output if outcome.code == 0 else None
