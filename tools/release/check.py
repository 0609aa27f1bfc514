# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Try the built archive as Galaxy and as a user would: `make release-check`.

Galaxy's importer has to accept it, without warnings that can be mended. A user with nothing but ansible-core installs
it, and follows docs/getting_started.md, against the simulator.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import examples
from release import notes
from simulator import client
from simulator.ids import METRICS, OWNER_API_KEY

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / ".build" / "release"
IMPORTER, CLEAN, PROJECT, HOST = (WORK / name for name in ("importer", "clean", "project", "host"))
PINNED = ROOT / "tools" / "demo" / "requirements.txt"

# Warnings of the importer that nothing in the collection can mend.
EXPECTED = (
    # It lints without the other collections that a playbook may use.
    "couldn't resolve module/action 'awx.awx.",
)


class ReleaseError(Exception):
    """The archive is not fit to be released."""


def main() -> None:
    archive = ROOT / ".build" / "dist" / f"ibmcloud-sysdig-{notes.version(ROOT)}.tar.gz"
    if not archive.exists():
        raise ReleaseError(f"{archive.name} is not built; run `make build`")
    shutil.rmtree(WORK, ignore_errors=True)
    import_into_galaxy(archive)
    follow_the_guide(archive)
    print(f"{archive.name} can be released.")


def import_into_galaxy(archive: Path) -> None:
    """Run Galaxy's importer, and read its complaints from its log."""
    environment(IMPORTER, "--require-hashes", "-r", str(ROOT / "tools" / "locks" / "galaxy-importer.txt"))
    command = [str(IMPORTER / "bin" / "python"), "-m", "galaxy_importer.main", str(archive)]
    variables = {**os.environ, "PATH": f"{IMPORTER / 'bin'}:{os.environ['PATH']}", "HOME": str(WORK)}
    done = subprocess.run(command, cwd=WORK, env=variables, capture_output=True, text=True, check=False)
    log = done.stdout + done.stderr
    complaints = [line for line in log.splitlines() if re.match("ERROR|WARNING", line)]
    unexpected = [line for line in complaints if not any(known in line for known in EXPECTED)]
    if done.returncode or unexpected or "processing completed successfully" not in log:
        raise ReleaseError("Galaxy's importer says:\n" + ("\n".join(unexpected) or log))
    print(f"Galaxy's importer accepts it; expected warnings: {len(complaints)}")


def follow_the_guide(archive: Path) -> None:
    """Install the archive into a new environment, and run the examples of the guide that comes with it."""
    environment(CLEAN, *(line for line in PINNED.read_text().splitlines() if line.startswith("ansible-core")))
    (WORK / "home").mkdir()
    for directory in ("etc/prometheus", "etc/default"):
        (HOST / directory).mkdir(parents=True)
    (HOST / "etc" / "prometheus" / "prometheus.yml").write_text("global: {}\n", encoding="utf-8")
    run("ansible-galaxy", "collection", "install", "--offline", "--force", str(archive), directory=WORK)
    installed = WORK / "home" / ".ansible" / "collections" / "ansible_collections" / "ibmcloud" / "sysdig"
    run("pip", "install", "--quiet", "-r", str(installed / "requirements.txt"), directory=WORK)
    playbook, variables = examples.of_page(installed / "docs" / "getting_started.md")
    with client.running(WORK) as simulator:
        write_project(simulator, playbook, examples.loaded(variables, HOST))
        crn = simulator.instance(METRICS)["crn"]

        output = run("ansible-playbook", "token.yml", "-e", f"monitoring_crn={crn}", simulator=simulator)
        expect(f"A token of the team 101 for {simulator.url}", output)

        wire = ("ansible-playbook", "ibmcloud.sysdig.wire", "-i", "inventory.yml")
        expect("changed=1 ", run(*wire, simulator=simulator))
        expect("changed=0 ", run(*wire, simulator=simulator))
        expect(simulator.token(METRICS), (HOST / "etc" / "default" / "sysdig-exporter").read_text())
        expect("name: sysdig", (HOST / "etc" / "prometheus" / "prometheus.yml").read_text())
    print("A new environment installs it, and docs/getting_started.md works there.")


def write_project(simulator: client.SimulatorClient, playbook: str, variables: dict[str, Any]) -> None:
    """Write the files that the guide has its reader write, for a host that is this machine and has no services."""
    host = {"ansible_connection": "local", "ansible_python_interpreter": str(CLEAN / "bin" / "python")}
    for entry in variables["sysdig_integrations_list"]:
        entry["service"] = ""
        if entry["type"] == "prometheus":
            entry.update(path=f"{HOST}/etc/prometheus/prometheus.yml", validate="")
    files = {
        "token.yml": playbook,
        "inventory.yml": json.dumps({"monitoring": {"hosts": {"here": host}}}),
        "group_vars/monitoring.yml": json.dumps(variables),
        "group_vars/all.yml": json.dumps(
            {
                "vault_ibmcloud_api_key": OWNER_API_KEY,
                "monitoring_crn": simulator.instance(METRICS)["crn"],
            }
        ),
    }
    for name, content in files.items():
        (PROJECT / name).parent.mkdir(parents=True, exist_ok=True)
        (PROJECT / name).write_text(content, encoding="utf-8")


def run(*command: str, directory: Path = PROJECT, simulator: client.SimulatorClient | None = None) -> str:
    """Run a command of the new environment, and return its output.

    Raises:
        ReleaseError: it fails.
    """
    variables = {"PATH": f"{CLEAN / 'bin'}:{os.environ['PATH']}", "HOME": str(WORK / "home"), "LC_ALL": "C.UTF-8"}
    variables |= {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
    if simulator:
        variables |= {
            "IBMCLOUD_API_KEY": OWNER_API_KEY,
            "IBMCLOUD_IAM_API_ENDPOINT": simulator.url,
            "SYSDIG_MONITOR_URL": simulator.url,
            "REQUESTS_CA_BUNDLE": simulator.ca_file,
        }
    done = subprocess.run(command, cwd=directory, env=variables, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ReleaseError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def environment(directory: Path, *requirements: str) -> None:
    """Make a new virtual environment."""
    venv.create(directory, with_pip=True)
    subprocess.run([directory / "bin" / "python", "-m", "pip", "install", "--quiet", *requirements], check=True)


def expect(wanted: str, text: str) -> None:
    """Check that ``wanted`` is in ``text``.

    Raises:
        ReleaseError: it is not.
    """
    if wanted not in text:
        raise ReleaseError(f"{wanted!r} is not in:\n{text}")


if __name__ == "__main__":
    try:
        main()
    except ReleaseError as error:
        sys.exit(str(error))
