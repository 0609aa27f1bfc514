# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user of a host tries while the role writes there as root, and what an administrator edits meanwhile."""

from __future__ import annotations

import os
import shlex
import time

import pytest
from role_plays import GIVEN, TOKEN, play

STRANGER = 64017  # the ID of a user and a group that no host knows
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to another user")


@pytest.fixture
def home(tmp_path, playbook):
    """The directory of a user who is not to be trusted."""
    playbook.secrets |= {"the token": TOKEN}
    playbook.secret_files |= {"alice/*"}
    directory = tmp_path / "alice"
    directory.mkdir(mode=0o755)
    os.chown(directory, STRANGER, STRANGER)
    return directory


@pytest.fixture
def valuable(tmp_path):
    """A file that only root can read."""
    path = tmp_path / "valuable"
    path.write_text("of root\n")
    path.chmod(0o600)
    return path


def integrate(playbook, *arguments, **entry):
    return playbook.run_plays([play(GIVEN, [{"service": "", **entry}])], *arguments)


@pytest.mark.parametrize("arguments", [(), ("--check",)], ids=["run", "check"])
def test_a_link_of_a_user_is_refused_in_a_sentence(playbook, home, valuable, arguments):
    (home / "token").symlink_to(valuable)

    run = integrate(playbook, *arguments, type="token_file", path=f"{home}/token", owner=str(STRANGER))

    assert run.rc == 2
    assert f"{home}/token is a symbolic link that is not followed" in run.output
    assert "Traceback" not in run.output
    assert (valuable.read_text(), valuable.stat().st_uid) == ("of root\n", 0)


def test_absent_deletes_no_file_of_root(playbook, home, valuable):
    (home / "token").symlink_to(valuable)

    integrate(playbook, type="token_file", path=f"{home}/token", state="absent").succeeded()

    assert list(home.iterdir()) == []
    assert valuable.read_text() == "of root\n"


def test_a_configuration_that_is_exchanged_while_it_is_checked_is_not_written(playbook, home, valuable):
    """The command runs as the user, who uses the time."""
    path = home / "prometheus.yml"
    path.write_text("global: {}\n")
    os.chown(path, STRANGER, STRANGER)
    attack = shlex.join(["sh", "-c", f"rm {path} && ln -s {valuable} {path}; cat {path}; true", "%s"])

    # What is above this directory is closed to the user, so root runs the command here.
    run = integrate(playbook, type="prometheus", path=str(path), token_path=f"{home}/token", validate=attack)

    assert run.rc == 2
    assert "Traceback" not in run.output
    assert valuable.read_text() == "of root\n"
    assert not (home / "token").exists()


def test_an_edit_during_the_run_is_merged_too(playbook, etc):
    playbook.secrets |= {"the token": TOKEN}
    playbook.secret_files |= {"etc/*/sysdig-token"}
    path, once = etc / "prometheus" / "prometheus.yml", etc / "once"
    edit = f"test -e {once} || {{ touch {once}; echo '# edited by hand' >> {path}; }}"

    run = integrate(playbook, type="prometheus", path=str(path), validate=shlex.join(["sh", "-c", edit, "%s"]))

    run.succeeded()
    assert "# edited by hand" in path.read_text()
    assert f"{etc}/prometheus/sysdig-token" in path.read_text()
    assert [each.name for each in path.parent.iterdir() if each.name.startswith(".")] == []


@pytest.mark.parametrize("token", ["prometheus", "Z2xvYmFs"])  # the second is "global" in Base64
def test_a_token_that_is_in_path_or_content_loses_no_configuration(playbook, etc, token):
    """A service chooses the token, and Ansible masks it wherever it is in a module's result."""
    playbook.secret_files |= {"etc/*/sysdig-token"}
    path = etc / "prometheus" / "prometheus.yml"
    path.write_text("global:\n  scrape_interval: 15s\n")
    variables = {**GIVEN, "sysdig_integrations_token": token}
    entry = {"type": "prometheus", "path": str(path), "service": "", "create": True}

    run = playbook.run_plays([play(variables, [entry])])

    assert path.read_text().startswith("global:\n  scrape_interval: 15s\n")
    assert "Traceback" not in run.output
    assert run.rc == 0 or "because Ansible masks a part of it" in run.output


def test_a_user_who_never_stops_exchanging_the_file_gets_nothing(playbook, home, valuable):
    """Links, files and directories under the name of the token file, as fast as the machine goes, during two runs."""
    path = home / "token"
    attacker = os.fork()
    if attacker == 0:
        try:
            os.setgroups([])
            os.chdir(home)
            os.setgid(STRANGER)
            os.setuid(STRANGER)
            exchange_for_ever("token", str(valuable))
        finally:
            os._exit(1)
    try:
        for _attempt in range(2):
            run = integrate(playbook, type="token_file", path=str(path), owner="root")
            assert "Traceback" not in run.output
    finally:
        os.kill(attacker, 9)
        os.waitpid(attacker, 0)

    assert (valuable.read_text(), valuable.stat().st_uid, valuable.stat().st_mode & 0o777) == ("of root\n", 0, 0o600)
    for left in home.rglob("*"):
        if left.is_file() and not left.is_symlink() and TOKEN in left.read_text():
            assert (left.stat().st_uid, left.stat().st_mode & 0o077) == (0, 0)


def exchange_for_ever(name, target):
    end = time.monotonic() + 300
    while time.monotonic() < end:
        for create in (lambda: os.symlink(target, name), lambda: open(name, "w").close(), lambda: os.mkdir(name)):
            try:
                create()
            except OSError:
                continue
            for remove in (os.unlink, os.rmdir):
                try:
                    remove(name)
                except OSError:
                    continue
