# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Provide a directory that its reader may enter, and a systemd that says what a test wants."""

from __future__ import annotations

import http.server
import os
import shutil
import tempfile
import threading
import time
from pathlib import Path

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files import services
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._host_check.host import HostCheck

FILE = {"entry": "Entry 1", "state": "present", "merged": False, "secret": True, "is_token": True, "reader": ""}
PROGRAM = {
    **{"entry": "Entry 1", "type": "prometheus", "name": "sysdig", "service": "", "path": "", "place": 1},
    **{"addresses": [], "metrics_url": "", "is_default_url": False},
}


@pytest.fixture
def etc():
    """A directory that everybody may enter."""
    directory = Path(tempfile.mkdtemp(dir="/run" if os.geteuid() == 0 else None, prefix="ibmcloud.sysdig-test-"))
    directory.chmod(0o755)
    yield directory
    shutil.rmtree(directory)


@pytest.fixture
def systemd(monkeypatch, tmp_path):
    """Let systemd say how a service is: ``systemd(state, process, seconds since its last start or reload)``."""
    monkeypatch.setattr(services, "_SYSTEMD_RUNS", str(tmp_path))
    program = tmp_path / "bin" / "systemctl"
    program.parent.mkdir()
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")

    def answers(state="active", process=0, ago=0.0, load="loaded", files="", **more):
        since = int((time.clock_gettime(time.CLOCK_MONOTONIC) - ago) * 1e6)
        values = f"LoadState={load}\nActiveState={state}\nSubState=x\nMainPID={process}\n"
        values += f"StateChangeTimestampMonotonic={since}\n" + "".join(
            f"{name}={value}\n" for name, value in more.items()
        )
        # What follows ``show`` or ``cat``.
        program.write_text(
            f"#!/bin/sh\ncase $1 in show) cat <<END;; cat) cat <<FILES;; esac\n{values}END\n{files}\nFILES\n"
        )
        program.chmod(0o755)

    return answers


@pytest.fixture
def check():
    """Check files and programs, and return the lines and the reports on files."""

    def run(files=(), programs=()):
        done = HostCheck([{**FILE, **file} for file in files], [{**PROGRAM, **program} for program in programs])
        return done.lines, done.files

    return run


@pytest.fixture
def metrics():
    """A program that shows its metrics: set ``text``, or ``pages`` to show before it, and read ``url``.

    ``authorization`` is that of the last request.
    """

    class Handler(http.server.BaseHTTPRequestHandler):
        text = ""
        pages = ()

        def do_GET(self):
            Handler.authorization = self.headers["Authorization"]
            self.send_response(200)
            self.end_headers()
            text, *Handler.pages = [*self.pages, self.text]
            self.wfile.write(text.encode())

        def log_message(self, *arguments):
            """Be quiet."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever).start()
        Handler.url = f"http://127.0.0.1:{server.server_address[1]}/metrics"
        yield Handler
        server.shutdown()
