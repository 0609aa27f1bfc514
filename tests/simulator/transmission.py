# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bytes on the wire: a response in full, or only as far as a fault lets it through."""

from __future__ import annotations

import contextlib
import socket
import struct
import time
from collections.abc import Callable
from email.utils import formatdate
from http.client import responses

from .faults import Fault
from .messages import Response

# A client that has not given up by then never will.
LONGEST_HANG_SECONDS = 300


def transmit(connection: socket.socket, response: Response, fault: Fault | None, head_only: bool) -> bool:
    """Send a response; False when the connection is of no more use."""
    head = _head(response)
    body = b"" if head_only else response.body
    if fault and fault.kind in BROKEN:
        BROKEN[fault.kind](connection, head, body)
        return False
    if fault and fault.kind == "slow":
        connection.sendall(head)
        for position in range(len(body)):
            time.sleep(fault.parameters["seconds"])
            connection.sendall(body[position : position + 1])
        return True
    connection.sendall(head + body)
    return True


def _head(response: Response) -> bytes:
    headers = [("Date", formatdate(usegmt=True)), *response.headers]
    if response.status != 204:
        headers.append(("Content-Type", response.content_type))
        # The body of an answer to an agent goes on until the connection ends.
        length = ("Connection", "close") if response.agent else ("Content-Length", str(len(response.body)))
        headers.append(length)
    lines = [
        f"HTTP/1.1 {response.status} {responses.get(response.status, 'Unknown')}",
        *(f"{name}: {value}" for name, value in headers),
    ]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def _reset(connection: socket.socket, head: bytes, body: bytes) -> None:
    # Lingering for zero seconds makes the close that follows send RST instead of FIN.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _close(connection: socket.socket, head: bytes, body: bytes) -> None:
    """Nothing is sent: the caller closes."""


def _hang(connection: socket.socket, head: bytes, body: bytes) -> None:
    connection.settimeout(LONGEST_HANG_SECONDS)
    with contextlib.suppress(OSError):
        connection.recv(1)


def _hang_in_body(connection: socket.socket, head: bytes, body: bytes) -> None:
    _truncate(connection, head, body)
    _hang(connection, head, body)


def _truncate(connection: socket.socket, head: bytes, body: bytes) -> None:
    connection.sendall(head + body[: len(body) // 2])


BROKEN: dict[str, Callable[[socket.socket, bytes, bytes], None]] = {
    "reset": _reset,
    "close": _close,
    "hang": _hang,
    "hang_in_body": _hang_in_body,
    "truncated": _truncate,
}
