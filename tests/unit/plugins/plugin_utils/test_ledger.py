# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ledger keeps what was written and what is to be notified, and says so if it cannot."""

from __future__ import annotations

import stat

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import SysdigError
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._ledger import Ledger

US, ROOT = (False, "", ""), (True, "root", "sudo")
PRESENT = {"path": "/a", "name": "n", "state": "present"}


@pytest.fixture
def ledger(tmp_path):
    return Ledger(str(tmp_path), "b")


def anything(files):
    pass


def files_of(ledger, check_mode=False):
    seen = []
    ledger.withdraw(ledger.enter([], seen.extend, check_mode))
    return seen


def call(ledger, *files, services=(), caller="a", user=US, pending_directory="", check_mode=False):
    ledger.finish(ledger.enter(files, anything, check_mode))
    ledger.note_services(dict(services), caller, user, pending_directory)


def test_a_call_replaces_what_earlier_ones_wrote_under_the_same_name(ledger):
    call(ledger, {**PRESENT, "label": "first"}, {**PRESENT, "name": "m"})
    call(ledger, {**PRESENT, "label": "second"})
    assert files_of(ledger) == [{**PRESENT, "name": "m"}, {**PRESENT, "label": "second"}]


def test_what_was_taken_out_is_not_noted(ledger):
    call(ledger, PRESENT)
    call(ledger, {**PRESENT, "state": "absent"})
    assert files_of(ledger) == []


def test_a_call_is_seen_while_it_writes_and_not_after_it_failed(ledger):
    name = ledger.enter([PRESENT], anything, False)
    assert files_of(ledger) == [PRESENT]
    ledger.withdraw(name)
    assert files_of(ledger) == []


def test_a_call_that_is_refused_is_not_noted(ledger):
    def refuse(files):
        raise RuntimeError

    with pytest.raises(RuntimeError):
        ledger.enter([PRESENT], refuse, False)
    assert files_of(ledger) == []


def test_services_are_taken_once_with_the_stronger_action_and_until_they_are_forgotten(ledger, tmp_path):
    call(ledger, services={"x": "reloaded", "y": "restarted"}, caller="a", pending_directory="/run/p")
    call(ledger, services={"x": "restarted"}, caller="c")
    call(ledger, services={"z": "restarted"}, caller="c")
    (same,) = Ledger.with_notes_for(str(tmp_path), "a")
    for _attempt in range(2):
        assert [(each["name"], each["action"], each["host"]) for each in same.take_services("a", US)] == [
            ("x", "restarted", "b"),
            ("y", "restarted", "b"),
        ]
    assert [each["name"] for each in ledger.take_services("c", US)] == ["z"]
    ledger.forget_services("a", ["x"])
    assert [each["name"] for each in ledger.take_services("a", US)] == ["y"]
    call(ledger, services={"x": "reloaded"}, caller="c")
    assert [each["name"] for each in ledger.take_services("c", US)] == ["x", "z"]


def test_services_are_taken_by_the_handlers_of_the_user_that_wrote_their_files(ledger):
    call(ledger, services={"x": "reloaded", "y": "restarted"})
    call(ledger, services={"x": "restarted", "z": "restarted"}, user=ROOT)
    assert [each["name"] for each in ledger.take_services("a", US)] == ["y"]
    assert [(each["name"], each["action"]) for each in ledger.take_services("a", ROOT)] == [
        ("x", "restarted"),
        ("z", "restarted"),
    ]


def test_a_call_in_check_mode_is_seen_by_others_in_check_mode_alone(ledger):
    call(ledger, PRESENT)
    call(ledger, {**PRESENT, "state": "absent"}, check_mode=True)
    call(ledger, {**PRESENT, "path": "/b"}, check_mode=True)
    assert files_of(ledger) == [PRESENT]
    assert files_of(ledger, check_mode=True) == [{**PRESENT, "path": "/b"}]


def test_hosts_have_ledgers_of_their_own_which_only_their_owner_reads(ledger, tmp_path):
    call(ledger, PRESENT, services={"x": "reloaded"})
    call(Ledger(str(tmp_path), "../c"), {**PRESENT, "path": "/c"})
    assert files_of(ledger) == [PRESENT]
    found = list(tmp_path.rglob("*"))
    assert {stat.S_IMODE(path.stat().st_mode) for path in found if path.is_dir()} == {0o700}
    assert {stat.S_IMODE(path.stat().st_mode) for path in found if path.is_file()} == {0o600}


def test_handlers_look_only_into_ledgers_that_have_notes_for_them(ledger, tmp_path):
    """Handlers run on each host: with all ledgers, 500 hosts would read 500 files each."""
    other, nothing = Ledger(str(tmp_path), "../c"), Ledger(str(tmp_path), "d")
    for each in (ledger, other, nothing):
        call(each, PRESENT)
    call(ledger, services={"x": "reloaded"}, caller="a")
    call(other, services={"x": "reloaded"}, caller="a")
    call(other, services={"y": "reloaded"}, caller="e")

    def hosts(caller):
        return sorted(each.host for each in Ledger.with_notes_for(str(tmp_path), caller))

    assert (hosts("a"), hosts("e"), hosts("d")) == (["../c", "b"], ["../c"], [])
    other.take_services("a", US)
    other.forget_services("a", ["x"])
    assert [each["name"] for each in other.take_services("e", US)] == ["y"]


@pytest.mark.parametrize("damage", ["{", "{}", "[]", "\udcff"])
def test_a_damaged_ledger_is_an_error(ledger, tmp_path, damage):
    call(ledger, PRESENT)
    (path,) = tmp_path.glob("*/*.json")
    path.write_text(damage, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(
        SysdigError, match=r"^Note of the role's calls failed: \S+ on the control node.*: it is damaged\."
    ):
        ledger.enter([PRESENT], anything, False)


def test_a_ledger_that_cannot_be_written_is_an_error(ledger, tmp_path):
    (tmp_path / "ibmcloud.sysdig.ledger").write_text("")
    with pytest.raises(SysdigError, match="cannot be used: "):
        ledger.enter([PRESENT], anything, False)


def test_what_is_written_leaves_out_what_is_absent_and_what_was_only_foreseen(ledger):
    assert ledger.written() == []
    call(ledger, PRESENT, {**PRESENT, "path": "/b", "state": "absent"})
    call(ledger, {**PRESENT, "path": "/c"}, check_mode=True)

    assert ledger.written() == [PRESENT]
