# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module config_files, run as Ansible runs it: a process that reads its arguments and prints its result."""

from __future__ import annotations

import base64
import grp
import os

import pytest
from config_files_module import NEW, OLD, config_files, mode, tree


def own_group():
    return grp.getgrgid(os.getgid()).gr_name


def test_a_new_secret_is_for_its_owner_only_and_so_is_its_directory(tmp_path):
    path = tmp_path / "a" / "b" / "token"
    result = config_files([{"path": str(path), "content": NEW, "secret": True}])
    assert result["changed"]
    assert result["files"] == [{"path": str(path), "changed": True}]
    assert path.read_text() == NEW
    assert (mode(path), mode(path.parent), mode(path.parent.parent)) == (0o600, 0o700, 0o700)
    assert not config_files([{"path": str(path), "content": NEW, "secret": True}])["changed"]


def test_the_group_of_its_reader_may_read_a_secret(tmp_path):
    path = tmp_path / "a" / "token"
    config_files([{"path": str(path), "content": NEW, "secret": True, "consumer_group": own_group()}])
    assert (mode(path), mode(path.parent), path.stat().st_gid) == (0o640, 0o750, os.getgid())


def test_a_group_that_the_host_lacks_counts_only_if_it_was_requested(tmp_path):
    path = tmp_path / "token"
    config_files([{"path": str(path), "content": NEW, "secret": True, "consumer_group": "no-such-group"}])
    assert mode(path) == 0o600
    for option in ("owner", "group"):
        result = config_files([{"path": str(path), "content": NEW, option: "nobody-here"}])
        assert result["failed"]
        assert f"The {option} nobody-here of {path} does not exist" in result["msg"]


def test_requested_permissions_win(tmp_path):
    path = tmp_path / "token"
    wanted = {"path": str(path), "content": NEW, "secret": True, "owner": str(os.getuid()), "mode": "0400"}
    config_files([wanted])
    assert mode(path) == 0o400
    assert not config_files([wanted])["changed"]


def test_a_secret_file_that_was_open_to_all_is_closed(tmp_path):
    path = tmp_path / "token"
    path.write_text(NEW)
    path.chmod(0o644)
    result = config_files([{"path": str(path), "content": NEW, "secret": True}])
    assert result["changed"]
    assert mode(path) == 0o600
    (difference,) = result["diff"]
    assert "mode: 0644" in difference["before"]
    assert "mode: 0600" in difference["after"]


def test_a_configuration_without_secrets_keeps_its_permissions(tmp_path):
    path = tmp_path / "prometheus.yml"
    path.write_text("a: 1\n")
    path.chmod(0o664)
    config_files([{"path": str(path), "content": "a: 2\n", "merged": True, "consumer_group": own_group()}])
    assert (path.read_text(), mode(path)) == ("a: 2\n", 0o664)


def test_two_paths_of_one_file_are_refused(tmp_path):
    result = config_files([{"path": f"{tmp_path}/a", "content": "a\n"}, {"path": f"{tmp_path}/b/../a", "content": "b"}])
    assert result["failed"]


@pytest.mark.parametrize("check", [True, False], ids=["check mode", "only comparing"])
def test_what_would_change_is_said_and_nothing_changed(tmp_path, check):
    (tmp_path / "there").write_text("theirs\n")
    before = tree(tmp_path)
    result = config_files(
        [
            {"path": str(tmp_path / "there"), "merged": True},
            {"path": str(tmp_path / "d" / "new"), "content": NEW, "secret": True, "validate": "true %s"},
        ],
        check=check,
        apply=check,
    )
    assert result["changed"]
    assert tree(tmp_path) == before
    reports = [{key: value for key, value in file.items() if key != "fingerprint"} for file in result["files"]]
    assert reports == [
        {"path": str(tmp_path / "there"), "changed": False, "content": base64.b64encode(b"theirs\n").decode()},
        {"path": str(tmp_path / "d" / "new"), "changed": True},
    ]


@pytest.mark.parametrize(
    ("last", "message"),
    [
        ({"content": "x\n", "validate": "sh -c 'echo $0 is bad: new-token-1234; exit 3' %s"}, "sh refuses the new"),
        ({"content": "x\n", "validate": "no-such-program %s"}, "no-such-program, which checks"),
        ({"content": "x\n", "path": "/proc/sysdig/x"}, "Cannot replace /proc/sysdig/x"),
    ],
)
def test_one_that_fails_leaves_all_as_they_were(tmp_path, last, message):
    (tmp_path / "first").write_text("old\n")
    (tmp_path / "gone").write_text("old\n")
    before = tree(tmp_path)
    result = config_files(
        [
            {"path": str(tmp_path / "first"), "content": "new\n", "backup": True},
            {"path": str(tmp_path / "gone"), "state": "absent"},
            {"path": str(tmp_path / "d" / "second"), "content": "new\n"},
            {"path": str(tmp_path / "last"), **last},
        ]
    )
    assert result["failed"]
    assert message in result["msg"]
    assert "changed" not in result["msg"]  # whoever calls the module says so once
    assert tree(tmp_path) == before


def test_deleting(tmp_path):
    path = tmp_path / "token"
    path.write_text(f"{OLD}\n")
    path.chmod(0o644)
    result = config_files([{"path": str(path), "state": "absent", "secret": True, "backup": True}])
    assert result["changed"]
    assert not path.exists()
    (report,) = result["files"]
    kept = tmp_path / report["backup_file"]
    assert kept.read_text() == f"{OLD}\n"
    assert mode(kept) == 0o600
    assert not config_files([{"path": str(path), "state": "absent"}])["changed"]


def test_differences_in_plain_text_on_request(tmp_path):
    path = tmp_path / "token"
    path.write_text(OLD)
    result = config_files([{"path": str(path), "content": NEW, "secret": True}], show_secrets=True, secrets=[])
    assert (result["diff"][0]["before"], result["diff"][0]["after"]) == (OLD, NEW)
