# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Run a command for a limited time, as somebody else if need be, and leave nothing running."""

import errno
import os
import pwd
import select
import signal
import subprocess
import time
from contextlib import suppress
from typing import Callable, Dict, List, NamedTuple, Optional, Tuple

MOST_OUTPUT = 2**16  # bytes
_POLL_INTERVAL = 100  # milliseconds; a command can end while something it started keeps the output open


class User(NamedTuple):
    """Hold somebody else to run a command as."""

    identity: int
    group: int
    groups: Tuple[int, ...]
    home: str
    name: str

    @classmethod
    def of(cls, identity: int, group: int) -> "User":
        """Find a user by ID. One that the host does not know has ``group`` as the only group."""
        try:
            user = pwd.getpwuid(identity)
        except KeyError:
            return cls(identity, group, (group,), "/", str(identity))
        groups = os.getgrouplist(user.pw_name, user.pw_gid)
        return cls(identity, user.pw_gid, tuple(groups), user.pw_dir, user.pw_name)

    def environment(self) -> Dict[str, str]:
        """Return the environment of the user's processes, with nothing of ours: it may hold secrets."""
        own = {"HOME": self.home, "USER": self.name, "LOGNAME": self.name}
        return {**own, **{name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}}

    def become(self) -> None:
        """Turn this process into the user's.

        Raises:
            OSError: if the system refuses.
        """
        os.setgroups(self.groups)
        os.setgid(self.group)
        os.setuid(self.identity)


class Outcome(NamedTuple):
    """Hold how a command ended: ``code`` is None if it had to be stopped, and the output may be cut."""

    code: Optional[int]
    output: str


def run(words: List[str], seconds: int, user: Optional[User] = None) -> Outcome:
    """Run a command without input, as ``user`` or as ourselves.

    Raises:
        OSError: if it cannot be started.
    """
    become: Optional[Callable[[], None]] = user.become if user else None
    try:
        # AnsibleModule.run_command has no time limit, and runs nothing as another user.
        process = subprocess.Popen(  # pylint: disable=ansible-bad-function
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd="/" if user else None,
            env=user.environment() if user else None,
            preexec_fn=become,
            start_new_session=True,
        )
    except subprocess.SubprocessError:  # ``become`` failed
        raise OSError(errno.EPERM, os.strerror(errno.EPERM)) from None
    try:
        output, has_ended = _watch(process, time.monotonic() + seconds)
    finally:
        # Not waited for until now, so the ID of its group cannot be that of another one.
        with suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.stdout:
            process.stdout.close()
    return Outcome(process.returncode if has_ended else None, output.decode("utf-8", "replace"))


def _watch(process: "subprocess.Popen[bytes]", deadline: float) -> Tuple[bytes, bool]:
    """Return what a command prints until it ends, and whether it ended before the deadline."""
    output = b""
    source = process.stdout.fileno() if process.stdout else -1
    poll = select.poll()
    poll.register(source, select.POLLIN)
    while time.monotonic() < deadline:
        has_ended = _has_ended(process.pid)
        if poll.poll(0 if has_ended else _POLL_INTERVAL):
            chunk = os.read(source, MOST_OUTPUT)
            output += chunk[: MOST_OUTPUT - len(output)]
            if chunk:
                continue
            poll.unregister(source)  # closed, but the command may not have ended
        if has_ended:
            return output, True
    return output, False


def _has_ended(process: int) -> bool:
    return os.waitid(os.P_PID, process, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
