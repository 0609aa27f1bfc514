# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP/1.1 with keep-alive over TLS, one thread for each connection."""

from __future__ import annotations

import socketserver
import ssl
import sys
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from typing import Any

from . import control
from .messages import Request, Response
from .simulator import Outcome, Simulator
from .transmission import transmit

HANDSHAKE_SECONDS = 10


class Handler(BaseHTTPRequestHandler):
    """Reads requests off one connection and sends what the simulator decides."""

    protocol_version = "HTTP/1.1"
    timeout = 60  # seconds that a connection may be idle
    disable_nagle_algorithm = True
    server: Listener

    def setup(self) -> None:
        super().setup()
        self.connection_number = next(self.server.simulator.connection_numbers)

    def respond(self) -> None:
        """Answer one request of any method."""
        # self.path is no use: http.server has already merged leading slashes in it.
        path, _mark, query = self.requestline.split()[1].partition("?")
        body = self._read_body()
        if body is None:
            outcome = Outcome(0, Response.of({"message": "Content-Length is missing or wrong"}, 411), None)
            self.close_connection = True
        else:
            request = Request(self.command, path, query, tuple(self.headers.items()), body)
            outcome = self._decide(request)
        time.sleep(outcome.wait_seconds)
        response = outcome.response
        if not self.server.keep_alive:
            response = replace(response, headers=(*response.headers, ("Connection", "close")))
            self.close_connection = True
        try:
            is_usable = transmit(self.connection, response, outcome.fault, head_only=self.command == "HEAD")
            if response.agent and is_usable:
                response.agent.stay(self.connection)
        finally:
            if response.agent:
                self.server.simulator.forget_agent(response.agent)
        if response.agent or not is_usable:
            self.close_connection = True

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = respond  # noqa: N815 - http.server's names

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the record of requests has it all."""

    def _decide(self, request: Request) -> Outcome:
        if request.path.startswith(control.PREFIX):
            return Outcome(0, control.answer(self.server.simulator, request), None)
        return self.server.simulator.handle(request, self.connection_number)

    def _read_body(self) -> bytes | None:
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not length.isdecimal():
            return None
        return self.rfile.read(int(length))


class Listener(socketserver.ThreadingTCPServer):
    """One port of the simulator; without a TLS context it speaks plain HTTP.

    Attributes:
        keep_alive: whether a connection is for more than one request.
    """

    keep_alive = True

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, simulator: Simulator, port: int, tls: ssl.SSLContext | None) -> None:
        self.simulator = simulator
        self.tls = tls
        super().__init__(("127.0.0.1", port), Handler)

    @property
    def url(self) -> str:
        """The base URL of every service here."""
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.server_address[1]}"

    def finish_request(self, request: Any, client_address: Any) -> None:
        # The handshake takes place here, in the connection's own thread, so that a stuck client blocks nobody.
        if self.tls is None:
            super().finish_request(request, client_address)
            return
        request.settimeout(HANDSHAKE_SECONDS)
        with self.tls.wrap_socket(request, server_side=True) as connection:
            super().finish_request(connection, client_address)

    def shutdown_request(self, request: Any) -> None:
        # Only a close: socketserver's orderly shutdown would make a reset look like a regular end.
        self.close_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        # Clients that refuse a certificate or hang up are what many tests are about.
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)
