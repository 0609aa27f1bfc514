# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the module config_files as Ansible does: a process that reads its arguments and prints its result."""

from __future__ import annotations

import base64
import importlib
import io
import json
import os
import pickle
import shutil
import signal
import stat
import struct
import subprocess
import sys
import tempfile
import traceback
from contextlib import contextmanager, redirect_stdout, suppress
from pathlib import Path

import pytest
from ansible.module_utils import basic
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files import acl, staging
from ansible_collections.ibmcloud.sysdig.plugins.modules import config_files as module

COLLECTIONS = Path(__file__).resolve().parents[2] / ".build" / "collections"
NEW, OLD = "new-token-1234", "old-token-9876"
MODULE = "ansible_collections.ibmcloud.sysdig.plugins.modules.config_files"
STRANGER = 64017  # the ID of a user and a group that no host knows

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to another user")


@contextmanager
def lock_of_its_own(monkeypatch):
    """A place for the locks of one test, so that tests wait for no other run on this machine."""
    above = "/run" if os.geteuid() == 0 else None
    place = Path(tempfile.mkdtemp(dir=above, prefix="ibmcloud.sysdig-locks-"))
    place.chmod(0o1777)
    monkeypatch.setattr(staging, "_parent", lambda: str(place))
    yield
    shutil.rmtree(place)


# Imported late by ansible-core 2.19 and newer, which another user may not read where ansible-test has put it.
for _profile in ("_module_legacy_c2m", "_module_legacy_m2c"):
    with suppress(ImportError):
        importlib.import_module(f"ansible.module_utils._internal._json._profiles.{_profile}")


def encoded(content):
    return base64.b64encode(content.encode()).decode()


def arguments(files, check=False, **options):
    """What the module reads from its standard input."""
    values = {
        "files": [{**file, "content": encoded(file["content"])} if "content" in file else file for file in files],
        "secrets": [NEW],
        **options,
        "_ansible_check_mode": check,
        "_ansible_diff": True,
        "_ansible_remote_tmp": os.environ.get("TMPDIR", "/tmp"),
    }
    return json.dumps({"ANSIBLE_MODULE_ARGS": values})


def start(files, **options):
    """Start the module as a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", MODULE],
        env={**os.environ, "PYTHONPATH": str(COLLECTIONS)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    process.stdin.write(arguments(files, **options))
    process.stdin.close()
    process.stdin = None  # communicate() would flush it
    return process


def config_files(files, user=None, **options):
    """Run the module in a child of this process, which is quicker, and return its result."""
    return in_child(lambda: in_process(files, **options), user)


def finished(process, **options):
    """The result of a process that ``start`` has started."""
    output, errors = process.communicate(timeout=60)
    assert errors == ""
    return _checked(json.loads(output), options)


def _checked(result, options):
    shown = json.dumps({key: value for key, value in result.items() if key != "files"})
    assert options.get("show_secrets") or (NEW not in shown and OLD not in shown)
    return result


def in_process(files, **options):
    """Run the module in this process, which has to be a child that ends afterwards."""
    basic._ANSIBLE_ARGS = None  # what an earlier run in this process has read
    output = io.StringIO()
    sys.argv = [MODULE]
    sys.stdin = io.TextIOWrapper(io.BytesIO(arguments(files, **options).encode()))
    with redirect_stdout(output), suppress(SystemExit):
        module.main()
    return _checked(json.loads(output.getvalue()), options)


class Child:
    """A function at work in a child of this process, as another user if need be."""

    def __init__(self, function, user=None):
        reading, writing = os.pipe()
        self.process = os.fork()
        if self.process == 0:
            os.close(reading)
            self._work(function, user, writing)
        os.close(writing)
        self._stream = os.fdopen(reading, "rb")

    @staticmethod
    def _work(function, user, writing):
        status = 1
        try:
            if user is not None:
                os.setgroups([])
                os.setgid(user)
                os.setuid(user)
            returned = function()
            with os.fdopen(writing, "wb") as stream:
                pickle.dump(returned, stream)
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)

    def result(self):
        """What the function returned; None if the child was killed."""
        with self._stream:
            output = self._stream.read()
        status = os.waitpid(self.process, 0)[1]
        if os.WIFSIGNALED(status):
            assert os.WTERMSIG(status) == signal.SIGKILL
            return None
        assert status == 0, "the child failed, and says why above"
        return pickle.loads(output)


def in_child(function, user=None):
    """Call a function in a child of this process, as another user if need be, and return what it returns."""
    return Child(function, user).result()


def listed(owner=6, group=0, others=0, mask=4, **users):
    """An access control list in which users may read, as the kernel has it."""
    named = [(acl.USER, permissions, int(user[1:])) for user, permissions in users.items()]
    entries = [(acl.OWNER, owner, 2**32 - 1), *named, (acl.OWNING_GROUP, group, 2**32 - 1)]
    entries += [(acl.MASK, mask, 2**32 - 1), (acl.OTHERS, others, 2**32 - 1)]
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


def mode(path):
    return stat.S_IMODE(path.lstat().st_mode)


def tree(directory):
    """Everything below a directory: type and mode, and what is in it."""
    return {
        str(path.relative_to(directory)): (
            path.lstat().st_mode,
            os.readlink(path) if path.is_symlink() else path.read_bytes() if path.is_file() else None,
        )
        for path in sorted(directory.rglob("*"))
    }


def refusal(result):
    """The message of a refusal, which is sentences and no traceback."""
    assert result.get("failed"), result
    assert "Traceback" not in str(result)
    assert result["msg"][0] == result["msg"][0].strip()
    return result["msg"]
