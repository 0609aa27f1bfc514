# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whichever secret a service repeats, in whatever encoding, in whatever part of its response: no error shows it.

Every secret of a retrieval, in every encoding, in every place of a response that can end up in a message.
"""

from __future__ import annotations

import base64
import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import SysdigError
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._redact import MASK
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.retrieve import retrieve
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.settings import resolve
from network import CRN, INSTANCE, TEAM, TEAM_ID, USUAL
from secrecy.scan import search
from secret_encodings import ENCODINGS

API_KEY = "aK-4$k%41/w+Q=='\"\\&<_j7ePq9ZtB2vN"
IAM_TOKEN = ".".join(
    base64.urlsafe_b64encode(part).decode().rstrip("=")
    for part in (b'{"alg":"RS256"}', b'{"iam_id":"IBMid-1","exp":9999999999}', bytes(range(7, 250, 3)))
)
CR_TOKEN = "eyJ-a-compute-resource-token.of-this-pod"
SYSDIG_TOKEN = "5f0c2b1e-98a7-4d3c-b6e5-0a1b2c3d4e5f"
PROXY_PASSWORD = "Pr0xy!pass~word"
SAID = "said-by-the-service"
# Messages mark the names of options like this, and leave the mark out where they are shown.
IN_MESSAGES = {**ENCODINGS, "marked as an option": lambda secret: re.sub(r"([A-Za-z0-9]{2})", r"O(\1)", secret)}
# So long where it is escaped once more that a message ends before 8 characters of the secret, which would be masked.
CUT_SHORT = [("C, of a URL in JSON", place) for place in ("Location", "JSON in a JSON message")]


class Server:
    """Sends raw bytes, which no library checks: by path (its end), else the usual responses.

    Attributes:
        url: base URL of all services.
        responses: bytes by the end of a path, or a list of bytes for the next requests.
    """

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.responses: dict[str, bytes | list[bytes]] = {}
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        """Stop serving."""
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _address = self._socket.accept()
            except OSError:  # closed
                return
            with connection, connection.makefile("rb") as request:
                path = request.readline().split(b" ")[1].decode().partition("?")[0]
                length = 0
                while (line := request.readline()).strip():
                    if line.lower().startswith(b"content-length:"):
                        length = int(line.partition(b":")[2])
                request.read(length)
                connection.sendall(self._response(path))

    def _response(self, path: str) -> bytes:
        known = [known for known in self.responses if path.endswith(known)]
        found = self.responses[known[0]] if known else as_json(USUAL[path].body)
        return found if isinstance(found, bytes) else found.pop(0)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """One for all tests of this file."""
    server = Server()
    yield server
    server.close()


def response(status: str, headers: str, body: bytes) -> bytes:
    """A response, byte for byte. ``headers`` end with a line break."""
    return (
        f"HTTP/1.1 {status}\r\n{headers}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode("latin-1")
        + body
    )


def as_json(body: object, status: str = "200 OK") -> bytes:
    return response(status, "Content-Type: application/json\r\n", json.dumps(body).encode())


def escaped(text: str) -> bytes:
    """A JSON string in which nothing is readable."""
    return b'"' + "".join(f"\\u{ord(char):04X}" for char in text).encode() + b'"'


class Place(NamedTuple):
    """A place in a response: how it is filled, and which request gets the response.

    ``path`` is empty for the request that carries the secret. ``end`` is a character at which the place ends for its
    reader. ``shown`` says whether a message shows what is there.
    """

    write: Callable[[str], bytes]
    path: str = ""
    needs: str = ""
    end: str = "\n"
    shown: bool = True


INSTANCES = {"path": "/v2/resource_instances", "needs": "instance_name"}
PLACES = {
    "reason phrase": Place(lambda said: response(f"400 {said}", "", b"")),
    "status line": Place(lambda said: f"{said}\r\n\r\n".encode("latin-1")),
    "content type": Place(lambda said: response("200 OK", f"Content-Type: {said}\r\n", b"<html>")),
    "chunk length": Place(
        lambda said: f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{said}\r\n".encode("latin-1"), end=";"
    ),
    "Location": Place(lambda said: response("302 Found", f"Location: https://x.invalid/{said}\r\n", b""), end="#"),
    "JSON message": Place(lambda said: as_json({"errorMessage": said}, "401 Unauthorized")),
    "JSON message in escapes": Place(lambda said: response("401 No", "", b'{"message": ' + escaped(said) + b"}")),
    "JSON in a JSON message": Place(lambda said: as_json({"errorMessage": json.dumps({"why": said})}, "400 No")),
    "code": Place(lambda said: as_json({"errors": [{"code": said, "message": "no"}]}, "403 Forbidden")),
    "HTML body": Place(lambda said: response("400 Bad Request", "", f"<p>{said}</p>".encode()), shown=False),
    "HTML body of a success": Place(lambda said: response("200 OK", "", f"<p>{said}</p>".encode()), shown=False),
    "malformed header": Place(lambda said: response("400 Bad Request", f"{said}\r\n", b""), shown=False),
    "name of an instance": Place(lambda said: instances({"name": said}), **INSTANCES),
    "state of an instance": Place(lambda said: instances({"state": said}), **INSTANCES),
    "CRN of an instance": Place(
        lambda said: instances({}, {"crn": CRN.replace("a/0123", f"a/{said.replace(':', '')}")}), **INSTANCES
    ),
    "name of a team": Place(
        lambda said: as_json({"teams": [{"id": TEAM_ID, "name": said}]}), "/api/teams", needs="team_name"
    ),
}


def instances(*shown: dict[str, str]) -> bytes:
    usual = {"name": INSTANCE, "crn": CRN, "state": "active"}
    return as_json({"resources": [{**usual, **one} for one in shown]})


class Kind(NamedTuple):
    """A kind of secret: its value, the options that make it one, and the path of the request that carries it."""

    secret: str
    options: dict[str, object]
    path: str
    proxy: str = ""


KINDS = {
    "API key": Kind(API_KEY, {"api_key": API_KEY}, "/identity/token"),
    "IAM token": Kind(IAM_TOKEN, {"iam_token": IAM_TOKEN}, "/api/token"),
    "IAM token of a login": Kind(IAM_TOKEN, {"api_key": "unused"}, "/api/token"),
    "compute resource token": Kind(
        CR_TOKEN, {"cr_token_file": "cr-token", "iam_profile_name": "deployer"}, "/identity/token"
    ),
    "Sysdig token": Kind(SYSDIG_TOKEN, {"sysdig_api_token": SYSDIG_TOKEN}, "/api/token"),
    "retrieved token": Kind(SYSDIG_TOKEN, {"api_key": "unused", "check_token": True}, "/api/users/me"),
    "password of a proxy": Kind(
        PROXY_PASSWORD, {"api_key": "unused"}, "/api/token", f"http://me:{PROXY_PASSWORD}@proxy:3128"
    ),
    "encoded password of a proxy": Kind(
        "p@ss/w:rd%Pr0xy", {"api_key": "unused"}, "/api/token", "http://me:p%40ss%2Fw%3Ard%25Pr0xy@proxy:3128"
    ),
}
OPTIONS_OF = {
    "": {"instance_id": CRN},
    "team_name": {"instance_id": CRN, "team_name": TEAM},
    "instance_name": {"instance_name": INSTANCE},
}
# Where teams and instances are listed, these secrets are not known yet, or nothing is listed.
WITHOUT_LISTS = ("Sysdig token", "retrieved token")
CASES = [(kind, place) for kind in KINDS for place, row in PLACES.items() if not (row.needs and kind in WITHOUT_LISTS)]


def failure(server: Server, options: dict[str, object]) -> SysdigError:
    services = dict.fromkeys(("url", "iam_url", "resource_controller_url"), server.url)
    with pytest.raises(SysdigError) as failed:
        retrieve(resolve({**services, "retries": 0, "timeout": 20, "region": "us-south", **options}, {}))
    return failed.value


def everything(error: SysdigError) -> str:
    """All that Ansible or a cache may show or keep of an error."""
    return "\n".join([str(error), repr(error), json.dumps(error.as_dict(), ensure_ascii=False), repr(error.__dict__)])


def check(error: SysdigError, secret: str, encoded: str, is_shown: bool) -> list[str]:
    """What is wrong with an error that must not show ``secret``, which the service has written as ``encoded``."""
    text = everything(error)
    problems = [str(leak) for leak in search("error", text.encode("utf-8", "surrogatepass"), {"it": secret})]
    length = min(len(encoded) // 2, 100)
    if any(encoded[start : start + length] in text for start in range(len(encoded) - length + 1)):
        problems.append("a part of it is there")
    if is_shown and not (SAID in str(error) and MASK in str(error)):
        problems.append(f"not what the service said with a mask in it: {error}")
    return problems


@pytest.mark.parametrize(("kind", "place"), CASES)
def test_a_secret_that_a_service_repeats_is_in_no_part_of_an_error(server, monkeypatch, tmp_path, caplog, kind, place):
    caplog.set_level("DEBUG")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cr-token").write_text(CR_TOKEN)
    (secret, options, path, proxy), where = KINDS[kind], PLACES[place]
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    usual = {
        "/identity/token": as_json({"access_token": secret if kind == "IAM token of a login" else "e30.e30.unused"}),
        "/api/token": as_json({"token": {"key": secret if kind == "retrieved token" else "unused-unused"}}),
    }
    if kind != "Sysdig token":
        options = {**options, **OPTIONS_OF[where.needs]}
    wrong = []
    for name, encode in IN_MESSAGES.items():
        encoded = encode(secret)
        server.responses = {**usual, where.path or path: where.write(f"{SAID} {encoded}.")}
        is_shown = where.shown and where.end not in encoded and (name, place) not in CUT_SHORT
        problems = check(failure(server, options), secret, encoded, is_shown)
        wrong += [f"{name}: {problem}" for problem in problems]

    assert wrong == []
    assert SAID not in caplog.text  # nor does a library log it


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_proxy_that_repeats_its_password_in_its_refusal(server, monkeypatch, encoding):
    encoded = ENCODINGS[encoding](PROXY_PASSWORD)
    monkeypatch.setenv("HTTPS_PROXY", server.url.replace("//", f"//me:{PROXY_PASSWORD}@"))
    server.responses = {":443": response(f"407 {SAID} {encoded}", "", b"")}

    error = failure(server, {"api_key": "unused", "instance_id": CRN, "iam_url": "https://iam.example.com"})

    assert check(error, PROXY_PASSWORD, encoded, is_shown=True) == []


def test_an_error_in_the_run_cache_holds_no_secret_that_only_its_writer_knows(server, tmp_path):
    """A login in two steps: another worker that reads the second one's error has not seen the token of the first."""
    from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._cached_retrieval import Retrieval

    refusal = as_json({"errorMessage": f"{SAID} {IAM_TOKEN}"}, "400 No")
    options = {
        **dict.fromkeys(("url", "iam_url"), server.url),
        **{"api_key": API_KEY, "iam_profile_id": "Profile-1", "retries": 0},
    }
    for responses, instance in (
        ([as_json({"access_token": IAM_TOKEN}), refusal], CRN),
        ([], CRN.replace("abc", "abd")),
    ):
        server.responses = {"/identity/token": responses}
        with pytest.raises(SysdigError) as failed:
            Retrieval({**options, "instance_id": instance}, {}, {}, str(tmp_path / "run")).token_result()
        assert IAM_TOKEN[:20] not in everything(failed.value)
        assert f"{SAID} {MASK}" in str(failed.value)
        assert responses == []
