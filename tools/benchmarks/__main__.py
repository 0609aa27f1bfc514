# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs every benchmark and writes docs/benchmarks.md and its picture."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

# Started by its folder: make its neighbours and the simulator importable.
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from simulator import client

from benchmarks import page, picture, role
from benchmarks.machine import machine
from benchmarks.measure import Results, measure_at_once, measure_overheads, measure_references, measure_scaling
from benchmarks.project import ROOT, WORK, BenchmarkError, Project, start_anew

SIZES = (1, 10, 50, 100, 200)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--hosts", type=int, nargs="+", default=SIZES, help=f"numbers of hosts (default: {' '.join(map(str, SIZES))})"
    )
    parser.add_argument("--output", type=Path, default=ROOT / "docs", help="where the page goes (default: docs)")
    arguments = parser.parse_args()
    sizes = sorted(arguments.hosts)
    start = time.monotonic()
    start_anew()
    with client.running(WORK) as simulator:
        project = Project(simulator)
        role_hosts = min(max(sizes), role.MOST_HOSTS)
        results = Results(
            measure_scaling(project, sizes, say),
            measure_at_once(project, say),
            measure_references(project, say),
            measure_overheads(project, say),
            role.measure(project, role_hosts, say),
            role_hosts,
        )
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
