# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the tests on the supported versions of ansible-core: `make matrix VERSIONS="2.16 2.21"`, by default on all."""

from __future__ import annotations

import argparse
import shlex
import subprocess
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

# Started by its folder: make its neighbours and the simulator importable.
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from matrix.environment import Environment
from matrix.outcome import Outcome, Result, counted
from matrix.versions import VERSIONS, Version

STEPS = ("unit", "integration", "sanity")
# They need tools that bring an ansible-core of their own, or none.
ELSEWHERE = (
    "tests/integration/awx",
    # What runs on hosts needs little of ansible-core; the integration tests run it with every one.
    "tests/unit/plugins/module_utils/_files",
    "tests/unit/plugins/modules",
)
# Of the tests of the project, those that need what every ansible-core has.
TESTS = {
    "unit": ("tests/unit", "tests/project/test_documentation.py", "tests/project/simulator"),
    "integration": ("tests/integration",),
}
# What differs between versions of ansible-core first: how plugins and roles are called, and what becomes of templates.
SHORT = ("deprecations", "lookup", "module", "oldest_host", "role_in_projects", "syslog", "templating", "ways_to_call")
ROW = "{:14}{:10}{:22}{:34}{:34}{:22}{:>7}"


def run_pytest(environment: Environment, name: str, short: bool) -> Outcome:
    report = environment.directory / f"{name}.xml"
    report.unlink(missing_ok=True)
    ignored = [f"--ignore={path}" for path in ELSEWHERE]
    tests = list(TESTS[name])
    if short and name == "integration":
        tests = [f"tests/integration/test_{part}.py" for part in SHORT]
    command = ("-m", "pytest", "-n", "2", "-q", f"--junit-xml={report}", *ignored, *tests)
    exit_code = environment.run(environment.python, *command)
    return counted(exit_code, [report] if report.exists() else [])


def prepare(version: Version) -> Environment:
    """Make the environment of one version."""
    environment = Environment(version)
    environment.prepare()
    return environment


def run_sanity(environment: Environment) -> Outcome:
    exit_code = environment.run(environment.python, "tools/run_ansible_test.py", "sanity", "--junit")
    return counted(exit_code, environment.checkout.glob(".build/ansible-test/**/tests/output/junit/*.xml"))


def is_run(step: str, version: Version, short: bool) -> bool:
    """Tell whether a step runs: sanity tests, and in short unit tests, on the oldest and the newest version."""
    return version.sanity or (step != "sanity" and not (short and step == "unit"))


def run_version(version: Version, prepared: Future[Environment], steps: list[str], short: bool) -> Result:
    """Test one version, as soon as its environment is prepared."""
    started_at = time.monotonic()
    environment = prepared.result()
    outcomes = {}
    for step in steps:
        if not is_run(step, version, short):
            continue
        print(f"== ansible-core {version.core}: {step}", flush=True)
        outcomes[step] = run_sanity(environment) if step == "sanity" else run_pytest(environment, step, short)
    hosts_python = environment.python_version(environment.hosts_python)
    if version.hosts_python and not hosts_python.startswith(version.hosts_python):
        hosts_python += f" (no {version.hosts_python} here)"
    python = environment.python_version(environment.python)
    return Result(version.core, python, hosts_python, outcomes, time.monotonic() - started_at)


def main() -> int:
    known = {version.series: version for version in VERSIONS}
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("versions", nargs="*", metavar="VERSION", help=", ".join(known))
    parser.add_argument("--step", action="append", choices=STEPS, help="only this one; can be repeated")
    parser.add_argument(
        "--short",
        action="store_true",
        help=f"of the integration tests only {', '.join(SHORT)}; unit tests on the oldest and the newest",
    )
    arguments = parser.parse_args()
    if unknown := set(arguments.versions) - known.keys():
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(known)}")

    steps = arguments.step or list(STEPS)
    versions = [known[series] for series in arguments.versions or known]
    # Preparing waits for downloads most of the time, so it goes on while the versions before are tested.
    with ThreadPoolExecutor(1) as pool:
        environments = [(version, pool.submit(prepare, version)) for version in versions]
        try:
            results = [run_version(version, prepared, steps, arguments.short) for version, prepared in environments]
        except subprocess.CalledProcessError as error:
            pool.shutdown(cancel_futures=True)
            sys.exit(f"The tests could not begin. This failed, and says why above:\n{shlex.join(map(str, error.cmd))}")
    print()
    for row in (["ansible-core", "Python", "Python of hosts", *STEPS, "time"], *(each.row(STEPS) for each in results)):
        print(ROW.format(*row))
    return int(any(outcome.failed for each in results for outcome in each.outcomes.values()))


if __name__ == "__main__":
    sys.exit(main())
