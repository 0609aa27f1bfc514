# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build an execution environment from the shipped example, as users do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BIN = Path(sys.executable).parent
EXAMPLE = ROOT / "extensions" / "execution-environment" / "execution-environment.yml"
IMAGE = "localhost/ibmcloud-sysdig/execution-environment"
# pip in the build reaches its index as pip outside does: over the host's network, trusting whom the host trusts.
AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"
# A layer for each of the seventy steps takes longer than the cache that they would be saves.
BUILD_ARGUMENTS = f"--layers=false --network=host --volume={AUTHORITIES}:{AUTHORITIES}:ro"
LONGEST_BUILD = 1200  # seconds


def definition() -> dict[str, Any]:
    """Return the example, changed as debian.yml says."""
    example, different = (yaml.safe_load(path.read_text(encoding="utf-8")) for path in (EXAMPLE, HERE / "debian.yml"))
    changed = {section: {**example.get(section, {}), **settings} for section, settings in different.items()}
    return {**example, **changed}


def build(directory: Path, environment: dict[str, str]) -> str:
    """Build the image with these additional variables, and return its name. Its own files go into ``directory``."""
    run(BIN / "ansible-galaxy", "collection", "build", ROOT, "--output-path", directory)
    (archive,) = directory.glob("*.tar.gz")
    archive.rename(directory / "ibmcloud-sysdig.tar.gz")
    file = directory / "execution-environment.yml"
    file.write_text(json.dumps(definition()), encoding="utf-8")
    context = ("--file", file, "--context", directory / "context")
    extra = ("--extra-build-cli-args", BUILD_ARGUMENTS)
    run(BIN / "ansible-builder", "build", *context, "--tag", IMAGE, *extra, environment=environment)
    return IMAGE


def run(*command: str | Path, environment: dict[str, str] | None = None) -> str:
    """Run a command, and return its output, which is shown if the command fails."""
    done = subprocess.run(
        [str(part) for part in command],
        env={**os.environ, **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LONGEST_BUILD,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout
