# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure. Runs that are compared follow each other, so that a busy minute hits all of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median

from simulator.client import SimulatorClient
from simulator.ids import METRICS

from benchmarks import ways
from benchmarks.project import BenchmarkError, Measurement, Project, check_copies, remove_copies

IAM_LATENCY, SYSDIG_LATENCY = 0.25, 0.15  # seconds, as from a machine outside IBM Cloud
REFERENCES = 100
AT_ONCE = 100  # hosts of each playbook that is measured together with another one
PAIRS = 3
WORKERS = 9  # in which references are timed
OVERHEAD_RUNS = 5  # short ones, whose differences are small

Say = Callable[[str], None]


@dataclass
class Cell:
    """All runs of one playbook with one number of hosts."""

    runs: list[Measurement] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """Return the median of the wall times."""
        return median(run.seconds for run in self.runs)

    @property
    def calls(self) -> tuple[int, int]:
        """Return the numbers of requests to IAM and Sysdig.

        Raises:
            BenchmarkError: they differ from run to run.
        """
        counts = {(run.iam_calls, run.sysdig_calls) for run in self.runs}
        if len(counts) != 1:
            raise BenchmarkError(f"the numbers of requests differ from run to run: {counts}")
        return counts.pop()


Scaling = dict[str, dict[int, Cell]]


@dataclass(frozen=True)
class References:
    """Seconds for a reference in a worker: its first one, and each later one. The token is in the run cache."""

    first: float
    later: float


@dataclass(frozen=True)
class Results:
    """Everything that was measured."""

    scaling: Scaling
    pairs: list[dict[str, float]]  # processor seconds of playbooks that ran at the same time
    references: dict[str, References]
    overheads: dict[float, dict[str, Cell]]  # by the services' latency together, then by playbook
    role: dict[str, Cell]  # by playbook
    check: dict[str, Cell]  # by playbook
    role_hosts: int


def measure_scaling(project: Project, sizes: list[int], say: Say) -> Scaling:
    """Measure every way with every number of hosts."""
    delay(project.simulator, IAM_LATENCY, SYSDIG_LATENCY)
    variables, token = ways.options(project.simulator), project.simulator.token(METRICS)
    cells: Scaling = {way.name: {} for way in ways.WAYS}

    def measured(way: ways.Way, hosts: int) -> Measurement:
        remove_copies()
        run = project.run(way.tasks, variables, hosts)
        check_copies(token, hosts)
        return run

    for way in ways.WAYS:
        measured(way, 1)  # uncounted: fills the caches of the file system and of Python
    for hosts in sizes:
        for number in range(max(way.runs_with(hosts) for way in ways.WAYS)):
            # To and fro, so that no way always follows the same other one.
            for way in reversed(ways.WAYS) if number % 2 else ways.WAYS:
                if number < way.runs_with(hosts):
                    run = measured(way, hosts)
                    cells[way.name].setdefault(hosts, Cell()).runs.append(run)
                    say(f"{hosts:3} hosts, {way.name}: {run.seconds:.2f} s, {run.iam_calls} + {run.sysdig_calls} calls")
    return cells


def measure_at_once(project: Project, say: Say) -> list[dict[str, float]]:
    """Measure the lookup and the floor at the same time, so that whatever else the machine does hits both alike."""
    delay(project.simulator, IAM_LATENCY, SYSDIG_LATENCY)
    variables, token = ways.options(project.simulator), project.simulator.token(METRICS)
    playbooks = {"lookup": ways.WAYS[0].tasks, "floor": ways.WAYS[-1].tasks}
    pairs = []
    for number in range(PAIRS):
        remove_copies()
        # Whoever is started first has no advantage over all pairs.
        order = sorted(playbooks, reverse=bool(number % 2))
        pairs.append(project.run_at_once({name: playbooks[name] for name in order}, variables, AT_ONCE))
        check_copies(token, AT_ONCE * len(playbooks))
        say(f"{AT_ONCE} hosts at once: {pairs[-1]['lookup']:.1f} s, floor {pairs[-1]['floor']:.1f} s of processor time")
    return pairs


def measure_references(project: Project, say: Say) -> dict[str, References]:
    """Measure references inside templates, in workers that did not make the requests themselves."""
    delay(project.simulator, 0, 0)
    kinds = {
        "this lookup": f"lookup('{ways.LOOKUP}')",
        "ansible.builtin.env": "lookup('ansible.builtin.env', 'KNOWN_TOKEN')",
    }
    message = " ".join(_timed(reference) for reference in kinds.values())
    run = project.run([{"ansible.builtin.debug": {"msg": message}}], ways.options(project.simulator), WORKERS + 1, 1)
    timed = re.findall(r"timed (\S+) (\S+) end", run.output)[len(kinds) :]
    if len(timed) != WORKERS * len(kinds):
        raise BenchmarkError(f"{len(timed)} references were timed instead of {len(kinds)} in each of {WORKERS} workers")
    results = {}
    for number, name in enumerate(kinds):
        first, later = (median(map(float, values)) for values in zip(*timed[number :: len(kinds)], strict=True))
        say(f"{name}: first reference {first * 1000:.2f} ms, later ones {later * 1000:.3f} ms")
        results[name] = References(first, later)
    return results


def _timed(reference: str) -> str:
    """Return a template that shows how long a reference takes: the first one, and each later one, in seconds."""
    return (
        f"{{% set start = lookup('clock') %}}{{% set token = {reference} %}}{{% set first = lookup('clock') %}}"
        f"{{% for _ in range({REFERENCES}) %}}{{% set token = {reference} %}}{{% endfor %}}"
        f"timed {{{{ first - start }}}} {{{{ (lookup('clock') - first) / {REFERENCES} }}}} end"
    )


def measure_overheads(project: Project, say: Say) -> dict[float, dict[str, Cell]]:
    """Measure small playbooks on one host, without and with latency of the services."""
    one_reference = {"ansible.builtin.debug": {"msg": f"{{{{ lookup('{ways.LOOKUP}') | length }}}}"}}
    no_reference = {"ansible.builtin.debug": {"msg": "{{ 'no token' | length }}"}}
    playbooks = {
        "empty": [no_reference],
        "one reference": [one_reference],
        "module": ways.module(),
        "two uri tasks": ways.two_requests(),
    }
    results: dict[float, dict[str, Cell]] = {}
    for latency in ((0.0, 0.0), (IAM_LATENCY, SYSDIG_LATENCY)):
        delay(project.simulator, *latency)
        cells = results.setdefault(sum(latency), {name: Cell() for name in playbooks})
        for _run in range(OVERHEAD_RUNS):
            for name, tasks in playbooks.items():
                cells[name].runs.append(project.run(tasks, ways.options(project.simulator), hosts=1))
        for name, cell in cells.items():
            say(f"latency {sum(latency)} s, {name}: {cell.seconds:.2f} s")
    return results


def delay(simulator: SimulatorClient, iam: float, sysdig: float) -> None:
    """Set the latency of the services, in seconds."""
    simulator.latency(iam=iam, sysdig=sysdig)
