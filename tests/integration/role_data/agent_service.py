# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A service manager for stand-in agents: their processes are called like their service, and run until they are ended.

In the directory that AGENTS names, NAME.json says what to run, NAME.broken that the service does not come back, and
NAME.pid which process runs.
"""

import contextlib
import json
import os
import signal
import subprocess
import time
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

SECONDS = 20


def stop(place, name):
    """End the process of a service."""
    pid_file = place / f"{name}.pid"
    if pid_file.exists():
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(pid_file.read_text()), signal.SIGKILL)
        pid_file.unlink()


def start(place, name):
    """Start the process of a service, and wait until the agent is connected or has ended."""
    unit = json.loads((place / f"{name}.json").read_text())
    log = place / f"{name}.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [name, *unit["arguments"]],
            executable=unit["executable"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    (place / f"{name}.pid").write_text(str(process.pid))
    give_up = time.monotonic() + SECONDS
    while "connected" not in log.read_text() and process.poll() is None and time.monotonic() < give_up:
        time.sleep(0.02)


def main():
    """Restart a service."""
    module = AnsibleModule(argument_spec={"name": {"type": "str"}, "state": {"type": "str"}, "use": {"type": "str"}})
    place, name = Path(os.environ["AGENTS"]), module.params["name"]
    stop(place, name)
    if (place / f"{name}.broken").exists():
        module.fail_json(msg=f"Unable to restart service {name}")
    start(place, name)
    module.exit_json(changed=True, name=name, state="started")


if __name__ == "__main__":
    main()
