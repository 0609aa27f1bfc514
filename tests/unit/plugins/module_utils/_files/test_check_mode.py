# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check mode foresees what the run would refuse, in the same words, and changes nothing."""

from __future__ import annotations

import os
import shlex
import subprocess

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files import command, services
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.staging import copy_path
from config_files_module import NEW, OLD, STRANGER, config_files, in_child, needs_root, refusal, tree


@pytest.fixture
def host(trusted):
    """Directories that anybody may look into."""
    trusted.chmod(0o755)
    (trusted / "conf").write_text("theirs\n")
    (trusted / "conf").chmod(0o644)
    (trusted / "file").write_text("")
    return trusted


def both(files, user=None, **options):
    """What check mode says and what the run says, of a host that is the same for both."""
    foreseen = config_files(files, user=user, check=True, **options)
    return refusal(foreseen), refusal(config_files(files, user=user, **options))


BROKEN = {
    "no such program": {"validate": "no-such-program %s"},
    "refused": {"validate": "sh -c 'echo no; exit 1' %s"},
    "too slow": {"validate": "sleep 60 %s", "validate_timeout": 1},
    "broken quotes": {"validate": "sh -c 'exit %s"},
    "no such owner": {"owner": "nobody-here"},
    "no such group": {"group": "nobody-here"},
    "impossible owner": {"owner": "4294967296"},
    "no mode": {"mode": "rw-r--r--"},
    "not a directory": {"path": "file/conf"},
    "a directory": {"path": ""},
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=list(BROKEN))
def test_the_run_says_what_check_mode_has_said(host, broken):
    before = tree(host)
    entry = {"content": NEW, **broken, "path": os.path.join(host, broken.get("path", "conf"))}

    foreseen, said = both([{"path": f"{host}/other", "content": "x\n"}, entry])

    assert foreseen == said
    assert tree(host) == before


@needs_root
@pytest.mark.parametrize("path", ["conf", "new", "missing/new"])
def test_an_unprivileged_user_is_warned_that_a_directory_is_closed(host, path):
    foreseen, said = both([{"path": f"{host}/{path}", "content": NEW}], user=STRANGER)

    assert foreseen == said
    assert f"Cannot replace {host}/{path}: Permission denied. Does the task need become" in said


@needs_root
@pytest.mark.parametrize("option", ["owner", "group"])
def test_an_unprivileged_user_is_warned_that_files_cannot_be_given_away(strangers, option):
    foreseen, said = both([{"path": f"{strangers}/new", "content": NEW, option: "0"}], user=STRANGER)

    assert foreseen == said
    assert "Operation not permitted" in said
    assert list(strangers.iterdir()) == []


@needs_root
def test_an_unprivileged_user_is_warned_of_a_file_of_another_in_a_sticky_directory(host):
    host.chmod(0o1777)

    foreseen, said = both([{"path": f"{host}/conf", "content": NEW, "secret": True}], user=STRANGER)

    assert foreseen == said
    assert "Operation not permitted" in said


@pytest.fixture
def immutable(host):
    (host / "closed").mkdir()
    (host / "closed" / "conf").write_text("theirs\n")
    (host / "closed" / "sub").mkdir()
    (host / "closed" / "sub" / "conf").write_text("theirs\n")
    paths = [host / "closed", host / "closed" / "sub" / "conf"]
    if subprocess.run(["chattr", "+i", *paths], capture_output=True, check=False).returncode:
        pytest.skip("the file system of the tests knows no immutable files")
    yield host / "closed"
    subprocess.run(["chattr", "-i", *paths], check=True)


@needs_root
@pytest.mark.parametrize("name", ["conf", "new", "missing/new", "sub/conf"])
def test_root_is_warned_of_what_is_immutable(immutable, name):
    foreseen, said = both([{"path": f"{immutable}/{name}", "content": "new\n"}])

    assert foreseen == said
    assert "Operation not permitted" in said


@needs_root
@pytest.mark.parametrize("limit", ["size=4k", "nr_inodes=2"])
def test_a_file_system_that_is_full(host, limit):
    mounted = host / "mounted"
    mounted.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", limit, "tmpfs", mounted], check=True)
    try:
        (mounted / "conf").write_text("theirs\n")
        foreseen, said = both([{"path": f"{mounted}/conf", "content": NEW}])
    finally:
        subprocess.run(["umount", mounted], check=True)

    assert foreseen == said
    assert "Cannot replace" in said
    assert "No space left on device" in said


@needs_root
@pytest.mark.parametrize("name", ["conf", "new"])
def test_a_file_system_that_is_read_only(host, name):
    mounted = host / "mounted"
    mounted.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", mounted], check=True)
    try:
        (mounted / "conf").write_text("theirs\n")
        subprocess.run(["mount", "-o", "remount,ro", mounted], check=True)
        foreseen, said = both([{"path": f"{mounted}/{name}", "content": NEW}])
    finally:
        subprocess.run(["umount", mounted], check=True)

    assert foreseen == said
    assert "Read-only file system" in said


# --- What the commands see --------------------------------------------------------------------------------------------


def script(text, *paths):
    return shlex.join(["sh", "-c", text, "%s", *map(str, paths)])


def test_a_command_sees_a_copy_and_what_is_beside_the_file(host, tmp_path):
    (host / "rules").write_text("theirs\n")
    before = tree(host)
    look = script('cat "$0" "$(dirname "$0")/rules" > "$1"; echo "$0" >> "$1"', tmp_path / "seen")

    result = config_files([{"path": f"{host}/conf", "content": "new\n", "validate": look}], check=True)

    assert result["changed"]
    assert (tmp_path / "seen").read_text() == f"new\ntheirs\n{copy_path()}/conf\n"
    assert tree(host) == before
    assert not os.path.lexists(copy_path())


def test_a_command_in_the_directory_of_a_user_runs_as_the_user(strangers, trusted):
    seen = trusted / "seen"
    seen.write_text("")
    seen.chmod(0o666)
    (strangers / "rules").write_text("theirs\n")
    look = script('id -u > "$1"; cat "$0" "$(dirname "$0")/rules" >> "$1"', seen)

    config_files([{"path": f"{strangers}/conf", "content": "new\n", "mode": "0644", "validate": look}], check=True)

    assert seen.read_text() == f"{STRANGER}\nnew\ntheirs\n"
    assert not os.path.lexists(copy_path())


def test_a_directory_that_is_still_missing_is_no_obstacle(host):
    result = config_files([{"path": f"{host}/missing/conf", "content": "x\n", "validate": "test -s %s"}], check=True)

    assert result["changed"]
    assert not (host / "missing").exists()


# --- Services ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def systemd(monkeypatch, tmp_path):
    """A systemd that has one service, one that is masked, and notes each request."""
    monkeypatch.setattr(services, "_SYSTEMD_RUNS", str(tmp_path))
    program = tmp_path / "bin" / "systemctl"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\necho "$@" >> {tmp_path}/requests\ncase $4 in\n'
        "prometheus) echo LoadState=loaded;;\nold) echo LoadState=masked;;\n*) echo LoadState=not-found;;\nesac\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    return tmp_path / "requests"


@pytest.mark.parametrize(
    ("service", "why"), [("promtheus", "is not known to systemd"), ("old", "is masked"), ("-x", "is not known")]
)
def test_a_service_that_cannot_be_restarted_is_found_before_anything_is_written(host, systemd, service, why):
    entry = {"path": f"{host}/conf", "content": "new\n", "service": service, "service_action": "restarted"}

    foreseen, said = both([entry])

    assert foreseen == said
    assert f"The service {service}, which reads {host}/conf, {why}" in said
    assert (host / "conf").read_text() == "theirs\n"


def test_a_service_is_looked_for_only_if_it_has_to_do_something(host, systemd):
    entry = {"path": f"{host}/conf", "service": "promtheus"}

    for options in ({"content": "theirs\n", "service_action": "restarted"}, {"content": "new\n"}):
        for check in (True, False):
            assert not config_files([{**entry, **options}], check=check).get("failed")

    assert not systemd.exists()


def test_a_service_that_is_there_is_no_obstacle(host, systemd):
    entry = {"path": f"{host}/conf", "content": "new\n", "service": "prometheus", "service_action": "reloaded"}

    assert config_files([entry], check=True)["services"] == {"prometheus": "reloaded"}
    assert systemd.read_text() == "show --property=LoadState -- prometheus\n"


def test_where_systemd_does_not_answer_nothing_is_concluded(host, systemd, monkeypatch):
    for outcome in (command.Outcome(1, "Failed to connect to bus"), command.Outcome(None, "")):
        monkeypatch.setattr(command, "run", lambda *_arguments, outcome=outcome: outcome)
        assert in_child(lambda: services.missing_state("promtheus")) is None


def test_what_check_mode_accepts_the_run_writes(host):
    entry = {"path": f"{host}/new/conf", "content": NEW, "secret": True, "validate": "test -s %s", "backup": True}
    (host / "old").write_text(OLD)
    files = [entry, {"path": f"{host}/old", "state": "absent", "secret": True}]

    assert config_files(files, check=True)["changed"]

    assert not config_files(files).get("failed")
    assert (host / "new" / "conf").read_text() == NEW
