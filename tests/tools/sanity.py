# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs `ansible-test sanity` on the checkout, from any folder and with nothing but pip reaching the network.

ansible-test insists on a path that ends in ansible_collections/ibmcloud/sysdig, and keeps its virtual environments in
the home directory. It gets both under .build. Arguments are handed on: `sanity.py --test pylint plugins/`.
"""

from __future__ import annotations

import ast
import configparser
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / ".build" / "sanity"
TREE = WORK / "ansible_collections" / "ibmcloud" / "sysdig"
HOME = WORK / "home"

# ansible-test downloads this script unless it is there; another ansible-core may ask for another name.
BOOTSTRAP_NAME = "get_pip_24_2.py"
BOOTSTRAP = """\
import subprocess, sys
wanted = [argument for argument in sys.argv[1:] if argument not in ("--no-setuptools", "--no-wheel")]
pip = [{python!r}, "-m", "pip", "--python", sys.executable]
subprocess.run([*pip, "install", "--no-compile", *wanted], check=True)
"""


def copy_checkout() -> None:
    """Copy the files that git tracks or would track, afresh."""
    shutil.rmtree(TREE, ignore_errors=True)
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    for name in filter(None, names):
        if (source := ROOT / name).exists():
            target = TREE / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    # A repository of its own, or ansible-test asks the one around it, which ignores .build.
    subprocess.run(["git", "init", "--quiet"], cwd=TREE, check=True)


def pip_settings() -> configparser.RawConfigParser:
    """The caller's pip settings as one file: ansible-test hands neither PIP_* variables nor the home directory on."""
    listing = [sys.executable, "-m", "pip", "config", "list"]
    settings = configparser.RawConfigParser()
    settings.add_section("global")
    for line in subprocess.run(listing, check=True, capture_output=True, text=True).stdout.splitlines():
        name, value = line.split("=", 1)
        section, option = name.rsplit(".", 1)
        if section in ("global", ":env:"):
            settings.set("global", option, ast.literal_eval(value))
    settings.set("global", "quiet", "1")
    return settings


def prepare_home() -> None:
    """Set up the home directory: pip's settings, and the script that stands in for a download."""
    bootstrap = HOME / ".ansible" / "test" / "cache" / BOOTSTRAP_NAME
    bootstrap.parent.mkdir(parents=True, exist_ok=True)
    bootstrap.write_text(BOOTSTRAP.format(python=sys.executable))
    settings = HOME / ".config" / "pip" / "pip.conf"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.touch(mode=0o600)  # addresses of registries can hold passwords
    with settings.open("w") as file:
        pip_settings().write(file)


def main() -> int:
    copy_checkout()
    prepare_home()
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    command = ["ansible-test", "sanity", "--python", python, "--color", "no", *sys.argv[1:]]
    return subprocess.run(command, cwd=TREE, env={**os.environ, "HOME": str(HOME)}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
