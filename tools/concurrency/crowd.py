# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Workers as Ansible forks them: each asks a few questions by the lookup and ends, and another takes its place."""

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

from concurrency.questions import Question

NAME = "ibmcloud.sysdig.sysdig_token"
QUESTIONS_OF_A_WORKER = 8
LONGEST_PAUSE = 0.2  # seconds between two questions of a worker
LONGEST_LIFE = 120.0  # seconds after which a worker counts as stuck, on a busy machine too
NICENESS = 5  # of the workers: who starts and kills them, and who answers them, goes first


class Crowd:
    """So many workers at a time, and what became of all of them.

    ``outcomes`` counts ``finished``, ``killed``, ``failed`` (in a way of its own) and ``stuck`` workers.
    """

    def __init__(self, size: int, ask: Callable[[Question], str], questions: Sequence[Question], record: Path) -> None:
        self._size = size
        self._ask = ask
        self._questions = questions
        self._record = record
        self._started: dict[int, float] = {}  # by process id
        self.outcomes: Counter[str] = Counter()

    def run(self, seconds: float, kills_per_second: float, chance: random.Random) -> None:
        """Keep the crowd at its size for so long, killing at random; then let those who are there finish."""
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

    def answers(self) -> Counter[str]:
        """How often the workers were told what: ``right``, or what was wrong."""
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
        faulthandler.register(signal.SIGUSR1)  # a worker that is stuck shall say where
        os.nice(NICENESS)
        try:
            self._work(start, random.Random(seed))
            status = 0
        finally:
            os._exit(status)  # none of the clean-up that is the parent's

    def _work(self, start: float, chance: random.Random) -> None:
        for _number in range(QUESTIONS_OF_A_WORKER):
            now = time.monotonic() - start
            question = chance.choice([question for question in self._questions if question.start <= now])
            told = self._ask(question).replace("\n", " ")
            with self._record.open("ab", buffering=0) as record:  # one line at once, or none if it is killed
                record.write(f"{told}\n".encode())
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


def asker(collections: Path, options: dict[str, Any]) -> Callable[[Question], str]:
    """A function that asks by the real lookup, and says ``right`` or what was wrong.

    Ansible makes the run's temporary directory when it is imported, which is why that happens only here.
    """
    from ansible.errors import AnsibleError
    from ansible.plugins.loader import init_plugin_loader, lookup_loader

    init_plugin_loader([str(collections)])
    # Imported here once, and not by 64 workers at once: it is the cache that is to be kept busy.
    lookup_loader.get(NAME)
    importlib.import_module("ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._fetch")

    def ask(question: Question) -> str:
        given = {**options, "api_key": question.api_key, "team_id": question.team_id}
        try:
            (told,) = lookup_loader.get(NAME).run([question.crn], {}, **given)
        except AnsibleError as error:
            expected = bool(question.refusal) and question.refusal in str(error)
            return "right" if expected else f"wrong: team {question.team_id}: {error}"
        return "right" if told == question.token else f"wrong: team {question.team_id}: another token"

    return ask
