# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Follow a guide as a reader does: save its files, type its commands, in order, in one shell.

A fenced block after "Save as `NAME`:" is a file. In a `console` block, lines after `$` are commands, and the others are
what they print.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"Save as `([^`]+)`:\s*\Z")
PROMPT = re.compile(rb"(?i)password[^\n]*: $")
# Passwords are read from the terminal, not from what a command gets as its input.
TERMINAL = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))"
LONGEST = 300  # seconds for the whole guide, on a machine that has much else to do


@dataclass(frozen=True)
class Step:
    """One block of a guide: a file with its ``content``, or ``commands`` with what they print."""

    name: str = ""
    content: str = ""
    commands: tuple[str, ...] = ()
    output: tuple[str, ...] = ()


class GuideError(Exception):
    """A command of the guide failed, or printed something else than the guide says."""


def steps(text: str) -> list[Step]:
    """Return the blocks of a guide that its reader saves or types, in order."""
    found = []
    for block in BLOCK.finditer(text):
        language, content = block.groups()
        if language == "console":
            lines = content.replace("\\\n", " ").splitlines()
            commands = tuple(line[2:] for line in lines if line.startswith("$ "))
            output = tuple(line for line in lines if line.strip() and not line.startswith("$ "))
            found.append(Step(commands=commands, output=output))
        elif name := FILE.search(text[: block.start()]):
            found.append(Step(name=name[1], content=content))
        else:
            raise GuideError(f"the guide does not say what to do with:\n{content}")
    return found


def follow(guide: list[Step], directory: Path, environment: dict[str, str], password: str) -> str:
    """Do what the guide says, in ``directory``, and return what its commands print.

    ``password`` is typed wherever a command asks for one.

    Raises:
        GuideError: a command fails, or does not print what the guide shows.
    """
    lines = ["set -eu -o pipefail"]
    for step in guide:
        lines += step.commands
        if step.name:
            lines.append(f"cat > {shlex.quote(step.name)} <<'END OF FILE'\n{step.content}END OF FILE")
    script = directory / "guide.sh"
    script.write_text("\n".join(lines) + "\n", encoding="utf-8")
    exit_code, printed = _typed(["bash", str(script)], directory, environment, password)
    if exit_code:
        raise GuideError(f"the guide fails:\n{printed}")
    for line in (line for step in guide for line in step.output):
        # Ansible fills its headings with asterisks to the width of the terminal.
        if line.rstrip("*") not in printed:
            raise GuideError(f"{line!r} is not in what the commands of the guide print:\n{printed}")
    return printed


def _typed(command: list[str], directory: Path, environment: dict[str, str], password: str) -> tuple[int, str]:
    """Run a command in a terminal, answer its questions for a password, and return its exit code and output."""
    with subprocess.Popen(
        [sys.executable, "-c", TERMINAL, *command],
        cwd=directory,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as terminal:
        assert terminal.stdin
        assert terminal.stdout
        limit = threading.Timer(LONGEST, terminal.kill)
        limit.start()
        printed = line = b""
        while read := os.read(terminal.stdout.fileno(), 65536):
            printed += read
            line = (line + read).rpartition(b"\n")[2]
            if PROMPT.search(line):
                terminal.stdin.write(password.encode() + b"\n")
                terminal.stdin.flush()
                line = b""
        limit.cancel()
    return terminal.returncode, printed.decode().replace("\r\n", "\n")
