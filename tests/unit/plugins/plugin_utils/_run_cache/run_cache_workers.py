# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Workers as Ansible forks them, the service behind the cache, and a clock that a test sets."""

from __future__ import annotations

import contextlib
import copy
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

LONGEST_TEST = 20  # seconds


class Service:
    """A service that counts its requests in a file, whatever process they come from, and returns that count."""

    def __init__(self, record: Path) -> None:
        self._record = record
        self.seconds = 0.0
        self.expires: float | None = None
        self.error: Exception | None = None

    def __call__(self) -> tuple[Any, float | None]:
        with open(self._record, "a", encoding="ascii") as record:
            record.write("request\n")
        number = self.requests
        time.sleep(self.seconds)
        if self.error is not None:
            raise self.error
        return {"request": number}, self.expires

    @property
    def requests(self) -> int:
        """Return how many requests it got."""
        return len(self._record.read_text(encoding="ascii").splitlines()) if self._record.exists() else 0

    def taking(self, seconds: float) -> Service:
        """Return the same service, which takes so many seconds for a request."""
        slow = copy.copy(self)
        slow.seconds = seconds
        return slow

    def wait_for_requests(self, number: int) -> None:
        """Return when it has got so many requests."""
        end = time.monotonic() + LONGEST_TEST
        while self.requests < number:
            assert time.monotonic() < end, f"{self.requests} requests instead of {number}"
            time.sleep(0.01)


class Clock:
    """The time that the run cache sees: ``now``, in epoch seconds."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = time.time()
        set_times = os.utime
        monkeypatch.setattr(time, "time", lambda: self.now)
        monkeypatch.setattr(os, "utime", lambda path, times=None: set_times(path, times or (self.now, self.now)))


class Worker:
    """A process forked to call a function."""

    def __init__(self, call: Callable[[], Any]) -> None:
        fork = multiprocessing.get_context("fork")
        self._result, result = fork.Pipe(duplex=False)
        self._process = fork.Process(target=self._work, args=(call, result))
        self._process.start()
        result.close()
        self.pid = self._process.pid or 0

    @staticmethod
    def _work(call: Callable[[], Any], result: Any) -> None:
        try:
            result.send(call())
        except Exception as error:
            result.send(f"{type(error).__name__}: {error}")

    def result(self) -> Any:
        """Return what the function returned, or its error as text."""
        assert self._result.poll(LONGEST_TEST), "the worker does not return"
        return self._result.recv()

    def stop(self) -> None:
        """Kill the process."""
        self._process.kill()
        self._process.join()


@contextlib.contextmanager
def worker(call: Callable[[], Any]) -> Iterator[Worker]:
    """Run a worker that calls the function during the block."""
    started = Worker(call)
    try:
        yield started
    finally:
        started.stop()


def in_worker(call: Callable[[], Any]) -> Any:
    """Return what the function returns in a process of its own."""
    with worker(call) as started:
        return started.result()


def at_once(number: int, call: Callable[[], Any]) -> list[Any]:
    """Return what the function returns in so many processes, which call it at the same moment."""
    barrier = multiprocessing.get_context("fork").Barrier(number)

    def together() -> Any:
        barrier.wait(LONGEST_TEST)
        return call()

    with contextlib.ExitStack() as stack:
        started = [stack.enter_context(worker(together)) for _number in range(number)]
        return [one.result() for one in started]
