# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Remembers answers for one run, whatever the number of hosts, forks and references.

Ansible forks a worker per task and host, so the memory of one is lost to the others. What they share is the run's own
temporary directory, private and removed at exit. There, a file holds each answer, encrypted with a key that is on no
disk, and a lock lets one worker ask while the others wait. Nothing here may fail a lookup: a cache that cannot be read
or written only means that the service is asked.

Every worker imports this file anew and compiles it, as Ansible does with collections. That is what a reference costs,
so it imports what Ansible has loaded already, and the errors only when there is one.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import hmac
import json
import os
import sys
import tempfile
import time
from contextlib import contextmanager, suppress

try:
    from cryptography.fernet import Fernet, InvalidToken
except ImportError:  # ansible-core requires it; tests of imports do without
    HAS_CRYPTOGRAPHY = False
else:
    HAS_CRYPTOGRAPHY = True

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    Ask = Callable[[], tuple[Any, float | None]]

FAILURE_IDLE = 5.0  # seconds without a question after which a failure is forgotten, so that a retry asks again
REFUSAL_IDLE = 20.0  # the same for a credential that was refused, which on a busy controller many hosts name by turns
FAILURE_LIFE = 60.0  # seconds after which it is forgotten in any case
LONGEST_WAIT = 300.0  # seconds for another worker that is asking; its own deadline ends sooner, unless it is stopped
LONGEST_SLEEP = 0.02  # seconds between two looks at a lock

_memory: dict[str, Any] = {}  # of this worker: answers for the whole run


class RunCache:
    """What the holder of ``secrets`` has been answered in this run, whose temporary directory is ``directory``."""

    def __init__(self, directory: str, secrets: Iterable[str]) -> None:
        self._directory = os.path.join(directory, "ibmcloud.sysdig")
        self._key = _derived_key(secrets)

    def get(self, subject: object, ask: Ask) -> Any:
        """The answer to a question that is asked once.

        ``subject`` says, by its representation, what the answer depends on. ``ask`` returns JSON data and when that
        expires (epoch seconds, None for the whole run), or raises SysdigError, which is remembered for a few seconds
        and raised again.
        """
        if self._key is None:
            return ask()[0]
        digest = hmac.new(self._key, repr(subject).encode(), hashlib.sha256).hexdigest()
        if digest in _memory:
            return _memory[digest]
        entry = _Entry(os.path.join(self._directory, digest), self._key)
        remembered = entry.read()
        if remembered is None:
            with entry.lock():
                remembered = entry.read()
                if remembered is None:
                    remembered = _asked(ask)
                    entry.write(remembered)
        if "error" in remembered:
            from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import from_dict

            raise from_dict(remembered["error"])
        if remembered["expires"] is None:
            _memory[digest] = remembered["answer"]
        return remembered["answer"]


def _asked(ask: Ask) -> dict[str, Any]:
    from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import SysdigError

    try:
        answer, expires = ask()
    except SysdigError as error:
        idle = REFUSAL_IDLE if error.facts.get("status") in (400, 401, 403) else FAILURE_IDLE
        return {"error": error.as_dict(), "idle": idle, "expires": time.time() + FAILURE_LIFE}
    return {"answer": answer, "expires": expires}


class _Entry:
    """One encrypted file and its lock."""

    def __init__(self, path: str, key: bytes) -> None:
        self._path = path
        self._cipher = Fernet(base64.urlsafe_b64encode(key))

    def read(self) -> dict[str, Any] | None:
        """What is remembered, or None if that is nothing, no longer valid, damaged, or somebody else's."""
        try:
            with open(self._path, "rb") as file:
                remembered: dict[str, Any] = json.loads(self._cipher.decrypt(file.read()))
            if remembered["expires"] is not None and remembered["expires"] < time.time():
                return None
            if "error" in remembered:
                if os.stat(self._path).st_mtime < time.time() - remembered["idle"]:
                    return None
                os.utime(self._path)
        except (OSError, InvalidToken, ValueError, LookupError, TypeError):
            return None
        return remembered

    def write(self, remembered: dict[str, Any]) -> None:
        """Remember, in one step, so that a reader never sees half of it."""
        content = self._cipher.encrypt(json.dumps(remembered).encode())
        with suppress(OSError):
            handle, name = tempfile.mkstemp(dir=os.path.dirname(self._path))
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(content)
                os.replace(name, self._path)
            except OSError:
                os.unlink(name)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the lock if it can be had; go on without it otherwise.

        The kernel takes it from a process that dies, so it cannot become stale.
        """
        handle = None
        try:
            with suppress(OSError):
                os.makedirs(os.path.dirname(self._path), mode=0o700, exist_ok=True)
                handle = os.open(f"{self._path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
                _wait_for(handle)
            yield
        finally:
            if handle is not None:
                os.close(handle)


def _wait_for(handle: int) -> None:
    until, sleep = time.monotonic() + LONGEST_WAIT, 0.001
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                return
            time.sleep(sleep)
            sleep = min(LONGEST_SLEEP, sleep * 1.5)
        else:
            return


def _derived_key(secrets: Iterable[str]) -> bytes | None:
    """A key from the caller's secrets, which are random and long, so that a plain hash does.

    A caller without a secret (a pod, a virtual server) gets one from this run's memory: the seed of Python's own
    hashes, made when the run began and inherited by its workers. None if PYTHONHASHSEED fixes that.
    """
    secret = "\0".join(secrets)
    if not HAS_CRYPTOGRAPHY:
        return None
    if not secret:
        if not sys.flags.hash_randomization or os.environ.get("PYTHONHASHSEED", "random") != "random":
            return None
        secret = "\0".join(str(hash(f"ibmcloud.sysdig {number}")) for number in range(4))
    return hashlib.sha256(f"ibmcloud.sysdig run cache\0{secret}".encode()).digest()
