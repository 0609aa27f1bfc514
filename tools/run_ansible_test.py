# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run `ansible-test sanity` or `ansible-test units` on the checkout, from any folder; only pip uses the network.

ansible-test insists on a path that ends in ansible_collections/ibmcloud/sysdig, and keeps its virtual environments in
the home directory. It gets both under .build. Further arguments are passed on to it:
`run_ansible_test.py sanity --test pylint plugins/`.
"""

from __future__ import annotations

import ast
import configparser
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WORK = ROOT / ".build" / "ansible-test"
TREE = WORK / "ansible_collections" / "ibmcloud" / "sysdig"
HOME = WORK / "home"

# ansible-test downloads such a script unless it exists by the name that its ansible-core knows: up to 2.17, up to 2.19,
# and since.
BOOTSTRAP_NAMES = ("get_pip_23_1_2.py", "get_pip_24_2.py", "get_pip_25_2.py")
BOOTSTRAP = """\
import subprocess, sys
wanted = [argument for argument in sys.argv[1:] if argument not in ("--no-setuptools", "--no-wheel")]
pip = [{python!r}, "-m", "pip", "--python", sys.executable]
subprocess.run([*pip, "install", "--no-compile", *wanted], check=True)
"""


def copy_checkout(copy: Path) -> None:
    """Copy the files that git tracks or would track, afresh, into a repository of their own.

    Without one, git and ansible-test would ask the repository around it, which ignores .build.
    """
    shutil.rmtree(copy, ignore_errors=True)
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    for name in filter(None, names):
        if (source := ROOT / name).exists():
            target = copy / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    subprocess.run(["git", "init", "--quiet"], cwd=copy, check=True)


def write_pip_settings(path: Path) -> None:
    """Write the caller's pip settings, PIP_* variables included, as one file, to be used without them and the home."""
    listing = [sys.executable, "-m", "pip", "config", "list"]
    settings = configparser.RawConfigParser()
    settings.add_section("global")
    for line in subprocess.run(listing, check=True, capture_output=True, text=True).stdout.splitlines():
        name, value = line.split("=", 1)
        section, option = name.rsplit(".", 1)
        # A file with constraints is not where the settings go; the locks pin everything.
        if section in ("global", ":env:") and option != "constraint":
            settings.set("global", option, ast.literal_eval(value))
    settings.set("global", "quiet", "1")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)  # addresses of registries can hold passwords
    with path.open("w") as file:
        settings.write(file)


def prepare_home() -> None:
    """Set up the home directory: pip's settings, and the script that stands in for a download."""
    cache = HOME / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    for name in BOOTSTRAP_NAMES:
        (cache / name).write_text(BOOTSTRAP.format(python=sys.executable))
    # ansible-test passes neither PIP_* variables nor the home directory on.
    write_pip_settings(HOME / ".config" / "pip" / "pip.conf")


def main() -> int:
    kind, *further = sys.argv[1:]
    copy_checkout(TREE)
    prepare_home()
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    # ansible-test looks for pytest beside the other commands, too.
    beside = Path(sys.executable).parent
    environment = {**os.environ, "HOME": str(HOME), "PATH": f"{beside}:{os.environ['PATH']}"}
    command = [str(beside / "ansible-test"), kind, "--python", python, "--color", "no", *further]
    return subprocess.run(command, cwd=TREE, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
