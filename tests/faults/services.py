# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The services of one cell: a simulator of its own, on a port of its own, with that cell's faults."""

from __future__ import annotations

import select
import socket
import ssl
import threading
import time
from pathlib import Path
from typing import Any

from simulator.certificates import Certificates
from simulator.faults import Fault
from simulator.server import Listener
from simulator.simulator import Simulator

from .catalogue import CHANGES, CONNECTIONS, ELSEWHERE, path_of, steps_to


class Authority:
    """What all services share: one authority, and three certificates of it.

    Attributes:
        ca_file: the authority to trust.
        contexts: by the fault that shows the certificate; a port that is closed shows none.
    """

    def __init__(self, directory: Path) -> None:
        certificates = Certificates(directory)
        self.ca_file = str(certificates.ca_file)
        self.valid = certificates.valid()
        self.contexts: dict[str, ssl.SSLContext | None] = {
            "refused": None,
            "expired": certificates.expired(),
            "another_name": certificates.for_another_name(),
        }


class Services(Listener):
    """IAM, resource controller and Sysdig of one cell, whose faults are by step.

    A fault of the connection needs to know which one is for its step: then there is one for each request.
    """

    def __init__(self, authority: Authority, faults: dict[str, dict[str, Any]], elsewhere: str = "") -> None:
        # A port that was closed would be free for the next cell's services, and this cell's client would talk to them.
        self._port = socket.socket()
        self._port.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._port.bind(("127.0.0.1", 0))
        super().__init__(Simulator(), self._port.getsockname()[1], authority.valid)
        self._begun: float | None = None
        self._ended = 0.0
        self._good: int | None = None  # connections until the fault
        self._then: ssl.SSLContext | None = None
        for step, fault in faults.items():
            if fault["kind"] in CONNECTIONS:
                self.keep_alive = False
                self._good, self._then = steps_to(step).index(step), authority.contexts[fault["kind"]]
                continue
            document = {**fault, "path": path_of(step), "times": fault.get("times")}
            if step in CHANGES:
                document["method"] = CHANGES[step][0]
            if fault.get("url") == ELSEWHERE:
                document["url"] = elsewhere
            self.simulator.faults.add(Fault.read(document))
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def paths(self) -> list[str]:
        """What was requested, in order."""
        return [str(record["path"]) for record in self.simulator.records]

    @property
    def was_called(self) -> bool:
        """Whether anybody connected, even in vain."""
        return self._begun is not None

    @property
    def seconds(self) -> float:
        """From the first connection until the client had given up the last one."""
        return 0.0 if self._begun is None else self._ended - self._begun

    def _serve(self) -> None:
        connections = 0
        poll = select.poll()  # select takes no more than 1024 descriptors in one process
        poll.register(self, select.POLLIN)
        while connections != self._good or self._then is not None:
            poll.poll()
            if connections == self._good and self._then is not None:
                self.tls = self._then
            self.handle_request()
            connections += 1
        self.server_close()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._begun = self._begun or time.monotonic()
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        super().process_request_thread(request, client_address)
        self._ended = time.monotonic()
