# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Use one run cache from many processes, kill some at random, and report the requests and whether all went well."""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from pathlib import Path

# Started by its folder: make its neighbours and the simulator importable.
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from simulator import client

from concurrency.crowd import Crowd, evaluator
from concurrency.references import IAM_LIFETIME, logins, references, token_requests

COLLECTIONS = Path(__file__).resolve().parents[2] / ".build" / "collections"
LATENCY = 0.2  # seconds that each service takes: long enough for a kill in the middle of a request


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30, help="how long (default: 30)")
    parser.add_argument("--workers", type=int, default=64, help="how many at a time (default: 64)")
    parser.add_argument("--kills", type=float, default=8, help="how many a second, on average (default: 8)")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="seed of everything random")
    arguments = parser.parse_args()
    print(f"{arguments.workers} workers for {arguments.seconds:g} seconds, --seed {arguments.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="concurrency-") as name, client.running(Path(name)) as simulator:
        os.environ["ANSIBLE_LOCAL_TEMP"] = os.environ["ANSIBLE_HOME"] = name
        evaluated = references(simulator, arguments.seconds)
        simulator.iam_token_lifetime(IAM_LIFETIME)
        simulator.latency(iam=LATENCY, sysdig=LATENCY)
        place = {"url": simulator.url, "iam_url": simulator.url, "ca_path": simulator.ca_file}
        evaluate = evaluator(COLLECTIONS, {**place, "retries": 0})
        crowd = Crowd(arguments.workers, evaluate, evaluated, Path(name) / "values")
        start = time.monotonic()
        crowd.run(arguments.seconds, arguments.kills, random.Random(arguments.seed))
        sys.exit(_report(crowd, simulator, time.monotonic() - start))


def _report(crowd: Crowd, simulator: client.SimulatorClient, seconds: float) -> int:
    """Print the counts. Return the exit code: 1 if one of them is wrong."""
    values, outcomes = crowd.values(), crowd.outcomes
    iam, sysdig = logins(simulator), token_requests(simulator)
    extra, killed = iam.extra + sysdig.extra, outcomes["killed"]
    print(
        f"workers: {', '.join(f'{count} {outcome}' for outcome, count in outcomes.items())}, in {seconds:.0f} seconds"
    )
    print(f"values: {values.total()}, of them right: {values['right']}")
    print(f"requests: {iam.made} to IAM, {sysdig.made} for tokens; {extra} more than one per key and validity period")
    problems = [f"{count} times {value}" for value, count in values.items() if value != "right"]
    problems += [f"{outcomes[outcome]} workers {outcome}" for outcome in ("failed", "stuck") if outcomes[outcome]]
    if extra > killed:
        problems.append(f"{extra} requests too many, but only {killed} kills")
    if not (killed and values["right"]):
        problems.append("nothing was tried: no worker was killed, or none got a value")
    print("\n".join(f"WRONG: {problem}" for problem in problems) or "All is well.")
    return 1 if problems else 0


if __name__ == "__main__":
    main()
