# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Services are told of a change, also when something came between the change and the end of the play."""

from __future__ import annotations

import pytest
from role_plays import DATA, GIVEN, NEXT_TOKEN, TOKEN, WRITE, changed, play

PICK_SERVICE = {"ansible.builtin.set_fact": {"service_mgr": "service", "cacheable": True}}


@pytest.fixture
def run(playbook, etc):
    """Run the role; which services were told what, and the run. ``tasks`` come after the role, before the handlers."""
    playbook.write("library/service.py", (DATA / "service.py").read_text())
    playbook.secrets |= {"the token": TOKEN, "the next token": NEXT_TOKEN}
    playbook.secret_files |= {"etc/exporter", "etc/prometheus/sysdig-token"}
    log = playbook.directory / "services.log"
    entries = [
        {"type": "prometheus", "path": f"{etc}/prometheus/prometheus.yml"},
        {"type": "env_file", "path": f"{etc}/exporter", "service": "exporter"},
    ]

    def run(*arguments, tasks=(), **variables):
        log.write_text("")
        keywords = {"pre_tasks": [PICK_SERVICE], "tasks": list(tasks)}
        done = playbook.run_plays([play({**GIVEN, **variables}, entries, **keywords)], *arguments)
        return sorted(log.read_text().splitlines()), done

    return run


BOTH = ["exporter restarted", "prometheus reloaded"]


def test_a_service_that_did_not_come_back_is_told_again(run, playbook):
    broken = playbook.write("services.broken", "")
    for _attempt in range(2):
        told, failed = run("--diff")
        assert failed.rc == 2
        assert told
        assert "Unable to restart service" in failed.output
    assert "+restarted" in failed.stdout
    assert "earlier run, which did not get to it" in failed.stdout
    broken.unlink()
    told, repaired = run()
    assert told == BOTH
    assert repaired.succeeded().task(WRITE).result["services"] == {"prometheus": "reloaded", "exporter": "restarted"}
    told, after = run()
    assert (told, changed(after.succeeded())) == ([], 0)


def test_a_play_that_failed_before_its_handlers_leaves_them_to_the_next(run):
    told, failed = run(tasks=[{"ansible.builtin.fail": {"msg": "something else"}}])
    assert (told, failed.rc) == ([], 2)
    told, checked = run("--check")
    assert (told, changed(checked.succeeded())) == ([], 1)
    told, second = run()
    assert (told, second.succeeded().rc) == (BOTH, 0)
    assert run()[0] == []


def test_only_those_that_were_not_told(run):
    run()[1].succeeded()
    run(tasks=[{"ansible.builtin.fail": {"msg": "something else"}}], sysdig_integrations_token=NEXT_TOKEN)
    assert run(sysdig_integrations_token=NEXT_TOKEN)[0] == ["exporter restarted"]


def test_nothing_is_remembered_where_that_is_not_wanted(run, tmp_path):
    nowhere = "--extra-vars=sysdig_integrations_pending_directory="
    run(nowhere, tasks=[{"ansible.builtin.fail": {"msg": "something else"}}])
    assert not (tmp_path / "run").exists()
    assert run(nowhere)[0] == []
