# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the container images that tests run in, from Debian's packages alone: `python tools/containers NAME...`.

No image is pulled, so no registry is needed. An image is built once and found again by its recipe: its tag is a digest
of what it is made of. `localhost/ibmcloud-sysdig/NAME:latest` is the newest.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
from dataclasses import astuple, dataclass


@dataclass(frozen=True)
class Recipe:
    """A Debian release, and the packages beside its essential ones."""

    suite: str
    packages: tuple[str, ...]


# What a host of the role has: systemd as its first process, sshd and Python for Ansible, and what the role configures.
HOST = (
    "ca-certificates",
    "dbus",
    "iproute2",
    "openssh-server",
    "procps",
    "prometheus",
    "prometheus-node-exporter",
    "python3",
    "python3-venv",
    "sudo",
    "systemd-sysv",
    "victoria-metrics",
)

# What runs the tests with another Python, and ansible-test, which wants a git checkout.
CONTROLLER = (
    "acl",
    "attr",
    "ca-certificates",
    "git",
    "make",
    "openssh-client",
    "prometheus",
    "python3",
    "python3-venv",
    "strace",
    "victoria-metrics",
)

RECIPES = {
    "debian-12-host": Recipe("bookworm", HOST),
    "debian-13-host": Recipe("trixie", HOST),
    "debian-13-controller": Recipe("trixie", CONTROLLER),
}


def build(name: str) -> None:
    """Build the image of this name unless it exists. The first build takes about a minute.

    Raises:
        subprocess.CalledProcessError: mmdebstrap or podman fails, and has said why.
    """
    recipe = RECIPES[name]
    digest = hashlib.sha256(repr(astuple(recipe)).encode()).hexdigest()[:12]
    repository = f"localhost/ibmcloud-sysdig/{name}"
    image = f"{repository}:{digest}"
    if subprocess.run(["podman", "image", "exists", image], check=False).returncode:
        print(f"{image}: building", flush=True)
        debootstrap = ["mmdebstrap", "--quiet", "--variant=minbase", f"--include={','.join(recipe.packages)}"]
        with subprocess.Popen([*debootstrap, recipe.suite, "-"], stdout=subprocess.PIPE) as archive:
            subprocess.run(["podman", "import", "--quiet", "-", image], stdin=archive.stdout, check=True)
        if archive.returncode:
            subprocess.run(["podman", "rmi", image], check=True)
            raise subprocess.CalledProcessError(archive.returncode, debootstrap)
    subprocess.run(["podman", "tag", image, f"{repository}:latest"], check=True)
    print(image)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="+", choices=RECIPES, metavar="NAME", help=", ".join(RECIPES))
    for name in dict.fromkeys(parser.parse_args().names):
        build(name)
