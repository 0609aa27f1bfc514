# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run every benchmark, and write docs/benchmarks.md and its picture; or run one alone, with --only."""

from __future__ import annotations

import argparse
import dataclasses
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

# Started by its folder: make its neighbours and the simulator importable.
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from simulator import client

from benchmarks import check, page, picture, role
from benchmarks.machine import machine
from benchmarks.measure import Results, measure_at_once, measure_overheads, measure_references, measure_scaling
from benchmarks.project import ROOT, WORK, BenchmarkError, Project, start_anew

SIZES = (1, 10, 50, 100, 200)
ALL = [field.name for field in dataclasses.fields(Results) if field.name != "role_hosts"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--hosts", type=int, nargs="+", default=SIZES, help=f"numbers of hosts (default: {' '.join(map(str, SIZES))})"
    )
    parser.add_argument("--output", type=Path, default=ROOT / "docs", help="where the page goes (default: docs)")
    parser.add_argument("--only", choices=ALL, help="measure this alone, and write no page")
    parser.add_argument("--runs", type=int, default=role.RUNS, help="how often the role runs (default: %(default)s)")
    arguments = parser.parse_args()
    sizes = sorted(arguments.hosts)
    start = time.monotonic()
    start_anew()
    with client.running(WORK) as simulator:
        project = Project(simulator)
        role_hosts = min(max(sizes), role.MOST_HOSTS)
        measures: dict[str, Callable[[], Any]] = {
            "scaling": lambda: measure_scaling(project, sizes, say),
            "pairs": lambda: measure_at_once(project, say),
            "references": lambda: measure_references(project, say),
            "overheads": lambda: measure_overheads(project, say),
            "role": lambda: role.measure(project, role_hosts, say, arguments.runs),
            "check": lambda: check.measure(project, role_hosts, say, arguments.runs),
        }
        if arguments.only:
            measures[arguments.only]()
            return
        results = Results(**{name: measures[name]() for name in ALL}, role_hosts=role_hosts)
    arguments.output.mkdir(parents=True, exist_ok=True)
    (arguments.output / "benchmarks.svg").write_text(picture.draw(results.scaling), encoding="utf-8")
    (arguments.output / "benchmarks.md").write_text(page.write(results, sizes, machine()), encoding="utf-8")
    say(f"Written to {arguments.output}, after {time.monotonic() - start:.0f} seconds.")


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    try:
        main()
    except BenchmarkError as error:
        sys.exit(f"The benchmark failed: {error}")
