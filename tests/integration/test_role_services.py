# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Services are notified once, where their files changed, however the role is called and whatever comes between."""

from __future__ import annotations

import pytest
from ansible_playbook import HOSTS_PYTHON
from role_plays import DATA, GIVEN, NEXT_TOKEN, ROLE, TOKEN, WRITE, changed, play

PICK_SERVICE = {"ansible.builtin.set_fact": {"service_mgr": "service", "cacheable": True}}


@pytest.fixture
def run(playbook, etc):
    """Run the role; which services were notified, and the run. ``tasks`` come after the role, before the handlers."""
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


def test_a_service_that_did_not_come_back_is_notified_again(run, playbook):
    broken = playbook.write("services.broken", "")
    for _attempt in range(2):
        notified, failed = run("--diff")
        assert failed.rc == 2
        assert notified
        assert "Unable to restart service" in failed.output
    assert "+restarted" in failed.stdout
    assert "earlier run, which did not get to it" in failed.stdout
    broken.unlink()
    notified, repaired = run()
    assert notified == BOTH
    assert repaired.succeeded().task(WRITE).result["services"] == {"prometheus": "reloaded", "exporter": "restarted"}
    notified, after = run()
    assert (notified, changed(after.succeeded())) == ([], 0)


def test_a_play_that_failed_before_its_handlers_leaves_them_to_the_next(run):
    notified, failed = run(tasks=[{"ansible.builtin.fail": {"msg": "something else"}}])
    assert (notified, failed.rc) == ([], 2)
    notified, checked = run("--check")
    assert (notified, changed(checked.succeeded())) == ([], 1)
    notified, second = run()
    assert (notified, second.succeeded().rc) == (BOTH, 0)
    assert run()[0] == []


def test_only_services_that_were_not_notified_are_repeated(run):
    run()[1].succeeded()
    run(tasks=[{"ansible.builtin.fail": {"msg": "something else"}}], sysdig_integrations_token=NEXT_TOKEN)
    assert run(sysdig_integrations_token=NEXT_TOKEN)[0] == ["exporter restarted"]


def test_nothing_is_remembered_where_that_is_not_wanted(run, tmp_path):
    nowhere = "--extra-vars=sysdig_integrations_pending_directory="
    run(nowhere, tasks=[{"ansible.builtin.fail": {"msg": "something else"}}])
    assert not (tmp_path / "run").exists()
    assert run(nowhere)[0] == []


# --- Ways to call the role, on the hosts a, b and c -------------------------------------------------------------------


def entry(name, service, **further):
    return {"type": "env_file", "path": f"{{{{ etc }}}}/{name}.env", "service": service, **further}


def call(*entries, how="import_role", apply=None, variables=(), **keywords):
    role = {"name": ROLE, "apply": apply} if apply else {"name": ROLE}
    return {
        f"ansible.builtin.{how}": role,
        "vars": {**dict(variables), "sysdig_integrations_list": list(entries)},
        **keywords,
    }


def on(hosts, *tasks, **keywords):
    return {"hosts": hosts, "gather_facts": False, "tasks": list(tasks), **keywords}


EVERY = entry("{{ inventory_hostname }}", "exporter")
ON_ALL = ["exporter restarted on a", "exporter restarted on b", "exporter restarted on c"]
FAIL = {"ansible.builtin.fail": {"msg": "something else"}}
LOOP = {
    "ansible.builtin.include_role": {"name": ROLE, "apply": {"delegate_to": "{{ target }}", "delegate_facts": True}},
    "vars": {"sysdig_integrations_list": [entry("{{ target }}", "exporter-{{ target }}")]},
    "loop": ["b", "c"],
    "loop_control": {"loop_var": "target"},
}
MINE = {"name": "Mine", "listen": "sysdig_integrations changed", "ansible.builtin.service": {"name": "mine"}}
# With a plugin that changes no user, and notes the name for the service manager.
BOB = {"become": True, "become_user": "bob", "become_method": "noted"}
ALICE = {"ansible_become": "yes", "ansible_become_user": "alice", "ansible_become_method": "noted"}
SAME_NAME = {"name": "ansible.builtin.service", "ansible.builtin.debug": {}}

# Plays, arguments, and what services are notified of.
WAYS = {
    "a loop that delegates": ([on("a", LOOP)], [], ["exporter-b restarted on b", "exporter-c restarted on c"]),
    "delegate_facts": (
        [on("a", {"block": [call(EVERY)], "delegate_to": "b", "delegate_facts": True})],
        [],
        ["exporter restarted on b"],
    ),
    "delegated and not, with a handler of the same name and facts that are cleared": (
        [on("a", LOOP, call(EVERY), {"ansible.builtin.meta": "clear_facts"}, handlers=[SAME_NAME, MINE])],
        [],
        ["exporter-b restarted on b", "exporter-c restarted on c", "exporter restarted on a", "mine None on a"],
    ),
    "all delegate to one": (
        [on("all", {"block": [call(entry("shared", "exporter"))], "delegate_to": "c"})],
        [],
        ["exporter restarted on c"],
    ),
    "two calls, reload and restart": (
        [on("a", call(entry("x", "exporter", service_action="reloaded")), call(entry("y", "exporter")))],
        [],
        ["exporter restarted on a"],
    ),
    "two plays": ([on("a", call(EVERY)), on("all", call(EVERY, how="include_role"))], [], ON_ALL),
    "roles in batches": (
        [on("all", roles=[{"role": ROLE, "sysdig_integrations_list": [EVERY]}], serial=1)],
        [],
        ON_ALL,
    ),
    "free": ([on("all", call(EVERY, how="include_role"), strategy="free")], [], ON_ALL),
    "forced handlers": ([on("all", call(EVERY), FAIL, force_handlers=True)], [], ON_ALL),
    "a later call that is skipped": (
        [on("a", call(EVERY), call(EVERY, when=False), roles=[{"role": ROLE, "when": False}])],
        [],
        ["exporter restarted on a"],
    ),
    "in post_tasks": (
        [on("a", post_tasks=[call(EVERY), {"ansible.builtin.meta": "flush_handlers"}], handlers=[MINE])],
        [],
        ["exporter restarted on a", "mine None on a"],
    ),
    "in post_tasks, where Ansible does not come back to handlers of the play": (
        [on("a", post_tasks=[call(EVERY)], handlers=[MINE])],
        [],
        ["exporter restarted on a"],
    ),
    "several users": (
        [
            on(
                "a",
                call(entry("ours", "ours"), entry("x", "both")),
                call(entry("his", "his"), entry("y", "both"), **BOB),
                call(entry("hers", "hers"), variables=ALICE),
                call(entry("his too", "his"), how="include_role", apply=BOB),
                {"block": [call(entry("again", "his"), how="include_role")], **BOB},
                roles=[{"role": ROLE, "vars": {"sysdig_integrations_list": [entry("first", "first")]}, **BOB}],
            )
        ],
        [],
        [
            *("ours restarted on a", "both restarted on a as bob", "his restarted on a as bob"),
            *("hers restarted on a as alice", "first restarted on a as bob"),
        ],
    ),
    "check mode": ([on("all", call(EVERY))], ["--check"], []),
    "check mode by keyword": ([on("all", {"block": [call(EVERY)], "check_mode": True})], [], []),
    "written in spite of check mode": (
        [on("a", {"block": [call(EVERY)], "check_mode": False}, call(entry("other", "other")))],
        ["--check"],
        ["exporter restarted on a"],
    ),
}


@pytest.fixture
def three_hosts(playbook, tmp_path):
    """The hosts a, b and c: this machine, each with its own place for modules."""
    local = {"ansible_connection": "local", "ansible_python_interpreter": HOSTS_PYTHON, "etc": str(tmp_path / "etc")}
    hosts = {name: {"ansible_remote_tmp": str(tmp_path / f"host-{name}")} for name in "abc"}
    playbook.write("inventory.yml", {"all": {"hosts": hosts, "vars": {**local, **GIVEN}}})
    for manager in ("service", "systemd", "sysvinit"):
        playbook.write(f"library/{manager}.py", (DATA / "service.py").read_text())
    playbook.environment["ANSIBLE_PIPELINING"] = "1"  # or a temporary file would have to be opened to other users
    playbook.write("become_plugins/noted.py", (DATA / "noted.py").read_text())
    playbook.secrets["the token"] = TOKEN
    playbook.secret_files.add("etc/*.env")
    return playbook


@pytest.mark.parametrize(("plays", "arguments", "expected"), WAYS.values(), ids=WAYS)
def test_services_are_notified_once_where_their_files_changed(three_hosts, plays, arguments, expected):
    log = three_hosts.write("services.log", "")
    run = three_hosts.run_plays([on("all", PICK_SERVICE), *plays], *arguments)
    assert sorted(log.read_text().splitlines()) == sorted(expected), run.output
    assert "mine" not in "".join(log.read_text().splitlines()[:-1]), "users' handlers come last"
    assert run.rc == (2 if FAIL in plays[0]["tasks"] else 0), run.output
    assert "WARNING" not in run.output
    facts = [result.result.get("ansible_facts", {}) for result in run.results]
    assert "sysdig" not in str(facts), "no fact, which a cache would keep"
    forgotten = [result for result in run.results if "sysdig_integrations_host" in str(result.result)]
    assert bool(forgotten) == bool(expected)
    assert not list(three_hosts.directory.parent.glob("run/*/*")), "what is remembered on the host"
