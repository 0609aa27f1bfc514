# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Search files and directories for the secrets that come by standard input, as a JSON object by name.

The simulator knows its own: curl .../_simulator/secrets | python tools/secrecy DIRECTORY...
Ends with 1 if one is found, and says where, which and how it is written, but not what it is.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from secrecy.scan import files, search_files


def main() -> int:
    """Search, and report."""
    parser = argparse.ArgumentParser(
        prog="python tools/secrecy", description="Search for the secrets of standard input."
    )
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a file, or a directory with all below it")
    paths = parser.parse_args().paths
    secrets = json.load(sys.stdin)
    if not secrets:
        parser.error("no secrets came by standard input")
    try:
        leaks = search_files(paths, secrets)
        count = sum(1 for path in paths for _file in files(path))
    except OSError as error:
        parser.error(str(error))
    for leak in leaks:
        print(leak)
    print(f"{len(leaks)} leaks of {len(secrets)} secrets in {count} files")
    return 1 if leaks else 0


if __name__ == "__main__":
    sys.exit(main())
