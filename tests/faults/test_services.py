# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The services of the faults do what their cells need of them."""

from __future__ import annotations

import errno
import socket
import time

import pytest

from faults.catalogue import STEPS
from faults.services import Authority, Services


def test_a_port_that_refuses_is_nobody_elses(tmp_path):
    first_step = next(iter(STEPS))
    refusing = Services(Authority(tmp_path), {first_step: {"kind": "refused"}})
    give_up = time.monotonic() + 10
    while _connect(refusing.server_address) != errno.ECONNREFUSED:
        assert time.monotonic() < give_up, "the port is still open"

    with pytest.raises(OSError, match="in use"), socket.socket() as another:
        another.bind(refusing.server_address)


def _connect(address):
    with socket.socket() as client:
        return client.connect_ex(address)
