# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the page of results, in Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from statistics import median

from benchmarks import check, role
from benchmarks.measure import (
    AT_ONCE,
    IAM_LATENCY,
    OVERHEAD_RUNS,
    REFERENCES,
    SYSDIG_LATENCY,
    WORKERS,
    Cell,
    References,
    Results,
    Scaling,
)
from benchmarks.project import FORKS
from benchmarks.ways import WAYS

LOOKUP, UNCACHED, REQUESTS, FLOOR = (way.name for way in WAYS)


def write(results: Results, sizes: list[int], machine: str) -> str:
    """Return the page. ``sizes`` are numbers of hosts, in ascending order."""
    return f"""# Benchmarks

Written by `make bench` in a checkout, on {machine}.

The services are the simulator of `tests/simulator`, on the same machine, over TLS; it answers IAM calls after
{IAM_LATENCY} s and Sysdig calls after {SYSDIG_LATENCY} s. All hosts are that machine, too
(`ansible_connection: local`), and Ansible has {FORKS} forks. Times are medians of the wall time of
`ansible-playbook`; runs that are compared follow each other.

![Calls and wall time by the number of hosts](benchmarks.svg)

## One token on every host

Every host gets the token into a file of its own, by one `ansible.builtin.copy`.

* **{LOOKUP}**: `content: "{{{{ lookup('ibmcloud.sysdig.sysdig_token') }}}}"`.
* **{UNCACHED}**: `lookup('ibmcloud.sysdig.sysdig_token', cache=false)`, which logs in at every reference, as
  lookups without a cache do.
* **{REQUESTS}**: two tasks of `ansible.builtin.uri` on each host, then the copy. With `run_once` they make two calls
  for each batch of hosts, but then all hosts have the same team.
* **{FLOOR}**: a known token, by the cheapest lookup.

Requests to IAM + requests to Sysdig:

{_scaling_table(results.scaling, sizes, _calls)}

Wall time in seconds:

{_scaling_table(results.scaling, sizes, _seconds)}

Number of runs:

{_scaling_table(results.scaling, sizes, _runs)}

{_not_measured(sizes)}

{_comparison(results.scaling, sizes)}

{_at_once(results.pairs)}

## One reference

The time that a reference takes inside a template, when the token is in the run cache: the first one in a worker, and
each of the {REFERENCES} that follow in the same worker (medians of {WORKERS} workers). Ansible forks a worker for every
host and task, and each worker imports the lookup anew.

{_references_table(results.references)}

## One host

The wall time of `ansible-playbook` with one host, in seconds, medians of {OVERHEAD_RUNS} runs. In brackets: the
difference to the empty playbook, whose one task shows a constant.

{_overheads_table(results.overheads)}

## The role, when nothing has changed

The wall time of `ansible-playbook` with {results.role_hosts} hosts, each of which has a Prometheus and an environment
file in the desired state, in seconds, medians of {len(results.role[role.ROLE].runs)} runs. The playbook written
by hand does the same with `ansible.builtin`: two `uri` tasks with `run_once`, `copy` of the token, `blockinfile` with
`validate` into `prometheus.yml`, `copy` of the environment file. One task of `ansible.builtin.ping` is the least that a
playbook can do on a host.

{_role_table(results.role)}

## The check, when all is in order

The wall time of `ansible-playbook ibmcloud.sysdig.check` with {results.role_hosts} hosts, each of which has three
entries with tokens of two teams, beside that of `ibmcloud.sysdig.wire` on the same hosts, which changes nothing:
medians of {len(results.check[check.CHECK].runs)} runs, in seconds. The check retrieves each token, and shows it to
Sysdig once.

{_check_table(results.check)}
"""


def _table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    header = list(header)
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _scaling_table(scaling: Scaling, sizes: list[int], show: Callable[[Cell], str]) -> str:
    rows = [
        [way.name, *(show(scaling[way.name][hosts]) if hosts in scaling[way.name] else "" for hosts in sizes)]
        for way in WAYS
    ]
    return _table(["hosts", *map(str, sizes)], rows)


def _not_measured(sizes: Iterable[int]) -> str:
    missing = [(way, hosts) for way in WAYS for hosts in sizes if hosts > way.most_hosts]
    return "\n".join(
        f"Not measured: {way.name} with {hosts} hosts, because {way.why_no_more}." for way, hosts in missing
    )


def _calls(cell: Cell) -> str:
    iam, sysdig = cell.calls
    return f"{iam} + {sysdig}"


def _runs(cell: Cell) -> str:
    return str(len(cell.runs))


def _seconds(cell: Cell) -> str:
    return f"{cell.seconds:.2f}"


def _comparison(scaling: Scaling, sizes: list[int]) -> str:
    """Compare the lookup with the floor."""
    cells, floor = scaling[LOOKUP], scaling[FLOOR]
    ratios = [f"{cells[hosts].seconds / floor[hosts].seconds:.2f} with {hosts}" for hosts in sizes]
    text = f"Wall time of {LOOKUP} by that of {FLOOR}: {', '.join(ratios)}."
    more = sizes[-1]
    # Far enough apart that the difference is more than the spread of the runs.
    fewer = max((hosts for hosts in sizes if hosts * 4 <= more), default=0)
    if fewer:
        growth = [(each[more].seconds - each[fewer].seconds) / (more - fewer) for each in (cells, floor)]
        text += (
            f"\nFrom {fewer} to {more} hosts, each further host costs {growth[0]:.3f} s with {LOOKUP}, and"
            f" {growth[1]:.3f} s with {FLOOR}."
        )
    return text


def _at_once(pairs: list[dict[str, float]]) -> str:
    """Compare the lookup with the floor, when both ran at the same time."""
    ratios = [pair["lookup"] / pair["floor"] for pair in pairs]
    seconds = {name: median(pair[name] for pair in pairs) for name in ("lookup", "floor")}
    return f"""Other work of the machine can hit one of two runs that follow each other. So both playbooks were also
started at the same time, {len(pairs)} times, with {AT_ONCE} hosts each. The processor time of each, with all its
workers: {seconds["lookup"]:.1f} s with {LOOKUP}, {seconds["floor"]:.1f} s with {FLOOR} (medians). That is
**{median(ratios):.3f}** times as much (median of the pairs; between {min(ratios):.3f} and {max(ratios):.3f})."""


def _references_table(references: dict[str, References]) -> str:
    rows = [
        [name, f"{reference.first * 1000:.2f}", f"{reference.later * 1000:.3f}"]
        for name, reference in references.items()
    ]
    return _table(["milliseconds", "first reference", "each later one"], rows)


def _role_table(cells: dict[str, Cell]) -> str:
    labels = {role.PING: "one task of `ansible.builtin.ping`"}
    rows = [
        [
            labels.get(name, name),
            f"{cell.seconds:.2f}",
            *(f"{cell.seconds / cells[other].seconds:.2f}" for other in (role.BY_HAND, role.PING)),
        ]
        for name, cell in cells.items()
    ]
    return _table(["playbook", "wall time", "by that written by hand", "by one ping"], rows)


def _check_table(cells: dict[str, Cell]) -> str:
    rows = [
        [name, f"{cell.seconds:.2f}", f"{cell.seconds / cells[check.WIRE].seconds:.2f}", _calls(cell)]
        for name, cell in cells.items()
    ]
    return _table(["playbook", "wall time", "by that of the role", "requests to IAM + to Sysdig"], rows)


def _overheads_table(overheads: dict[float, dict[str, Cell]]) -> str:
    rows = []
    for name in next(iter(overheads.values())):
        row = [name]
        for cells in overheads.values():
            more = cells[name].seconds - cells["empty"].seconds
            row.append(f"{cells[name].seconds:.2f} ({more:.2f})" if more else f"{cells[name].seconds:.2f}")
        rows.append(row)
    return _table(["playbook", *(f"services answer after {latency:g} s" for latency in overheads)], rows)
