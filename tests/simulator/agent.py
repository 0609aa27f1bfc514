# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for Sysdig's agent: it connects to the simulated collector as dragent.yaml says, until it is cut off.

`python agent.py --config FILE [--ca-file FILE]` prints a line when it is connected and another when it ends. It ends
with status 1 when its access key is refused or disabled: like the real agent, it has to be started anew then. It is one
file that needs nothing but Python, so that it can be copied to a host.
"""

from __future__ import annotations

import argparse
import http.client
import json
import re
import socket
import ssl
import sys
from pathlib import Path
from typing import NamedTuple

PATH = "/collector/agents"
START_SECONDS = 10
DEFAULT_PORT = 6443


class Refused(Exception):
    """The collector does not take the agent; the text has the status."""


class Config(NamedTuple):
    """What the agent reads of its configuration."""

    access_key: str
    collector: str
    port: int
    tls: bool

    @classmethod
    def read(cls, path: Path) -> Config:
        """The settings in a dragent.yaml, each a plain or quoted value on a line of its own. The last of two counts.

        Raises:
            KeyError: there is no access key or collector.
        """
        settings = dict(re.findall(r"^(\w+): *[\"']?([^\s\"'#]+)", path.read_text(encoding="utf-8"), re.MULTILINE))
        port, tls = int(settings.get("collector_port", DEFAULT_PORT)), settings.get("ssl", "true") == "true"
        return cls(settings["customerid"], settings["collector"], port, tls)


class Agent:
    """An agent's connection, open from the beginning.

    Raises:
        Refused: the collector does not take the agent.
    """

    def __init__(self, config: Config, hostname: str, ca_file: str | None = None) -> None:
        connection = self._connection(config, ca_file)
        connection.request("POST", PATH, json.dumps({"customerid": config.access_key, "hostname": hostname}))
        self._socket = connection.sock
        self._response = connection.getresponse()
        if self._response.status != 200:
            connection.close()
            raise Refused(f"the collector answers {self._response.status}")
        self._response.readline()

    def wait(self, seconds: float | None = None) -> str:
        """Wait until the connection ends; returns the collector's last words.

        Raises:
            TimeoutError: it is still open after so many seconds; nobody can wait for it once more.
        """
        self._socket.settimeout(seconds)
        return self._response.read().decode().strip()

    def close(self) -> None:
        """Leave."""
        self._response.close()
        self._socket.close()

    @staticmethod
    def _connection(config: Config, ca_file: str | None) -> http.client.HTTPConnection:
        if not config.tls:
            return http.client.HTTPConnection(config.collector, config.port, timeout=START_SECONDS)
        context = ssl.create_default_context(cafile=ca_file)
        return http.client.HTTPSConnection(config.collector, config.port, timeout=START_SECONDS, context=context)


def main() -> int:
    """Run until the connection ends."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", type=Path, default=Path("/opt/draios/etc/dragent.yaml"))
    parser.add_argument("--ca-file", help="the authority to trust, beside none of the system's")
    arguments = parser.parse_args()
    try:
        agent = Agent(Config.read(arguments.config), socket.gethostname(), arguments.ca_file)
    except (Refused, OSError, KeyError) as error:
        print(f"not connected: {error}", flush=True)
        return 1
    print("connected", flush=True)
    print(f"disconnected: {agent.wait()}", flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main())
