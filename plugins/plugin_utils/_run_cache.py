# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Cache values for one playbook run, whatever the number of hosts, forks and references.

Ansible forks a worker for each task and host, which loses its memory when it ends. What workers share is the playbook
run's own temporary directory, which is private and removed at the end. There, a file holds each value, encrypted with a
key that is on no disk, and a lock lets one worker fetch the value while the others wait. A cache that cannot be read or
written never fails a lookup: it only costs a request.

Every worker imports this file anew and compiles it, as Ansible does with collections. So it imports what Ansible has
imported already, and the errors only when there is one.
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

FAILURE_TTL = 5.0  # seconds after its last use until a failure expires
REFUSAL_TTL = 20.0  # the same for a refused credential, which on a busy control node many hosts use by turns
FAILURE_MAX_AGE = 60.0  # seconds until a failure expires in any case
RETRY_PAUSE = 1.0  # seconds after a failure from which the same host retries, and is not served an older failure
LOCK_TIMEOUT = 300.0  # seconds; the worker that holds a lock ends sooner, unless it is stopped
LONGEST_SLEEP = 0.02  # seconds between two attempts to get a lock

_memory: dict[str, Any] = {}  # of this worker: values for the whole playbook run


class RunCache:
    """Keep what the holder of ``secrets`` has fetched in the playbook run with this temporary directory.

    ``host`` is the one that needs a value, by default this worker. Its tasks run in one worker after the other.
    """

    def __init__(self, directory: str, secrets: Iterable[str], host: str | None = None) -> None:
        self._directory = os.path.join(directory, "ibmcloud.sysdig")
        self._key = _derived_key(secrets)
        self._host = host or f"worker {os.getpid()}"

    def get(self, subject: object, fetch: Fetch, rejected: Any = None) -> Any:
        """Return the cached value for ``subject``, or fetch it and cache it.

        Args:
            subject: says, by its representation, what the value depends on.
            fetch: returns JSON data and when that expires (epoch seconds, None for the whole playbook run), or raises
                SysdigError, which is cached for some seconds.
            rejected: a value that a service has refused; it is fetched anew unless another worker has done so.

        Raises:
            SysdigError: what ``fetch`` raises, or has raised in another worker.
        """
        if self._key is None:
            return fetch()[0]
        digest = hmac.new(self._key, repr(subject).encode(), hashlib.sha256).hexdigest()
        if digest in _memory and rejected is None:
            return _memory[digest]
        failures = _Failures(self._directory, self._host)
        entry = _Entry(os.path.join(self._directory, digest), self._key, failures)
        cached = entry.read(rejected)
        if cached is None:
            with entry.lock():
                cached = entry.read(rejected)
                if cached is None:
                    cached = _fetched(fetch)
                    entry.write(cached)
        if "error" in cached:
            from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import from_dict

            failures.note()
            raise from_dict(cached["error"])
        if cached["expires"] is None:
            _memory[digest] = cached["value"]
        return cached["value"]


def _fetched(fetch: Fetch) -> dict[str, Any]:
    """Return what ``fetch`` returns or raises, as it is written to the file."""
    from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import SysdigError

    try:
        value, expires = fetch()
    except SysdigError as error:
        now, ttl = time.time(), REFUSAL_TTL if error.is_refusal else FAILURE_TTL
        return {"error": error.as_dict(), "failed_at": now, "ttl": ttl, "expires": now + FAILURE_MAX_AGE}
    return {"value": value, "expires": expires}


class _Failures:
    """When a host got its last failure, as the time of an empty file: its tasks run in one worker after the other."""

    def __init__(self, directory: str, host: str) -> None:
        self._path = os.path.join(directory, f"{hashlib.sha256(host.encode()).hexdigest()}.failed")

    def note(self) -> None:
        """Note that the host gets a failure now."""
        now = time.time()
        with suppress(OSError):
            os.close(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))
            os.utime(self._path, (now, now))

    def hides(self, failed_at: float) -> bool:
        """Tell whether the host retries, and a failure of ``failed_at`` (epoch seconds) is not newer than its last."""
        try:
            noted_at = os.stat(self._path).st_mtime
        except OSError:
            return False
        return failed_at <= noted_at <= time.time() - RETRY_PAUSE


class _Entry:
    """Hold one encrypted file and its lock."""

    def __init__(self, path: str, key: bytes, failures: _Failures) -> None:
        self._path = path
        self._cipher = Fernet(base64.urlsafe_b64encode(key))
        self._failures = failures

    def read(self, rejected: Any) -> dict[str, Any] | None:
        """Return what is cached, or None if it is missing, expired, rejected, damaged, or of another key."""
        try:
            with open(self._path, "rb") as file:
                cached: dict[str, Any] = json.loads(self._cipher.decrypt(file.read()))
            if cached["expires"] is not None and cached["expires"] < time.time():
                return None
            if "error" in cached:
                used_at = os.stat(self._path).st_mtime
                if used_at < time.time() - cached["ttl"] or self._failures.hides(cached["failed_at"]):
                    return None
                os.utime(self._path)
            elif rejected is not None and cached["value"] == rejected:
                return None
        except (OSError, InvalidToken, ValueError, LookupError, TypeError):
            return None
        return cached

    def write(self, cached: dict[str, Any]) -> None:
        """Replace the file in one step, so that a reader never sees half of it."""
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
        """Hold the lock, or go on without it where there can be none.

        The kernel releases the lock of a process that dies, so that it cannot become stale.
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
    deadline, sleep = time.monotonic() + LOCK_TIMEOUT, 0.001
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                return
            time.sleep(sleep)
            sleep = min(LONGEST_SLEEP, sleep * 1.5)
        else:
            return


def _derived_key(secrets: Iterable[str]) -> bytes | None:
    """Return a key made of the caller's secrets, which are random and long, so that a plain hash is enough.

    A caller without a secret (a pod, a virtual server) gets a key from the memory of this playbook run: the seed of
    Python's own hashes, which workers inherit. None if PYTHONHASHSEED makes that seed known.
    """
    secret = "\0".join(filter(None, secrets))
    if not HAS_CRYPTOGRAPHY:
        return None
    if not secret:
        if not sys.flags.hash_randomization or os.environ.get("PYTHONHASHSEED", "random") != "random":
            return None
        secret = "\0".join(str(hash(f"ibmcloud.sysdig {number}")) for number in range(4))
    return hashlib.sha256(f"ibmcloud.sysdig run cache\0{secret}".encode()).digest()
