# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands that check new files: what they see, as whom they run, how long, and what is shown of what they say."""

from __future__ import annotations

import os
import shlex
import time
from pathlib import Path

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.staging import copy_path
from config_files_module import NEW, OLD, STRANGER, config_files, mode, refusal, tree


def script(text, *paths):
    """A command that runs a shell script, which has the file as $0 and further paths as $1 and so on."""
    return shlex.join(["sh", "-c", text, "%s", *map(str, paths)])


def checked(path, command, content=f"{NEW}\n", **options):
    return [{"path": str(path), "content": content, "validate": command, **options}]


@pytest.fixture
def notes(trusted):
    """A file in which commands, whoever runs them, note what they see."""
    path = trusted / "notes"
    path.write_text("")
    path.chmod(0o666)
    return path


# --- What they see ----------------------------------------------------------------------------------------------------


def test_they_see_the_new_file_beside_its_destination(tmp_path):
    path = tmp_path / "conf d" / "my conf"
    (tmp_path / "conf d").mkdir()
    (tmp_path / "conf d" / "rules").write_text("theirs\n")
    command = script(
        'test $(stat -c %a "$0") = 600 && grep -q new "$0" && cat "$(dirname "$0")/rules" > "$1"', tmp_path / "seen"
    )

    config_files(checked(path, command, secret=True))

    assert (tmp_path / "seen").read_text() == "theirs\n"


def test_they_run_only_for_new_content(tmp_path):
    (tmp_path / "conf").write_text("same\n")

    result = config_files(checked(tmp_path / "conf", "false %s", content="same\n", mode="0640"))

    assert result["changed"]
    assert mode(tmp_path / "conf") == 0o640


def test_a_file_written_in_place_is_checked_before(tmp_path):
    (tmp_path / "conf").write_text("theirs\n")
    (tmp_path / "alias").hardlink_to(tmp_path / "conf")

    result = config_files(checked(tmp_path / "conf", "grep -q theirs %s", unsafe_writes=True))

    assert f"grep refuses the new {tmp_path}/conf" in refusal(result)
    assert (tmp_path / "conf").read_text() == "theirs\n"


# --- As whom they run -------------------------------------------------------------------------------------------------

WHO = 'echo "$(id -u) $(id -g) $(id -G) $0" > "$1"'


def test_in_a_directory_of_ours_they_are_ours(trusted, notes):
    config_files(checked(trusted / "conf", script(WHO, notes)))

    assert notes.read_text().split()[0] == str(os.getuid())
    assert Path(notes.read_text().split()[-1]).parent == trusted


def test_in_the_directory_of_a_user_they_are_the_users(strangers, notes):
    (strangers / "conf").write_text("theirs\n")

    result = config_files(checked(strangers / "conf", script(WHO, notes), mode="0644"))

    assert not result.get("failed"), result
    *who, path = notes.read_text().split()
    assert who == [str(STRANGER)] * 3
    assert Path(path).parent == strangers


def test_they_get_nothing_of_our_environment_then(strangers, notes, monkeypatch):
    monkeypatch.setenv("IBMCLOUD_API_KEY", NEW)

    config_files(checked(strangers / "conf", script('env > "$1"', notes), mode="0644", content="x\n"))

    assert "PATH=" in notes.read_text()
    assert "IBMCLOUD_API_KEY" not in notes.read_text()


def test_a_file_that_the_user_may_not_read_is_checked_where_no_user_can_go(strangers, notes):
    result = config_files(checked(strangers / "token", script(WHO, notes), secret=True))

    assert not result.get("failed"), result
    user, *_groups, path = notes.read_text().split()
    assert user == "0"
    assert Path(path) == Path(copy_path()) / "token"
    assert not Path(copy_path()).exists()


@pytest.mark.parametrize("opened", [0o775, 0o1777], ids=oct)
def test_where_several_may_write_a_copy_is_checked(trusted, notes, opened):
    """Beside its destination, any of them could put another file in the place of the new one."""
    shared = trusted / "shared"
    shared.mkdir()
    shared.chmod(opened)
    (shared / "rules").write_text("theirs\n")

    config_files(
        checked(shared / "conf", script('echo $(dirname "$0") > "$1"; cat $(dirname "$0")/rules >> "$1"', notes))
    )

    assert notes.read_text() == f"{copy_path()}\ntheirs\n"


def test_a_user_cannot_have_another_file_checked(strangers, trusted):
    """The command is held up while the user puts a link to root's file in the place of the new one."""
    (trusted / "valuable").write_text("of root\n")
    (trusted / "valuable").chmod(0o600)
    command = script('rm "$0"; ln -s "$1" "$0"; cat "$0"; exit 1', trusted / "valuable")

    result = config_files(checked(strangers / "conf", command, mode="0644"))

    assert "Permission denied" in refusal(result)
    assert "of root" not in str(result)


# --- How long ---------------------------------------------------------------------------------------------------------


def test_they_have_a_time_limit_and_leave_nothing_running(tmp_path):
    (tmp_path / "conf").write_text("theirs\n")
    before = tree(tmp_path)
    command = script('sleep 61 & echo $! > "$1"; echo $$ >> "$1"; sleep 62', tmp_path / "processes")

    result = config_files(checked(tmp_path / "conf", command, validate_timeout=1))

    assert f"sh has not checked the new {tmp_path}/conf within the 1 s of validate_timeout" in refusal(result)
    processes = (tmp_path / "processes").read_text().split()
    (tmp_path / "processes").unlink()
    wait_for_the_end(*processes)
    assert tree(tmp_path) == before


def test_what_they_leave_running_ends_with_them(tmp_path):
    command = script('sleep 63 & echo $! > "$1"', tmp_path / "processes")

    assert config_files(checked(tmp_path / "conf", command, validate_timeout=50))["changed"]

    wait_for_the_end((tmp_path / "processes").read_text().strip())


def wait_for_the_end(*processes):
    """A process that was killed takes a moment to go, and may be left to whoever collects the dead."""
    deadline = time.monotonic() + 30
    for process in processes:
        while (stat := Path("/proc", process, "stat")).exists() and ") Z" not in stat.read_text():
            assert time.monotonic() < deadline, f"{process} lives on"
            time.sleep(0.02)


def test_they_have_no_input(tmp_path):
    assert config_files(checked(tmp_path / "conf", "sh -c 'cat; test -s %s'", validate_timeout=30))["changed"]


# --- What they say ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "content", "hidden", "shown"),
    [
        ({"secret": True}, "level: 1\nfirst of-theirs\nX_KEY=of-theirs\n", ["of-theirs"], ["line 7: bad"]),
        ({"merged": True}, "user: me\npassword: of-theirs # old\n", ["of-theirs"], ["user: me", "line 7: bad"]),
    ],
    ids=["a file that is all about a secret", "a file of others"],
)
def test_what_they_repeat_of_a_file_shows_no_secret(tmp_path, file, content, hidden, shown):
    command = "sh -c 'cat %s; echo line 7: bad; exit 1'"

    result = config_files(checked(tmp_path / "file", command, content=content + f"a {NEW}\n", **file))

    message = refusal(result)
    assert [text for text in hidden if text in str(result)] == []
    assert [text for text in shown if text not in message] == []


def test_what_they_say_is_cut_and_harmless_on_a_terminal(tmp_path):
    command = script("printf '\\033[31mred\\n'; yes no | head -c 100000000; exit 3")

    message = refusal(config_files(checked(tmp_path / "conf", command)))

    assert len(message) < 2000
    assert message.isprintable()


def test_the_path_that_they_name_is_the_users(tmp_path):
    message = refusal(config_files(checked(tmp_path / "conf", script('echo "$0: line 7"; exit 1'))))

    assert message == f"sh refuses the new {tmp_path}/conf. It says: {tmp_path}/conf: line 7"


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("promtool 'check %s", "cannot be split into words: No closing quotation"),
        ("no-such-program %s", "no-such-program, which checks"),
        ("/etc/passwd %s", "/etc/passwd, which checks"),
    ],
)
@pytest.mark.parametrize("check", [False, True])
def test_commands_that_cannot_run(tmp_path, command, message, check):
    assert message in refusal(config_files(checked(tmp_path / "conf", command), check=check))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("seconds", [0, -1])
def test_a_time_limit_that_is_none(tmp_path, seconds):
    result = config_files(checked(tmp_path / "conf", "true %s", validate_timeout=seconds))

    assert f"validate_timeout={seconds} for {tmp_path}/conf is not a number of seconds from 1 on" in refusal(result)


def test_a_program_without_a_format_is_refused_in_a_sentence(tmp_path):
    program = tmp_path / "program"
    program.write_bytes(b"\x7fELF")
    program.chmod(0o755)

    message = refusal(config_files(checked(tmp_path / "conf", f"{program} %s", content=OLD)))

    assert "cannot be run: Exec format error" in message
