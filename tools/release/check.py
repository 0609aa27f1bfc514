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

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import guide
from release import notes
from simulator import client
from simulator.ids import METRICS, OWNER_API_KEY

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / ".build" / "release"
IMPORTER, CLEAN, PROJECT, HOST = (WORK / name for name in ("importer", "clean", "project", "host"))
GUIDE = ROOT / "docs" / "getting_started.md"
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
    """Follow docs/getting_started.md in a new environment, with the archive instead of what Galaxy has."""
    environment(CLEAN, *(line for line in PINNED.read_text().splitlines() if line.startswith("ansible-core")))
    for directory in ("etc/prometheus", "etc/default"):
        (HOST / directory).mkdir(parents=True)
    (HOST / "etc" / "prometheus" / "prometheus.yml").write_text("global: {}\n", encoding="utf-8")
    with client.running(WORK) as simulator:
        printed = guide.follow(steps_of_guide(archive, simulator), project(), variables(simulator), "a password")

        expect("changed=0 ", printed)
        expect(simulator.token(METRICS), (HOST / "etc" / "default" / "sysdig-exporter").read_text())
        expect("name: sysdig", (HOST / "etc" / "prometheus" / "prometheus.yml").read_text())
    print("A new environment installs it, and docs/getting_started.md works there.")


def steps_of_guide(archive: Path, simulator: client.SimulatorClient) -> list[guide.Step]:
    """Return the guide with what only its reader knows, for a host that is this machine and has no services."""
    text = GUIDE.read_text(encoding="utf-8")
    own = {
        "install ibmcloud.sysdig": f"install --offline --force {archive}",
        # pip would take the simulator's authority for that of its index.
        "pip install requests": "env --unset=REQUESTS_CA_BUNDLE pip install --quiet requests",
        "IBMCLOUD_API_KEY=...": f"IBMCLOUD_API_KEY={OWNER_API_KEY}",
        "ibmcloud resource service-instances --long": "true",
        "crn:v1:bluemix:public:sysdig-monitor:us-south:a/...:...::": simulator.instance(METRICS)["crn"],
        "https://us-south.monitoring.cloud.ibm.com": simulator.url,
        "path: /etc/prometheus/": f"service: ''\n    validate: ''\n    path: {HOST}/etc/prometheus/",
        "path: /etc/default/": f"path: {HOST}/etc/default/",
    }
    for theirs, ours in own.items():
        expect(theirs, text)
        text = text.replace(theirs, ours)
    return guide.steps(text)


def project() -> Path:
    """Return the directory that the guide's reader starts in: it knows only how to reach the host."""
    host = {
        "ansible_connection": "local",
        "ansible_python_interpreter": str(CLEAN / "bin" / "python"),
        "ansible_become": False,
    }
    path = PROJECT / "sysdig" / "host_vars" / "web1.example.com.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(host), encoding="utf-8")
    return PROJECT


def variables(simulator: client.SimulatorClient) -> dict[str, str]:
    """Return the environment of the guide's reader, whose services are the simulator."""
    return {
        **{name: value for name, value in os.environ.items() if name.startswith("PIP_")},
        "PATH": f"{CLEAN / 'bin'}:{os.environ['PATH']}",
        "HOME": str(WORK / "home"),
        "LC_ALL": "C.UTF-8",
        "IBMCLOUD_IAM_API_ENDPOINT": simulator.url,
        "IBMCLOUD_RESOURCE_CONTROLLER_API_ENDPOINT": simulator.url,
        "SYSDIG_MONITOR_URL": simulator.url,
        "REQUESTS_CA_BUNDLE": simulator.ca_file,
    }


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
    except (ReleaseError, guide.GuideError) as error:
        sys.exit(str(error))
