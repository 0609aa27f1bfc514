# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find secrets in text and files, in every spelling in which software may repeat them.

Written without a look at the collection's own redact.py, which it is to check.
"""

from __future__ import annotations

import base64
import functools
import html
import json
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, quote_plus


class Leak(NamedTuple):
    """A secret where it must not be. ``secret`` is its name, not its value."""

    place: str
    secret: str
    spelling: str

    def __str__(self) -> str:
        return f"{self.place}: {self.secret}, {self.spelling}"


@functools.lru_cache(maxsize=4096)
def spellings(secret: str) -> dict[bytes, str]:
    """Return the ways to write a secret: what to search for, and what that spelling is called."""
    plain = secret.encode()
    in_url = {quote(secret), quote(secret, safe=""), quote_plus(secret), quote_plus(secret, safe="/")}
    in_json = {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    by_name = {
        "plain": {secret},
        "in a URL": in_url | {re.sub("%..", lambda escape: escape.group().lower(), spelled) for spelled in in_url},
        "in JSON": in_json,
        "in JSON within JSON": {json.dumps(spelled)[1:-1] for spelled in in_json},
        "in a Python literal": {repr(secret)[1:-1]},
        "in YAML": {secret.replace("'", "''")},
        "in HTML": {html.escape(secret), html.escape(secret, quote=False)},
        "quoted for a shell": {shlex.quote(secret).strip("'"), re.sub(r"([^\w@%+=:,./-])", r"\\\1", secret)},
        "hexadecimal": {plain.hex(), plain.hex().upper()},
        "Base64": {spelled for shift in range(3) for spelled in _in_base64(plain, shift)},
    }
    found: dict[bytes, str] = {}
    for name, spelled in by_name.items():
        for text in spelled:
            found.setdefault(text.encode(), name)
    return found


def _in_base64(plain: bytes, shift: int) -> set[str]:
    """Return what stands for ``plain`` alone when it comes after ``shift`` other bytes, in both alphabets."""
    encoded = base64.b64encode(b"\0" * shift + plain).decode()
    first = (0, 2, 3)[shift]
    last = len(encoded.rstrip("=")) - (1 if encoded.endswith("=") else 0)
    ours = encoded[first:last]
    return {ours, ours.replace("+", "-").replace("/", "_")}


def search(place: str, content: bytes, secrets: Mapping[str, str]) -> list[Leak]:
    """Return the secrets in ``content``, each once. ``secrets`` are values by name, ``place`` is for the report."""
    leaks = []
    for name, secret in secrets.items():
        spelling = next((known for spelled, known in spellings(secret).items() if spelled in content), None)
        if spelling is not None:
            leaks.append(Leak(place, name, spelling))
    return leaks


def search_files(paths: Iterable[Path], secrets: Mapping[str, str]) -> list[Leak]:
    """Return the secrets in files, and in all files below directories, and in their names.

    Raises:
        OSError: a path is not there, or cannot be read.
    """
    return [
        leak
        for path in paths
        for file in files(path)
        for leak in search(str(file), str(file).encode() + b"\n" + file.read_bytes(), secrets)
    ]


def files(path: Path) -> Iterator[Path]:
    """Return the regular files at and below a path, hidden ones too; links are not followed."""
    if not path.is_dir():
        path.stat()  # says that it is not there
        yield path
        return
    yield from (below for below in sorted(path.rglob("*")) if below.is_file() and not below.is_symlink())
