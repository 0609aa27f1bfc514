# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for the REST API of AWX: as much of it as setting up a job takes. It refuses what AWX refuses.

What AWX checks is taken from its own code: awx/main/fields.py for credential types and credentials, awx/api/views for
surveys. Beyond that, no unknown field is accepted, where AWX would ignore it.
"""

from __future__ import annotations

import contextlib
import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from awx_plugins.interfaces._temporary_private_inject_api import ENV_BLOCKLIST
from jinja2 import StrictUndefined
from jinja2.exceptions import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

TOKEN = "the-oauth-token-of-the-administrator"
KEY = "the-api-key-of-the-credential"
# Which fields each kind of object may have; None as the kind of a reference means that it is none.
FIELDS: dict[str, dict[str, str | None]] = {
    "organizations": {"name": None},
    "inventories": {"name": None},
    "execution_environments": {"name": None},
    "credential_types": dict.fromkeys(("name", "kind", "inputs", "injectors", "managed")),
    "credentials": {
        "name": None,
        "inputs": None,
        "organization": "organizations",
        "credential_type": "credential_types",
    },
    "projects": {**dict.fromkeys(("name", "scm_type", "scm_url", "scm_branch")), "organization": "organizations"},
    "job_templates": {
        **dict.fromkeys(("name", "playbook", "become_enabled", "survey_enabled", "job_slice_count")),
        "organization": "organizations",
        "project": "projects",
        "inventory": "inventories",
        "execution_environment": "execution_environments",
    },
}
QUESTION_TYPES = {"text", "textarea", "password", "integer", "float", "multiplechoice", "multiselect"}
FIELD_KEYS = {"id", "type", "label", "help_text", "secret", "multiline", "choices", "default", "format"}


class Refused(Exception):
    """What AWX answers with the status 400."""


class Controller:
    """What exists in AWX. ``objects`` has the objects of each kind by their ids."""

    def __init__(self) -> None:
        self.url = ""
        self.objects: dict[str, dict[int, dict[str, Any]]] = {kind: {} for kind in FIELDS}
        for kind, name in (("organizations", "Default"), ("inventories", "Hosts"), ("execution_environments", "Ours")):
            self.create(kind, {"name": name})
        machine = self.create("credential_types", {"name": "Machine", "kind": "ssh", "inputs": {}, "injectors": {}})
        self.create("credentials", {"name": "Log in to hosts", "credential_type": machine["id"], "inputs": {}})

    def named(self, kind: str, name: str) -> dict[str, Any]:
        """The one object of a kind and name."""
        (found,) = [made for made in self.objects[kind].values() if made["name"] == name]
        return found

    def create(self, kind: str, fields: dict[str, Any]) -> dict[str, Any]:
        """A new object. Raises Refused."""
        number = sum(len(objects) for objects in self.objects.values()) + 1
        made = {"id": number, "type": kind.removesuffix("s"), "url": f"/api/v2/{kind}/{number}/"}
        if kind == "projects":
            made |= {"scm_revision": "", "summary_fields": {"current_update": {"id": number}}}
        if kind == "job_templates":
            made |= {"related": {"survey_spec": f"{made['url']}survey_spec/"}, "survey_spec": {}, "credentials": []}
        self.objects[kind][number] = made
        try:
            return self.change(kind, number, fields)
        except Refused:
            del self.objects[kind][number]
            raise

    def change(self, kind: str, number: int, fields: dict[str, Any]) -> dict[str, Any]:
        """Change an object. Raises Refused."""
        for field, value in fields.items():
            if field not in FIELDS[kind]:
                raise Refused(f"{kind} have no {field}")
            referred = FIELDS[kind][field]
            if referred is not None and value not in self.objects[referred]:
                raise Refused(f"{field}: there is no {value!r} among {referred}")
        made = {**self.objects[kind][number], **fields}
        if kind == "credential_types" and made["kind"] != "ssh":  # that is AWX's own
            _check_credential_type(made)
        if kind == "credentials":
            _check_credential(made, self.objects["credential_types"][made["credential_type"]])
        self.objects[kind][number] = made
        return made

    def answer(self, method: str, path: str, query: dict[str, str], body: Any) -> tuple[int, Any]:
        """Status and body for one request. Raises Refused."""
        match (method, *path.removeprefix("/api/v2/").strip("/").split("/")):
            case ("GET", kind) if kind in FIELDS:
                found = [made for made in self.objects[kind].values() if _fits(made, query)]
                return 200, {"count": len(found), "next": None, "results": [self.shown(kind, made) for made in found]}
            case ("POST", kind) if kind in FIELDS:
                return 201, self.shown(kind, self.create(kind, body))
            case ("PATCH", kind, number):
                return 200, self.shown(kind, self.change(kind, int(number), body))
            case ("GET", "project_updates", _number):
                return 200, {"status": "successful"}
            case ("GET", "job_templates", number, "survey_spec"):
                return 200, self.objects["job_templates"][int(number)]["survey_spec"]
            case ("POST", "job_templates", number, "survey_spec"):
                _check_survey(body)
                self.objects["job_templates"][int(number)]["survey_spec"] = body
                return 200, {}
            case ("GET", "job_templates", number, "credentials"):
                attached = [{"id": each} for each in self.objects["job_templates"][int(number)]["credentials"]]
                return 200, {"count": len(attached), "next": None, "results": attached}
            case ("POST", "job_templates", number, "credentials"):
                self.objects["job_templates"][int(number)]["credentials"].append(body["id"])
                return 204, None
        return 404, {"detail": "Not found."}

    def shown(self, kind: str, made: dict[str, Any]) -> dict[str, Any]:
        """An object as it is answered: secrets never come out again."""
        if kind != "credentials":
            return made
        fields = self.objects["credential_types"][made["credential_type"]]["inputs"].get("fields", [])
        secret = {field["id"]: "$encrypted$" for field in fields if field.get("secret")}
        return {**made, "inputs": {name: secret.get(name, value) for name, value in made["inputs"].items()}}


def _fits(made: dict[str, Any], query: dict[str, str]) -> bool:
    return all(str(made.get(name)) == value for name, value in query.items())


def _check_credential_type(made: dict[str, Any]) -> None:
    fields = made["inputs"]["fields"]
    names = [field["id"] for field in fields]
    if made["kind"] not in ("cloud", "net") or set(made["inputs"]) - {"fields", "required"}:
        raise Refused("kind or inputs")
    if len(set(names)) < len(names) or "tower" in names or not all(re.fullmatch(r"[a-zA-Z_]\w*", n) for n in names):
        raise Refused("ids of fields")
    for field in fields:
        if set(field) - FIELD_KEYS or not field["label"] or field["type"] not in ("string", "boolean"):
            raise Refused(f"field {field['id']}")
        if field["type"] == "boolean" and field.keys() & {"secret", "multiline", "choices", "format"}:
            raise Refused(f"field {field['id']}")
    if set(made["injectors"]) - {"env", "file", "extra_vars"}:
        raise Refused("injectors")
    for name, template in made["injectors"]["env"].items():
        if name.startswith("ANSIBLE_") or name in ENV_BLOCKLIST or not re.fullmatch(r"[a-zA-Z_]\w*", name):
            raise Refused(f"{name} is not allowed")
        try:
            environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
            environment.from_string(template).render(dict.fromkeys(names, "EXAMPLE"))
        except TemplateError as error:
            raise Refused(f"{name}: {error}") from error


def _check_credential(made: dict[str, Any], credential_type: dict[str, Any]) -> None:
    known = {field["id"] for field in credential_type["inputs"].get("fields", [])}
    for name, value in made["inputs"].items():
        if name not in known or not isinstance(value, str):
            raise Refused(f"inputs: {name}")


def _check_survey(body: dict[str, Any]) -> None:
    if not (isinstance(body["name"], str) and isinstance(body["description"], str) and body["spec"]):
        raise Refused("survey")
    for question in body["spec"]:
        texts = [question[key] for key in ("type", "question_name", "variable")]
        if not all(isinstance(text, str) for text in texts) or not isinstance(question["required"], bool):
            raise Refused(f"question {question}")
        if question["type"] not in QUESTION_TYPES or not isinstance(question.get("default", ""), str):
            raise Refused(f"question {question}")


@contextlib.contextmanager
def running() -> Iterator[Controller]:
    """AWX on loopback, with an organization, an inventory and an execution environment."""
    controller = Controller()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            target = urlsplit(self.path)
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or "null")
            try:
                if self.headers.get("Authorization") != f"Bearer {TOKEN}":
                    status, answer = 401, {"detail": "Authentication credentials were not provided."}
                else:
                    query = dict(parse_qsl(target.query))
                    status, answer = controller.answer(self.command, target.path, query, body)
            except (Refused, KeyError) as error:
                status, answer = 400, {"__all__": [f"{type(error).__name__}: {error}"]}
            content = b"" if answer is None else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = answer  # noqa: N815 - the names that http.server calls

        def log_message(self, *_arguments: Any) -> None:
            """Nothing: tests say what went wrong."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        controller.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield controller
        finally:
            server.shutdown()
            thread.join()
