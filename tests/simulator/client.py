# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The handle by which tests, the demo and benchmarks use a running simulator."""

from __future__ import annotations

import contextlib
import http.client
import json
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .ids import OWNER_API_KEY

START_SECONDS = 30


class SimulatorClient:
    """A running simulator.

    Attributes:
        url: base URL of every service: IAM, the resource controller and Sysdig share it.
        ca_file: the certificate authority to trust.
        http_url: the same services without TLS.
        wrong_name_url: the same services with a certificate for another host.
        expired_url: the same services with an expired certificate.
    """

    def __init__(
        self, url: str, ca_file: str, http_url: str, wrong_name_url: str, expired_url: str, pid: int | None = None
    ) -> None:
        self.url = url
        self.ca_file = ca_file
        self.http_url = http_url
        self.wrong_name_url = wrong_name_url
        self.expired_url = expired_url
        self.pid = pid
        self._tls = ssl.create_default_context(cafile=ca_file)

    @property
    def world(self) -> dict[str, Any]:
        """Everything that exists now: `identities`, `trusted_profiles`, `instances`, `customers`, with their tokens."""
        world: dict[str, Any] = self._call("GET", "world")
        return world

    @property
    def secrets(self) -> dict[str, str]:
        """All that no output may hold, each by a name that may be shown."""
        secrets: dict[str, str] = self._call("GET", "secrets")
        return secrets

    def instance(self, guid: str) -> dict[str, Any]:
        """One of the world's instances."""
        instances: list[dict[str, Any]] = self.world["instances"]
        return next(instance for instance in instances if instance["guid"] == guid)

    def token(self, guid: str, team_id: int | None = None) -> str:
        """The current Sysdig API token of an instance's team, by default the default team's."""
        instance = self.instance(guid)
        wanted = instance["default_team_id"] if team_id is None else team_id
        return next(str(team["token"]) for team in instance["teams"] if team["id"] == wanted)

    def customer_token(self, customer: str, username: str, team_id: int | None = None) -> str:
        """The current Sysdig API token of a customer's user, by default the one of the user's current team."""
        users = next(entry["users"] for entry in self.world["customers"] if entry["name"] == customer)
        user = next(entry for entry in users if entry["username"] == username)
        return str(user["tokens"][str(team_id or user["current_team"])])

    def requests(self, service: str | None = None) -> list[dict[str, Any]]:
        """The requests so far, in order, of one service or all.

        Services: `iam`, `metadata`, `resource_controller`, `sysdig`, `remote_write`, `collector`.

        Keys: service, request_id (what the answer calls the request by), method, path, query (both still
        percent-encoded), headers (list of pairs), body (text or None), body_length, token_fingerprint, status (None
        when unanswered), fault (kind or None), time, connection (number).
        """
        return [record for record in self._call("GET", "requests") if service in (None, record["service"])]

    def forget_requests(self) -> None:
        """Start the record of requests anew."""
        self._call("DELETE", "requests")

    def reset(self) -> None:
        """Back to the state after the start: no requests, faults, latency, modes, agents; the first tokens and keys."""
        self._call("POST", "reset")

    def fault(
        self,
        kind: str,
        *,
        service: str | None = None,
        method: str | None = None,
        path: str | None = None,
        times: int | None = 1,
        **parameters: Any,
    ) -> None:
        """Inject a fault into the next `times` requests (None: all) of a service, a method, below a path.

        Kinds and parameters are those of faults.KINDS: status (status, retry_after, retry_after_date in seconds from
        then, body, content_type), echo (status; repeats the request), html, huge (size), redirect (url, status, size),
        values (value, instead of every one in the answer), content_type (content_type), delay (seconds), slow (seconds
        for each byte of the body), reset, close, hang, hang_in_body, truncated.
        """
        matching = {"service": service, "method": method, "path": path, "times": times}
        self._call("POST", "faults", {"kind": kind, **matching, **parameters})

    def clear_faults(self) -> None:
        """Everything works again."""
        self._call("DELETE", "faults")

    def reset_token(self, tenant: str, team_id: int, username: str = "") -> str:
        """Reset a Sysdig API token of an instance (GUID) or of a customer's user; returns the new one."""
        slot = {"tenant": tenant, "team_id": team_id, "username": username}
        return str(self._call("POST", "tokens/reset", slot)["token"])

    def access_keys(self, tenant: str) -> list[dict[str, Any]]:
        """The access keys of an instance (GUID) or a customer: key, enabled, date_created, team_id and so on."""
        world = self.world
        tenants: dict[str, list[dict[str, Any]]] = {
            entry.get("guid", entry["name"]): entry["access_keys"] for entry in world["instances"] + world["customers"]
        }
        return tenants[tenant]

    def add_access_key(self, tenant: str, **attributes: Any) -> str:
        """Create an access key as in the web UI: with limit, reservation, team_id, enabled=False or a date_created."""
        return str(self._call("POST", "access_keys", {"tenant": tenant, **attributes})["key"])

    def agents(self, access_key: str | None = None) -> list[dict[str, Any]]:
        """The agents that are connected now, with that key or any: access_key, hostname, tenant, team_id, time."""
        return [agent for agent in self._call("GET", "agents") if access_key in (None, agent["access_key"])]

    def modes(self, **modes: Any) -> None:
        """Switch modes on, and all others off: those of modes.Modes, each of which makes a service stricter."""
        self._call("POST", "modes", modes)

    def external_api_auth(self, guid: str, value: str | None) -> None:
        """Let an instance take API tokens (`ANY`) or not (`IAM_ONLY`), whatever tokens there are already."""
        self._call("POST", "external_api_auth", {"guid": guid, "value": value})

    def iam_token(self, api_key: str = OWNER_API_KEY, lifetime: float = 3600) -> str:
        """An IAM access token without a recorded login; a lifetime (seconds) below zero gives an expired one."""
        answer = self._call("POST", "iam/tokens", {"api_key": api_key, "lifetime": lifetime})
        return str(answer["access_token"])

    def iam_token_lifetime(self, seconds: float) -> None:
        """How long IAM access tokens of later logins are valid."""
        self._call("POST", "iam/lifetime", {"seconds": seconds})

    def replay(self, record: dict[str, Any]) -> None:
        """Answer as in somebody's record (replay.Replay), until the next reset."""
        self._call("POST", "replay", record)

    def latency(self, **seconds: float) -> None:
        """How long services take to answer: `latency(iam=0.2, sysdig=0.1)`."""
        self._call("POST", "latency", seconds)

    def _call(self, method: str, path: str, document: dict[str, Any] | None = None) -> Any:
        host = urlsplit(self.url).netloc
        with contextlib.closing(http.client.HTTPSConnection(host, timeout=30, context=self._tls)) as connection:
            connection.request(method, f"/_simulator/{path}", json.dumps(document) if document else None)
            response = connection.getresponse()
            answer = json.loads(response.read())
        if response.status != 200:
            raise ValueError(f"the simulator refuses {method} {path}: {answer['message']}")
        return answer


@contextlib.contextmanager
def running(directory: Path | None = None) -> Iterator[SimulatorClient]:
    """Start a simulator in a process of its own, and stop it at the end.

    Raises:
        RuntimeError: it does not start.
    """
    with contextlib.ExitStack() as stack:
        place = directory or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="simulator-")))
        ready_file = place / "ready.json"
        process = subprocess.Popen(
            [
                sys.executable,
                str(Path(__file__).parent),
                *("--ready-file", str(ready_file), "--directory", str(place), "--stop-with-parent"),
            ]
        )
        try:
            yield SimulatorClient(**_wait_until_ready(process, ready_file))
        finally:
            process.terminate()
            process.wait(timeout=10)


def _wait_until_ready(process: subprocess.Popen[bytes], ready_file: Path) -> dict[str, Any]:
    deadline = time.monotonic() + START_SECONDS
    while not ready_file.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("the simulator did not start; its output says why")
        time.sleep(0.02)
    facts: dict[str, Any] = json.loads(ready_file.read_text(encoding="utf-8"))
    return facts
