# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Word the errors about the Python of a host. Runs on Python 3.6."""

import sys
from typing import Tuple

from .base import OptionError


def python_too_old(module: str, needed: Tuple[int, int], version: str) -> OptionError:
    return OptionError(
        "ansible_python_interpreter",
        f"{module} needs Python {needed[0]}.{needed[1]} or newer, and {sys.executable} is Python {version}.",
        "Set ansible_python_interpreter to a newer one, or run the task on the control node with"
        " `delegate_to: localhost`.",
    )


def no_python(module: str) -> OptionError:
    return OptionError(
        "ansible_connection",
        f"{module} needs Python, and this host runs Windows.",
        "Run the task on the control node with `delegate_to: localhost`.",
    )
