# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No file with a secret is open to more people than it should be, not even briefly: watched at the system calls."""

from __future__ import annotations

import grp
import os
import re
import shutil
from pathlib import Path

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files import staging
from role_plays import play, retrieving
from simulator.ids import METRICS

CALLS = "open,openat,openat2,creat,mkdir,mkdirat,chmod,fchmod,fchmodat,rename,renameat,renameat2,link,linkat,symlink"
PATH = r'"(?P<path>[^"]+)"'
CREATED = re.compile(rf"open(?:at)?\({PATH}, (?P<flags>\S*O_CREAT\S*), (?P<mode>\d+)\)")
MADE = re.compile(rf"mkdir(?:at)?\({PATH}, (?P<mode>\d+)\)")
CHANGED = re.compile(r'f?chmod(?:at)?\((?:\d+<|")(?P<path>[^">]+)[">], (?P<mode>\d+)')
RENAMED = re.compile(rf'rename\w*\({PATH}, "(?P<to>[^"]+)"')
LINKED = re.compile(rf'linkat\({PATH}, "(?P<to>[^"]+)"')
# A name in a directory that is held open, and one that is a path by itself.
IN_DIRECTORY, ANYWHERE = re.compile(r'\d+<([^>"]+)>, "([^/"][^"]*)"'), re.compile(r'(?:AT_FDCWD[^,"]*|\d+<[^>"]+>), "/')


class Watched:
    """What a run did below a directory, by paths from there. Modes are as requested, without the umask.

    Attributes:
        modes: of every file and directory that was created or changed, in order.
        renamed: from the destination to what it was before.
        kept: further names of files, and what they are otherwise called.
        others: calls that were none of these, and files that may have been there before they were created.
    """

    def __init__(self, traces: Path, place: Path) -> None:
        self.modes: dict[str, list[int]] = {}
        self.renamed: dict[str, str] = {}
        self.kept: dict[str, str] = {}
        self.others: list[str] = []
        lines = [line for trace in traces.iterdir() for line in trace.read_text(errors="replace").splitlines()]
        for line in lines:
            # Calls that failed changed nothing, and files that are opened to be read are of no interest.
            if str(place) not in line or " = -1 " in line or "O_RDONLY" in line:
                continue
            line = ANYWHERE.sub('"/', IN_DIRECTORY.sub(r'"\1/\2"', line)).replace(f"{place}/", "")
            if found := RENAMED.match(line):
                self.renamed[found["to"]] = found["path"]
            elif found := LINKED.match(line):
                self.kept[found["to"]] = found["path"]
            elif found := CREATED.match(line) or MADE.match(line) or CHANGED.match(line):
                self.modes.setdefault(found["path"], []).append(int(found["mode"], 8))
                if "O_EXCL" not in found.groupdict().get("flags", "O_EXCL"):
                    self.others.append(line)
            else:
                self.others.append(line)


def former(path: str) -> str:
    """The further name that a file has until all are in place."""
    directory, name = os.path.split(path)
    return os.path.join(directory, staging.staged_name(name, staging.FORMER))


@pytest.fixture
def watch(playbook, tmp_path):
    """Run plays once and return what was done to each place."""

    def run(name, plays, *places):
        traces = tmp_path / "watched" / name
        traces.mkdir(parents=True)
        # One trace for each process: their calls are not mixed.
        playbook.watched_by = ("strace", "-ff", "--seccomp-bpf", "-y", "-qq", "-e", CALLS, "-o", str(traces / "trace"))
        playbook.run_plays(plays).succeeded()
        return [Watched(traces, place) for place in places]

    return run


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed; .ci/run installs it")
def test_files_of_the_role_and_of_the_run_cache(playbook, simulator, host, entries, watch):
    playbook.write("templates/mine.j2", "{{ sysdig.token }}\n")
    playbook.secret_files |= {"host/*"}
    for kind in ("prometheus", "otel", "grafana", "env_file"):
        entries[kind]["group"] = grp.getgrgid(os.getgid()).gr_name
    entries["env_file"]["path"] = f"{host}/new/env"
    entries["token_file"]["mode"] = "0400"
    plays = [play(retrieving(simulator), [{**entry, "backup": True} for entry in entries.values()])]
    secret = {
        **dict.fromkeys(("prometheus-token", "otel-token", "grafana.yaml", "new/env"), 0o640),
        **dict.fromkeys(("dragent.yaml", "mine"), 0o600),
        "token": 0o400,
    }
    configurations = dict.fromkeys(("prometheus.yml", "otel.yaml"), 0o644)

    local = Path(playbook.environment["ANSIBLE_LOCAL_TEMP"])
    first, cache = watch("first", plays, host, local)
    simulator.reset_token(METRICS, 101)
    (rotated,) = watch("rotated", plays, host)

    for seen, written in ((first, secret | configurations), (rotated, secret)):
        directory = {"new": seen.renamed.pop("new", None)}
        assert seen.modes.pop(directory["new"], [0o700, 0o750]) == [0o700, 0o750]
        backups = {to for to in seen.renamed if to.endswith("~")}
        replaced = {to for to in seen.renamed if to not in backups}
        assert replaced == set(written) - ({"dragent.yaml"} if seen is rotated else set())
        # Each is created for its owner only, and is as it is to be before it is renamed to where it is read.
        assert seen.modes == {path: [0o600, written.get(to, 0o600)] for to, path in seen.renamed.items()}
        assert seen.kept == {former(path): path for path in seen.kept.values()}
        assert seen.others == []
        assert backups
    assert {path: (host / path).stat().st_mode & 0o777 for path in written} == written

    directories = {path for path in cache.modes if path.endswith("/ibmcloud.sysdig")}
    remembered = {path for path in cache.modes if os.path.dirname(path) in directories}
    assert {tuple(cache.modes[path]) for path in directories} == {(0o700,)}
    assert {tuple(cache.modes[path]) for path in remembered} == {(0o600,)}
