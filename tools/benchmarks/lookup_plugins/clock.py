# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Return the time inside a template, so that references can be timed where they are evaluated."""

from __future__ import annotations

import time
from typing import Any

from ansible.plugins.lookup import LookupBase

DOCUMENTATION = r"""
name: clock
short_description: Seconds of a monotonic clock
description: Returns the seconds of a monotonic clock with an arbitrary origin.
author: The ibmcloud.sysdig contributors (!UNKNOWN)
options: {}
"""


class LookupModule(LookupBase):
    """The lookup ``clock``."""

    def run(self, terms: list[str], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[float]:
        return [time.perf_counter()]
