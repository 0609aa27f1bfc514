# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the simulator until SIGTERM: `python tests/simulator --ready-file FILE`."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import tempfile
import threading
from pathlib import Path

if not __package__:
    # Started by its folder: make that folder importable as the package it is.
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from simulator.certificates import Certificates
from simulator.replay import Replay
from simulator.server import Listener
from simulator.simulator import Simulator

PARENT_CHECK_SECONDS = 0.5


def main() -> None:
    """Listen, announce, wait."""
    arguments = _arguments()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    parent = os.getppid()
    with tempfile.TemporaryDirectory(prefix="simulator-") as own_directory:
        certificates = Certificates(arguments.directory or Path(own_directory))
        simulator = Simulator()
        if arguments.replay:
            simulator.replay = Replay(json.loads(arguments.replay.read_text(encoding="utf-8")))
        listeners = {
            "url": Listener(simulator, arguments.port, certificates.valid()),
            "http_url": Listener(simulator, 0, None),
            "wrong_name_url": Listener(simulator, 0, certificates.for_another_name()),
            "expired_url": Listener(simulator, 0, certificates.expired()),
        }
        for listener in listeners.values():
            threading.Thread(target=listener.serve_forever, daemon=True).start()
        urls = {name: listener.url for name, listener in listeners.items()}
        _announce({**urls, "ca_file": str(certificates.ca_file), "pid": os.getpid()}, arguments.ready_file)
        while not stop.wait(PARENT_CHECK_SECONDS):
            if arguments.stop_with_parent and os.getppid() != parent:
                break


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="simulator", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 (default) takes a free one")
    parser.add_argument("--ready-file", type=Path, help="write URLs, CA file and process id here once it listens")
    parser.add_argument("--directory", type=Path, help="existing directory for ca.pem; default: a temporary one")
    parser.add_argument("--replay", type=Path, help="answer as in this record, the `check_record` of somebody")
    parser.add_argument("--stop-with-parent", action="store_true", help="end when the process that started it ends")
    return parser.parse_args()


def _announce(facts: dict[str, object], ready_file: Path | None) -> None:
    text = json.dumps(facts, indent=2)
    if ready_file is None:
        print(text, flush=True)
        return
    # Renaming makes the file appear complete or not at all.
    unfinished = ready_file.with_suffix(".unfinished")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(ready_file)


if __name__ == "__main__":
    main()
