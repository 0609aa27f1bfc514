# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Services whose files have changed, remembered on the host until somebody has seen to them."""

from __future__ import annotations

import stat

import pytest
from config_files_module import NEW, OLD, config_files


@pytest.fixture
def pending(tmp_path):
    """Where the host remembers; not there yet."""
    return tmp_path / "run" / "ibmcloud.sysdig"


@pytest.fixture
def run(tmp_path, pending):
    def run(*files, **options):
        files = [{**file, "path": str(tmp_path / file["path"])} for file in files]
        return config_files(files, pending_directory=str(pending), **options)

    (tmp_path / "run").mkdir()
    return run


def file(action="restarted", content=NEW, path="file", service="agent"):
    return {"path": path, "content": content, "secret": True, "service": service, "service_action": action}


def test_a_change_is_remembered_until_the_service_was_notified(run, pending):
    assert run(file())["services"] == {"agent": "restarted"}
    assert (pending / "agent").read_text() == "restarted"
    again = run(file())
    assert (again["changed"], again["services"]) == (True, {"agent": "restarted"})
    assert [item["changed"] for item in again["files"]] == [False]
    notified = run(notified=["agent", "never heard of"])
    assert (notified["changed"], notified["services"]) == (True, {})
    assert list(pending.iterdir()) == []
    after = run(file(), notified=["agent"])
    assert (after["changed"], after["services"]) == (False, {})


def test_it_says_why_it_changed_although_no_file_did(run):
    run(file())
    (difference,) = run(file())["diff"]
    assert difference["before_header"] == difference["after_header"] == "service agent"
    assert "restarted" in difference["after"]


@pytest.mark.parametrize("actions", [("restarted", "reloaded"), ("reloaded", "restarted")])
def test_a_restart_does_what_a_reload_does_and_more(run, pending, actions):
    first, second = actions
    assert run(file(first))["services"] == {"agent": first}
    assert run(file(second, content=OLD))["services"] == {"agent": "restarted"}
    assert (pending / "agent").read_text() == "restarted"


def test_only_the_services_of_these_files_are_notified(run, pending):
    run(file(service="other"))
    assert run(file(path="second"))["services"] == {"agent": "restarted"}
    assert {path.name for path in pending.iterdir()} == {"agent", "other"}


def test_files_without_a_service_remember_nothing(run, pending):
    assert run({"path": "file", "content": NEW}, file("none", path="second"))["services"] == {}
    assert not pending.exists()


def test_what_did_not_come_about_is_not_remembered(run, pending):
    run({**file(), "validate": "false %s"})
    assert not pending.exists()
    assert run(file(), check=True)["services"] == {"agent": "restarted"}
    assert run(file(), apply=False)["services"] == {"agent": "restarted"}
    assert not pending.exists()


def test_a_look_forgets_nothing(run, pending):
    run(file())
    run(notified=["agent"], check=True)
    run(notified=["agent"], apply=False)
    assert (pending / "agent").exists()


def test_a_deletion_is_a_change(run, pending):
    run(file())
    run(notified=["agent"])
    run({"path": "file", "state": "absent", "service": "agent", "service_action": "restarted"})
    assert (pending / "agent").read_text() == "restarted"


def test_only_the_owner_can_look(run, pending):
    run(file())
    assert stat.S_IMODE(pending.stat().st_mode) == 0o700
    assert stat.S_IMODE((pending / "agent").stat().st_mode) == 0o600


@pytest.mark.parametrize("service", ["../escape", "..", "a/b", "name@1.service", "x" * 200])
def test_a_service_of_any_name(run, pending, tmp_path, service):
    run(file(service=service))
    assert run(file(service=service))["services"] == {service: "restarted"}
    assert len(list(pending.iterdir())) == 1
    assert {path.name for path in tmp_path.iterdir()} == {"run", "file"}


@pytest.mark.parametrize("content", [b"", b"stopped", b"\xff"])
def test_what_it_does_not_understand_counts_as_a_restart(run, pending, content):
    run(file("reloaded"))
    (pending / "agent").write_bytes(content)
    assert run(file("reloaded"))["services"] == {"agent": "restarted"}


def test_without_a_place_nothing_is_remembered_and_all_else_works(run, pending, tmp_path):
    for place in ("", "/proc/no/such/place"):
        (tmp_path / "file").unlink(missing_ok=True)
        result = config_files([{**file(), "path": str(tmp_path / "file")}], pending_directory=place)
        assert result["services"] == {"agent": "restarted"}
        assert (tmp_path / "file").read_text() == NEW
    assert not pending.exists()
