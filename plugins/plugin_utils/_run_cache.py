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

    Fetch = Callable[[], tuple[Any, float | None]]

FAILURE_TTL = 5.0  # seconds without a request for it after which a failure expires, so that a retry requests anew
REFUSAL_TTL = 20.0  # the same for a refused credential, which on a busy control node many hosts name by turns
FAILURE_MAX_AGE = 60.0  # seconds after which a failure expires in any case
LONGEST_WAIT = 300.0  # seconds for another worker's request; its own deadline ends sooner, unless it is stopped
LONGEST_SLEEP = 0.02  # seconds between two attempts to get a lock

_memory: dict[str, Any] = {}  # of this worker: values for the whole playbook run


class RunCache:
    """The values that the holder of ``secrets`` has retrieved in the playbook run with this temporary directory."""

    def __init__(self, directory: str, secrets: Iterable[str]) -> None:
        self._directory = os.path.join(directory, "ibmcloud.sysdig")
        self._key = _derived_key(secrets)

    def get(self, subject: object, fetch: Fetch) -> Any:
        """Return the cached value for ``subject``, or fetch and cache it.

        ``subject`` says, by its representation, what the value depends on. ``fetch`` returns JSON data and when that
        expires (epoch seconds, None for the whole playbook run), or raises SysdigError, which is cached for a few
        seconds.

        Raises:
            SysdigError: what ``fetch`` raises, or raised before.
        """
        if self._key is None:
            return fetch()[0]
        digest = hmac.new(self._key, repr(subject).encode(), hashlib.sha256).hexdigest()
        if digest in _memory:
            return _memory[digest]
        entry = _Entry(os.path.join(self._directory, digest), self._key)
        cached = entry.read()
        if cached is None:
            with entry.lock():
                cached = entry.read()
                if cached is None:
                    cached = _fetched(fetch)
                    entry.write(cached)
        if "error" in cached:
            from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import from_dict

            raise from_dict(cached["error"])
        if cached["expires"] is None:
            _memory[digest] = cached["value"]
        return cached["value"]


def _fetched(fetch: Fetch) -> dict[str, Any]:
    """Return what ``fetch`` returns or raises, as it is written into the cache."""
    from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import SysdigError

    try:
        value, expires = fetch()
    except SysdigError as error:
        ttl = REFUSAL_TTL if error.is_refusal else FAILURE_TTL
        return {"error": error.as_dict(), "ttl": ttl, "expires": time.time() + FAILURE_MAX_AGE}
    return {"value": value, "expires": expires}


class _Entry:
    """One encrypted file and its lock."""

    def __init__(self, path: str, key: bytes) -> None:
        self._path = path
        self._cipher = Fernet(base64.urlsafe_b64encode(key))

    def read(self) -> dict[str, Any] | None:
        """What is cached, or None if that is nothing, no longer valid, damaged, or somebody else's."""
        try:
            with open(self._path, "rb") as file:
                cached: dict[str, Any] = json.loads(self._cipher.decrypt(file.read()))
            if cached["expires"] is not None and cached["expires"] < time.time():
                return None
            if "error" in cached:
                if os.stat(self._path).st_mtime < time.time() - cached["ttl"]:
                    return None
                os.utime(self._path)
        except (OSError, InvalidToken, ValueError, LookupError, TypeError):
            return None
        return cached

    def write(self, cached: dict[str, Any]) -> None:
        """Remember, in one step, so that a reader never sees half of it."""
        content = self._cipher.encrypt(json.dumps(cached).encode())
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
    secret = "\0".join(filter(None, secrets))
    if not HAS_CRYPTOGRAPHY:
        return None
    if not secret:
        if not sys.flags.hash_randomization or os.environ.get("PYTHONHASHSEED", "random") != "random":
            return None
        secret = "\0".join(str(hash(f"ibmcloud.sysdig {number}")) for number in range(4))
    return hashlib.sha256(f"ibmcloud.sysdig run cache\0{secret}".encode()).digest()
