# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls Sysdig once, with the token and the address of the environment. Fails if that token is refused."""

from __future__ import annotations

import sys

from sdcclient import SdMonitorClient

accepted, answer = SdMonitorClient().get_user_token()
sys.exit(0 if accepted else f"Refused: {answer}")
