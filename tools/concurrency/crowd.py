# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Workers as Ansible forks them: each evaluates a few references of the lookup and ends, and another replaces it."""

from __future__ import annotations

import faulthandler
import importlib
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from concurrency.references import Reference

NAME = "ibmcloud.sysdig.sysdig_token"
REFERENCES_OF_A_WORKER = 8
LONGEST_PAUSE = 0.2  # seconds between two references of a worker
LONGEST_LIFE = 120.0  # seconds after which a worker counts as stuck, on a busy machine too
NICENESS = 5  # of the workers, so that their parent and the simulator go first


class Crowd:
    """A number of workers at a time, and how all of them ended.

    ``outcomes`` counts ``finished``, ``killed``, ``failed`` (with a traceback) and ``stuck`` workers.
    """

    def __init__(
        self, size: int, evaluate: Callable[[Reference], str], references: Sequence[Reference], record: Path
    ) -> None:
        self._size = size
        self._evaluate = evaluate
        self._references = references
        self._record = record
        self._started: dict[int, float] = {}  # by process id
        self.outcomes: Counter[str] = Counter()

    def run(self, seconds: float, kills_per_second: float, chance: random.Random) -> None:
        """Keep the crowd at its size for so many seconds, killing at random; then let the last workers finish."""
        start = time.monotonic()
        self._fill(start, chance)
        next_kill = time.monotonic()
        while (now := time.monotonic()) < start + seconds:
            self._reap()
            self._fill(start, chance)
            while next_kill < now:
                next_kill += chance.expovariate(kills_per_second)
                os.kill(chance.choice(list(self._started)), signal.SIGKILL)
            time.sleep(0.005)
        while self._started:
            self._reap()
            time.sleep(0.005)

    def values(self) -> Counter[str]:
        """Count the values that workers got: ``right``, or what was wrong."""
        return Counter(self._record.read_text(encoding="utf-8").splitlines())

    def _fill(self, start: float, chance: random.Random) -> None:
        while len(self._started) < self._size:
            self._start(start, chance.random())

    def _start(self, start: float, seed: float) -> None:
        process_id = os.fork()
        if process_id:
            self._started[process_id] = time.monotonic()
            return
        status = 1
        faulthandler.register(signal.SIGUSR1)  # so that a stuck worker prints where it is
        os.nice(NICENESS)
        try:
            self._work(start, random.Random(seed))
            status = 0
        finally:
            os._exit(status)  # without the clean-up of the parent

    def _work(self, start: float, chance: random.Random) -> None:
        for _number in range(REFERENCES_OF_A_WORKER):
            now = time.monotonic() - start
            reference = chance.choice([reference for reference in self._references if reference.start <= now])
            value = self._evaluate(reference).replace("\n", " ")
            with self._record.open("ab", buffering=0) as record:  # one line at once, or none if it is killed
                record.write(f"{value}\n".encode())
            time.sleep(chance.uniform(0, LONGEST_PAUSE))

    def _reap(self) -> None:
        for process_id, started in list(self._started.items()):
            ended, status = os.waitpid(process_id, os.WNOHANG)
            outcome = {0: "finished", signal.SIGKILL: "killed"}.get(status, "failed")
            if not ended:
                if time.monotonic() - started < LONGEST_LIFE:
                    continue
                outcome = "stuck"
                os.kill(process_id, signal.SIGUSR1)
                time.sleep(1)  # for faulthandler to write
                os.kill(process_id, signal.SIGKILL)
                os.waitpid(process_id, 0)
            self.outcomes[outcome] += 1
            del self._started[process_id]


def evaluator(collections: Path, options: dict[str, Any]) -> Callable[[Reference], str]:
    """Return a function that evaluates a reference with the real lookup, and returns ``right`` or what was wrong.

    Ansible makes its temporary directory when it is imported, so that happens only here.
    """
    from ansible.errors import AnsibleError
    from ansible.plugins.loader import init_plugin_loader, lookup_loader

    init_plugin_loader([str(collections)])
    # Imported here once, and not by 64 workers at once: the cache is what should be busy.
    lookup_loader.get(NAME)
    importlib.import_module("ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._fetch")

    def evaluate(reference: Reference) -> str:
        arguments = {**options, "api_key": reference.api_key, "team_id": reference.team_id}
        try:
            (value,) = lookup_loader.get(NAME).run([reference.crn], {}, **arguments)
        except AnsibleError as error:
            expected = bool(reference.refusal) and reference.refusal in str(error)
            return "right" if expected else f"wrong: team {reference.team_id}: {error}"
        return "right" if value == reference.token else f"wrong: team {reference.team_id}: another token"

    return evaluate
