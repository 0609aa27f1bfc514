# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Paths and values that nobody would write on purpose: each is refused at once, in a sentence."""

from __future__ import annotations

import os
import socket
import sys

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.files import FileError
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files import desired, snapshot
from config_files_module import NEW, config_files, needs_root, refusal

STATES = [{"content": NEW}, {"merged": True}, {"state": "absent"}]


def fifo(path):
    os.mkfifo(path)


def listening(path):
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))


def device(path):
    os.mknod(path, 0o20600, os.makedev(4, 0))  # a terminal


@pytest.mark.parametrize(
    ("create", "kind"),
    [
        (os.mkdir, "a directory"),
        (fifo, "a named pipe"),
        (listening, "a socket"),
        pytest.param(device, "a device", marks=needs_root),
    ],
)
@pytest.mark.parametrize("wanted", STATES, ids=str)
def test_what_is_no_file_is_refused_at_once(tmp_path, monkeypatch, create, kind, wanted):
    monkeypatch.chdir(tmp_path)  # a socket's path may not be long
    create("it")
    path = tmp_path / "it"

    assert f"{path} is not a file, but {kind}." in refusal(config_files([{"path": str(path), **wanted}]))
    assert path.exists()


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/", "/ is not a file, but a directory"),
        ("{}/..", "is not a file, but a directory"),
        ("{}/conf/", "is not a directory"),
        ("{}/conf/x", "{}/conf, which {}/conf/x leads through, is not a directory"),
        ("{}/" + "x" * 256, "File name too long"),
        ("{}/" + "x/" * 3000 + "x", "File name too long"),
        ("{}/a\0b", "a character that no path can have"),
        ("{}/\ud800", "a character that no path can have"),
        ("{}/missing/../x", "No such file or directory"),
    ],
)
@pytest.mark.parametrize("wanted", STATES, ids=str)
@pytest.mark.parametrize("check", [False, True])
def test_impossible_paths(tmp_path, path, message, wanted, check):
    (tmp_path / "conf").write_text("theirs\n")

    result = config_files([{"path": path.replace("{}", str(tmp_path)), **wanted}], check=check)

    assert message.replace("{}", str(tmp_path)) in refusal(result)
    assert [entry.name for entry in tmp_path.iterdir()] == ["conf"]


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("owner", "4294967295", "The owner 4294967295 of"),
        ("group", "99999999999999999999", "The group 99999999999999999999 of"),
        ("owner", "²", "The owner ² of"),
        ("owner", "-1", "The owner -1 of"),
        ("group", "a\0b", "does not exist on this host"),
        ("mode", "u=rw", "The mode 'u=rw' of"),
        ("mode", "0999", "three or four octal digits"),
        ("mode", "640\n", "three or four octal digits"),
        ("mode", "00640", "three or four octal digits"),
    ],
)
def test_impossible_values(tmp_path, option, value, message):
    result = config_files([{"path": f"{tmp_path}/conf", "content": NEW, option: value}])

    assert message in refusal(result)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", ["x", "not encoded", "ö"])
def test_content_that_is_not_encoded(content):
    parameters = {"path": "/etc/conf", "state": "present", "content": content, "mode": None}

    with pytest.raises(FileError, match="The content of /etc/conf is not encoded in Base64"):
        desired.desired(parameters, None, None, None)


@pytest.mark.parametrize("wanted", STATES, ids=str)
def test_a_file_that_is_too_large_is_not_read(tmp_path, monkeypatch, wanted):
    path = tmp_path / "prometheus.yml"
    path.touch()
    os.truncate(path, 300 * 2**20)  # it takes no room on the disk

    def reading(*_arguments, **_options):
        raise AssertionError("it was read")

    monkeypatch.setattr(snapshot, "_snapshot", reading)

    message = refusal(config_files([{"path": str(path), **wanted}]))

    assert f"{path} is larger than the 16 MiB" in message
    assert path.exists()


def test_the_largest_file_is_read(tmp_path):
    path = tmp_path / "prometheus.yml"
    path.touch()
    os.truncate(path, snapshot.LARGEST)

    result = config_files([{"path": str(path), "merged": True}], apply=False)

    assert len(result["files"][0]["content"]) > snapshot.LARGEST


def test_a_file_that_says_nothing_of_its_size_is_not_read_for_ever():
    """Such as those of /proc and /sys; or one that grows while it is read."""
    message = refusal(config_files([{"path": "/proc/self/pagemap", "merged": True}], apply=False))

    assert "is larger than the 16 MiB" in message


def test_a_host_that_does_not_run_linux_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "platform", "freebsd14")

    message = refusal(config_files([{"path": f"{tmp_path}/conf", "content": NEW}]))

    assert message.startswith("This host runs freebsd14, and files are written on Linux only.")
    assert list(tmp_path.iterdir()) == []
