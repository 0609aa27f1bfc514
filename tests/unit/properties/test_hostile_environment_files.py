# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Environment files and tags hold exactly what was given: read back by a real shell and by systemd's own code."""

from __future__ import annotations

import ctypes
import glob
import subprocess

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import OptionError
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations import agent_tags, environment_file
from hostile import text
from hypothesis import given
from hypothesis import strategies as st

# What `EnvironmentFile=` is read with; Debian's package libsystemd-shared.
LIBRARIES = glob.glob("/usr/lib/*/systemd/libsystemd-shared-*.so") + glob.glob(
    "/usr/lib/systemd/libsystemd-shared-*.so"
)
variables = st.dictionaries(st.from_regex(r"\A[A-Z][A-Z0-9_]{0,8}\Z"), text, min_size=1, max_size=5)


@pytest.fixture
def read_by_shell(tmp_path):
    """The variables of a file as `sh` has them after it has read it."""

    def read(content, names):
        (tmp_path / "file").write_bytes(content)
        script = "set -eu; . ./file; " + "".join(f"printf '%s\\0' \"${name}\"; " for name in names)
        done = subprocess.run(["sh", "-c", script], cwd=tmp_path, env={}, capture_output=True, check=True, timeout=30)
        assert done.stderr == b""
        return dict(zip(names, done.stdout.decode().split("\0")[:-1], strict=True))

    return read


@pytest.fixture(scope="session")
def load_env_file():
    """The function of that name in systemd's src/basic/env-file.h."""
    if not LIBRARIES:
        pytest.skip("systemd is not installed; a shell still reads the same files")
    return ctypes.CDLL(LIBRARIES[0]).load_env_file


@pytest.fixture
def read_by_systemd(tmp_path, load_env_file):
    """The variables of a file as systemd hands them to a service."""

    def read(content):
        path = tmp_path / "file"
        path.write_bytes(content)
        listed = ctypes.POINTER(ctypes.c_char_p)()
        assert load_env_file(None, str(path).encode(), ctypes.byref(listed)) == 0
        found = []
        while listed and listed[len(found)] is not None:
            found.append(listed[len(found)].decode())
        return dict(variable.split("=", 1) for variable in found)

    return read


def is_accepted(check, *arguments):
    try:
        check(*arguments)
    except OptionError:
        return False
    return True


def written(values):
    """The file with what can be written of them, and that."""
    accepted = {name: value for name, value in values.items() if is_accepted(environment_file.check, name, value)}
    lines = [f"{name}={environment_file.quoted(value)}\n" for name, value in accepted.items()]
    return "".join(lines).encode(), accepted


@given(variables)
def test_a_shell_reads_back_what_was_given(read_by_shell, values):
    content, accepted = written(values)

    assert read_by_shell(content, accepted) == accepted


@given(variables)
def test_systemd_reads_back_what_was_given(read_by_systemd, values):
    content, accepted = written(values)

    assert read_by_systemd(content) == accepted


@given(text)
def test_only_what_such_a_file_cannot_hold_is_refused(value):
    impossible = {chr(code) for code in (*range(32), 127, *range(0xD800, 0xE000), 0xFFFF)} - {"\t"}
    noncharacters = {
        character for character in value if ord(character) & 0xFFFE == 0xFFFE or "\ufdd0" <= character <= "\ufdef"
    }

    assert is_accepted(environment_file.check, "A", value) != bool(set(value) & (impossible | noncharacters))


@given(st.dictionaries(text, text, max_size=3))
def test_tags_read_back_as_the_names_and_values_that_were_given(tags):
    if is_accepted(agent_tags.check, tags):
        pairs = [tag.split(":", 1) for tag in agent_tags.text(tags).split(",")] if tags else []
        assert dict(pairs) == tags
