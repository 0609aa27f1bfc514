# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Note what the calls of the role write on a host in this playbook run, and which services they have to notify.

A file per host, in the playbook run's own temporary directory, which Ansible removes at its end. Facts would not do:
they are gone after ``clear_facts``, go to the delegate with ``delegate_facts``, and a fact cache keeps them for the
next playbook run. A directory per caller, the host that a play runs on, names the files with notes for its handlers:
those of 500 hosts need not search 500 files each.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import tempfile
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import conflicts as errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.pending_services import stronger

_DIRECTORY = "ibmcloud.sysdig.ledger"
_LONGEST_WAIT = 60.0  # seconds for another worker, which needs milliseconds unless it was stopped

File = Mapping[str, Any]
Check = Callable[[Sequence[File]], None]

# Two views of a host: what was written there, and what would be if check mode had written too.
_WRITTEN, _FORESEEN = "written", "foreseen"


class Ledger:
    """Keep the ledger of ``host``, the one that is acted on: the delegate of a delegated task.

    ``directory`` is the playbook run's temporary directory. Every method raises SysdigError if the ledger cannot be
    read or written.
    """

    def __init__(self, directory: str, host: str) -> None:
        self.host = host
        self._directory = os.path.join(directory, _DIRECTORY)
        self._path = os.path.join(self._directory, f"{_file_name(host)}.json")

    @classmethod
    def with_notes_for(cls, directory: str, caller: str) -> list[Ledger]:
        """Return the ledgers of the hosts with services that the handlers of ``caller`` notify, or have notified."""
        ledgers = os.path.join(directory, _DIRECTORY)
        place = os.path.join(ledgers, _file_name(caller))
        with _failing(place):
            names = sorted(os.listdir(place)) if os.path.isdir(place) else []
            return [cls(directory, _read(os.path.join(ledgers, name))["host"]) for name in names]

    def enter(self, files: Sequence[File], check: Check, check_mode: bool) -> str:
        """Enter a call before it writes, unless ``check`` raises. Return what names the call in this ledger.

        ``check`` gets the files of the calls so far. A call in check mode is seen by others in check mode only.
        """
        call = uuid.uuid4().hex
        with self._writing() as content:
            check(_files(content[_FORESEEN if check_mode else _WRITTEN]))
            for view in (_FORESEEN,) if check_mode else (_FORESEEN, _WRITTEN):
                content[view][call] = list(files)
        return call

    def withdraw(self, call: str) -> None:
        """Take out a call that has failed."""
        with self._writing() as content:
            for view in (_FORESEEN, _WRITTEN):
                content[view].pop(call, None)

    def finish(self, call: str) -> None:
        """Let the files of a call replace those of earlier ones. What is absent now may be written in any way later."""
        with self._writing() as content:
            for view in (_FORESEEN, _WRITTEN):
                if call in content[view]:
                    _replace_earlier(content[view], call)

    def written(self) -> list[File]:
        """Return the files that are present on the host by what the calls so far have written."""
        with self._locked() as content:
            return list(_files(content[_WRITTEN]))

    def note_services(
        self, services: Mapping[str, str], caller: str, user: Sequence[object], pending_directory: str
    ) -> None:
        """Note which ``services`` need what.

        The handlers of ``caller``, the host that the play runs on, notify them, as the same ``user``, which can be
        compared: the greatest of several notifies what all of them have written for one service.
        """
        if not services:
            return
        place = os.path.join(self._directory, _file_name(caller))
        with _failing(place):
            os.makedirs(place, mode=0o700, exist_ok=True)
            Path(place, os.path.basename(self._path)).touch(mode=0o600)
        with self._writing() as content:
            for service, action in services.items():
                note = {"name": service, "action": action, "pending_directory": pending_directory}
                content["services"].append({**note, "caller": caller, "user": list(user), "taker": ""})

    def take_services(self, caller: str, user: Sequence[object]) -> list[dict[str, str]]:
        """Return the services that the handlers of ``caller`` notify as ``user``, each once.

        The handlers of others are kept away from them. They remain here until they are forgotten, so that another
        attempt finds them again.
        """
        with self._writing() as content:
            free = [note for note in content["services"] if note["taker"] in ("", caller)]
            mine = [note for note in free if caller in (note["caller"], note["taker"])]
            users = {name: max(each["user"] for each in mine if each["name"] == name) for name in _names(mine)}
            taken: dict[str, dict[str, str]] = {}
            for note in free:
                if users.get(note["name"]) == list(user):
                    note["taker"] = caller
                    service = {key: note[key] for key in ("name", "action", "pending_directory")}
                    other = taken.get(note["name"], {}).get("action", "")
                    taken[note["name"]] = {**service, "host": self.host, "action": stronger(other, note["action"])}
        return [taken[name] for name in sorted(taken)]

    def forget_services(self, caller: str, names: Iterable[str]) -> None:
        """Take out the services that the handlers of ``caller`` have notified."""
        done = set(names)
        with self._writing() as content:
            content["services"] = [
                note for note in content["services"] if note["taker"] != caller or note["name"] not in done
            ]

    @contextmanager
    def _writing(self) -> Iterator[dict[str, Any]]:
        with self._locked() as content:
            yield content
            with _failing(self._path):
                _replace(self._path, content)

    @contextmanager
    def _locked(self) -> Iterator[dict[str, Any]]:
        with _failing(self._path):
            os.makedirs(os.path.dirname(self._path), mode=0o700, exist_ok=True)
            lock = os.open(f"{self._path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            with _failing(self._path):
                _wait_for(lock)
                exists = os.path.exists(self._path)
                empty = {"host": self.host, _WRITTEN: {}, _FORESEEN: {}, "services": []}
                content = _read(self._path) if exists else empty
            yield content
        finally:
            os.close(lock)


@contextmanager
def _failing(path: str) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise errors.no_ledger(path, getattr(error, "strerror", None) or "it is damaged") from None


def _file_name(host: str) -> str:
    return hashlib.sha256(host.encode()).hexdigest()


def _wait_for(lock: int) -> None:
    until = time.monotonic() + _LONGEST_WAIT
    while True:
        try:
            return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                raise
            time.sleep(0.01)


def _files(calls: Mapping[str, list[File]]) -> list[File]:
    return [file for files in calls.values() for file in files]


def _replace_earlier(calls: dict[str, list[File]], call: str) -> None:
    files = calls.pop(call)
    replaced = {(file["path"], file["name"]) for file in files}
    for other, earlier in calls.items():
        calls[other] = [file for file in earlier if (file["path"], file["name"]) not in replaced]
    calls[call] = [file for file in files if file["state"] == "present"]


def _names(notes: Iterable[Mapping[str, Any]]) -> set[str]:
    return {note["name"] for note in notes}


def _read(path: str) -> dict[str, Any]:
    with open(path, encoding="utf-8") as file:
        content = json.load(file)
    return {part: content[part] for part in ("host", _WRITTEN, _FORESEEN, "services")}


def _replace(path: str, content: Mapping[str, Any]) -> None:
    """Write in one step: who is stopped meanwhile leaves the former content."""
    handle, name = tempfile.mkstemp(dir=os.path.dirname(path))
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(content, file)
        os.replace(name, path)
    except OSError:
        os.unlink(name)
        raise
