# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Show the collection's main job from end to end, and fail if anything is not as claimed: `make demo`."""

from __future__ import annotations

import grp
import itertools
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

import requests

# Started by its folder: make its neighbours and the simulator importable.
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from secrecy.scan import search, search_files

from demo.service import Service, reachable

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
WORK = ROOT / ".build" / "demo"
ETC = WORK / "host" / "etc"
PROMETHEUS = ETC / "prometheus" / "prometheus.yml"
TOKEN_FILE = ETC / "prometheus" / "sysdig-token"
ENVIRONMENT_FILE = ETC / "default" / "sysdig-exporter"
ANSIBLE_HOME = WORK / "ansible"
BIN = Path(sys.executable).parent
STEPS = itertools.count(1)


class DemoError(Exception):
    """Something is not as the demo claims."""


def main() -> None:
    start = time.monotonic()
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(mode=0o700, parents=True)
    step("Build the collection and install it, as a user would")
    install_collection()
    step("Find the services")
    with reachable(WORK) as service:
        try:
            show(service)
        finally:
            if service.is_real:
                shutil.rmtree(ETC.parent, ignore_errors=True)
    print(f"\nDone in {time.monotonic() - start:.0f} seconds.")
    print(
        "The files are removed: they held a real token."
        if service.is_real
        else f"Look around in {relative(ETC)}; the playbook's inventory is {relative(HERE / 'inventory.yml')}."
    )


def show(service: Service) -> None:
    """Run all steps that need the services."""
    say(f"Using {service.description}.")

    step("Wire a host: ansible-playbook ibmcloud.sysdig.wire")
    move_in()
    first = run_playbook("wire", service)
    if changes(first) == 0:
        raise DemoError("the first run changed nothing")
    if promtool := shutil.which("promtool"):
        quietly(promtool, "check", "config", PROMETHEUS)
        say("promtool finds prometheus.yml valid.")
    else:
        say("prometheus.yml was not validated: there is no promtool on this machine.")

    step("What is on the host now")
    inspect_files()

    step("Does the API accept the token?")
    prove(service)

    step("Wire it again: nothing changes")
    second = run_playbook("wire", service)
    if changed := changes(second):
        raise DemoError(f"the second run changed {changed} things")

    step("Does everything work on the host? ansible-playbook ibmcloud.sysdig.check")
    third = run_playbook("check", service)

    step("Was a secret shown, or left behind?")
    look_for_secrets(service, first + second + third)


def install_collection() -> None:
    """Build the archive from the checkout, and install that without any server."""
    galaxy = BIN / "ansible-galaxy"
    quietly(galaxy, "collection", "build", ROOT, "--output-path", WORK)
    (archive,) = WORK.glob("*.tar.gz")
    # Forced, because ansible-galaxy is content with a copy that is installed elsewhere.
    command = ("collection", "install", "--offline", "--force", archive, "--collections-path", WORK / "collections")
    quietly(galaxy, *command)
    say(f"{archive.name} is installed in {relative(WORK / 'collections')}")


def move_in() -> None:
    """Give the host a Prometheus that somebody maintains."""
    for path in (PROMETHEUS, ENVIRONMENT_FILE):
        path.parent.mkdir(parents=True)
    shutil.copy(HERE / "prometheus.yml", PROMETHEUS)


def run_playbook(name: str, service: Service) -> str:
    """Run a playbook of the collection, and show and return its output."""
    validate = "promtool check config %s" if shutil.which("promtool") else ""
    # By default the token is for the group prometheus, where there is one. It may not enter everybody's checkout.
    group = grp.getgrgid(os.getgid()).gr_name
    variables = {"demo_etc": str(ETC), "demo_validate": validate, "demo_group": group, **service.variables}
    command = [str(BIN / "ansible-playbook"), f"ibmcloud.sysdig.{name}", "--extra-vars", json.dumps(variables)]
    environment = {
        **service.environment,
        "ANSIBLE_CONFIG": str(HERE / "ansible.cfg"),
        "ANSIBLE_HOME": str(ANSIBLE_HOME),
        "ANSIBLE_REMOTE_TMP": str(ANSIBLE_HOME / "tmp"),
        "ANSIBLE_FORCE_COLOR": str(sys.stdout.isatty()),
    }
    output = ""
    with subprocess.Popen(command, cwd=WORK, env=environment, stdout=subprocess.PIPE, text=True) as playbook:
        for line in playbook.stdout or ():
            output += line
            print(f"   {line}", end="", flush=True)
    if playbook.returncode != 0:
        raise DemoError(f"ansible-playbook ended with status {playbook.returncode}")
    return output


def changes(output: str) -> int:
    """Return how many tasks of a run changed something."""
    return sum(int(count) for count in re.findall(r"changed=(\d+)", output))


def inspect_files() -> None:
    """Show the files with the token masked, and check who may read it and that the host's own settings are the same."""
    token = TOKEN_FILE.read_text().strip()
    for path in (PROMETHEUS, TOKEN_FILE, ENVIRONMENT_FILE):
        mode, text = path.stat().st_mode & 0o777, path.read_text()
        say(f"{relative(path)}, mode {mode:04o}")
        for line in text.replace(token, "*" * len(token)).splitlines():
            print(f"   | {line}")
        print()
        if token in text and mode & 0o007:
            raise DemoError(f"everybody may read the token in {path}")
    lost = set((HERE / "prometheus.yml").read_text().splitlines()) - set(PROMETHEUS.read_text().splitlines())
    if lost:
        raise DemoError("prometheus.yml lost " + "; ".join(sorted(lost)))
    say("Every line of the earlier prometheus.yml is still there; the token is for owner and group alone.")


def prove(service: Service) -> None:
    """Send requests to the API with nothing but what is on the host, and once with a wrong token."""
    variables = dict(line.split("=", 1) for line in shlex.split(ENVIRONMENT_FILE.read_text(), comments=True))
    url = variables["SYSDIG_MONITOR_URL"] + "/api/alerts/62"
    # A real instance need not have that alert, but says so only to whom it accepts.
    accepted = (200, 404) if service.is_real else (200,)
    say(f"GET {url}")
    with requests.Session() as session:
        session.trust_env = service.is_real  # no proxy for the simulator
        for name, token, expected in (
            ("the token of Prometheus", TOKEN_FILE.read_text().strip(), accepted),
            ("the token of the environment file", variables["SYSDIG_MONITOR_API_TOKEN"], accepted),
            ("a wrong token", "00000000-0000-0000-0000-000000000000", (401,)),
        ):
            headers = {"Authorization": f"Bearer {token}"}
            answer = session.get(url, headers=headers, verify=service.ca_file or True, timeout=30)
            say(f"with {name}: {answer.status_code} {answer.reason}")
            if answer.status_code not in expected:
                raise DemoError(f"{url} answered {answer.status_code} to {name}")


def look_for_secrets(service: Service, output: str) -> None:
    """Search what Ansible printed and left behind for secrets, in every spelling."""
    secrets = {"the API key": service.environment["IBMCLOUD_API_KEY"], "the token": TOKEN_FILE.read_text().strip()}
    if leaks := [*search("the output", output.encode(), secrets), *search_files([ANSIBLE_HOME], secrets)]:
        raise DemoError("; ".join(map(str, leaks)))
    say("No: neither API key nor token is in the output above, or in the files that Ansible left behind.")


def quietly(*command: str | Path) -> None:
    """Run a command, and show its output only if it fails."""
    outcome = subprocess.run(
        command, cwd=WORK, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if outcome.returncode != 0:
        raise DemoError(f"{Path(command[0]).name} failed:\n{outcome.stdout}")


def step(title: str) -> None:
    print(f"\n{next(STEPS)}. {title}\n", flush=True)


def say(text: str) -> None:
    print(f"   {text}", flush=True)


def relative(path: Path) -> Path:
    return path.relative_to(ROOT)


if __name__ == "__main__":
    try:
        main()
    except DemoError as error:
        sys.exit(f"\nThe demo failed: {error}")
