# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hammers one run cache with many processes, kills them at random, and says what it cost and whether all went well."""

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

from concurrency.crowd import Crowd, asker
from concurrency.questions import IAM_LIFETIME, logins, questions, token_calls

COLLECTIONS = Path(__file__).resolve().parents[2] / ".build" / "collections"
LATENCY = 0.2  # seconds that each service takes: long enough for a kill to come in between


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30, help="how long (default: 30)")
    parser.add_argument("--workers", type=int, default=64, help="how many at a time (default: 64)")
    parser.add_argument("--kills", type=float, default=8, help="how many a second, on average (default: 8)")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="of what is random")
    arguments = parser.parse_args()
    print(f"{arguments.workers} workers for {arguments.seconds:g} seconds, --seed {arguments.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="concurrency-") as name, client.running(Path(name)) as simulator:
        os.environ["ANSIBLE_LOCAL_TEMP"] = os.environ["ANSIBLE_HOME"] = name
        asked = questions(simulator, arguments.seconds)
        simulator.iam_token_lifetime(IAM_LIFETIME)
        simulator.latency(iam=LATENCY, sysdig=LATENCY)
        place = {"url": simulator.url, "iam_url": simulator.url, "ca_path": simulator.ca_file}
        ask = asker(COLLECTIONS, {**place, "retries": 0})
        crowd = Crowd(arguments.workers, ask, asked, Path(name) / "answers")
        start = time.monotonic()
        crowd.run(arguments.seconds, arguments.kills, random.Random(arguments.seed))
        sys.exit(_judge(crowd, simulator, time.monotonic() - start))


def _judge(crowd: Crowd, simulator: client.SimulatorClient, seconds: float) -> int:
    """Print the counts; 1 if one of them must not be."""
    answers, outcomes = crowd.answers(), crowd.outcomes
    iam, sysdig = logins(simulator), token_calls(simulator)
    extra, killed = iam.extra + sysdig.extra, outcomes["killed"]
    print(
        f"workers: {', '.join(f'{count} {outcome}' for outcome, count in outcomes.items())}, in {seconds:.0f} seconds"
    )
    print(f"answers: {answers.total()}, of them right: {answers['right']}")
    print(f"calls: {iam.made} to IAM, {sysdig.made} for tokens; {extra} more than one per key and validity period")
    problems = [f"{count} times {told}" for told, count in answers.items() if told != "right"]
    problems += [f"{outcomes[outcome]} workers {outcome}" for outcome in ("failed", "stuck") if outcomes[outcome]]
    if extra > killed:
        problems.append(f"{extra} calls too many, but only {killed} kills")
    if not (killed and answers["right"]):
        problems.append("nothing was tried: no worker was killed, or none was answered")
    print("\n".join(f"WRONG: {problem}" for problem in problems) or "All is well.")
    return 1 if problems else 0


if __name__ == "__main__":
    main()
