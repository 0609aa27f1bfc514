# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an entry owns in a file that others share, what two entries may not both write, and what has to exist before."""

from __future__ import annotations

import pytest
import yaml
from role_plays import DATA, ENV_FILE, PROMETHEUS, REMOTE_WRITE, WRITE, changed, tree

OTEL = {"type": "otel", "path": "otel.yaml", "service": ""}
AGENT = {"type": "agent", "path": "dragent.yaml", "service": "", "settings": {"customerid": "key"}}
GRAFANA = {"type": "grafana", "path": "grafana.yaml", "service": ""}
RETIRED = "https://ingest.us-south.monitoring.cloud.ibm.com/prometheus/remote/write/"


def elements(etc):
    return yaml.safe_load((etc / "prometheus" / "prometheus.yml").read_text())["remote_write"]


@pytest.fixture
def configured(etc):
    """Write prometheus.yml with these elements of remote_write."""

    def configure(*listed):
        (etc / "prometheus" / "prometheus.yml").write_text(yaml.safe_dump({"remote_write": list(listed)}))

    return configure


@pytest.mark.parametrize("url", [REMOTE_WRITE, RETIRED, REMOTE_WRITE.replace("prws.", "prws.private.")])
def test_a_nameless_entry_that_was_written_by_hand_becomes_ours(wire, etc, configured, url):
    configured({"url": "https://elsewhere"}, {"url": url, "bearer_token": "by-hand", "headers": {"a": "b"}})

    run = wire([{**PROMETHEUS, "name": "ours"}]).succeeded()

    assert elements(etc) == [
        {"url": "https://elsewhere"},
        {
            "name": "ours",
            "url": REMOTE_WRITE,
            "headers": {"a": "b"},
            "authorization": {"credentials_file": f"{etc}/prometheus/ours-token"},
        },
    ]
    assert "WARNING" not in run.stderr
    assert changed(wire([{**PROMETHEUS, "name": "ours"}]).succeeded()) == 0


def test_an_entry_of_another_name_stays_and_a_warning_says_that_samples_arrive_twice(wire, etc, configured):
    theirs = {"name": "theirs", "url": RETIRED, "bearer_token_file": "/etc/prometheus/their-token"}
    configured(theirs)

    for count in (1, 0):
        run = wire([PROMETHEUS]).succeeded()
        assert changed(run) == count
        (warning,) = run.task(WRITE).result["warnings"]
        assert warning.startswith(f"Entry 1 (prometheus): in {etc}/prometheus/prometheus.yml, theirs sends to the same")

    assert [element["name"] for element in elements(etc)] == ["theirs", "sysdig"]
    assert elements(etc)[0] == theirs


def test_entries_of_several_names_are_no_cause_for_a_warning(wire, etc, configured):
    configured({"url": "https://elsewhere"})
    both = [PROMETHEUS, {**PROMETHEUS, "name": "second", "remote_write": {"url": "https://second"}}]

    assert "WARNING" not in wire(both).succeeded().stderr
    # In a later call, the first one is somebody else's.
    assert "WARNING" not in wire([both[1]]).succeeded().stderr
    assert [element.get("name") for element in elements(etc)] == [None, "sysdig", "second"]


# Entries that contradict each other, and what is said.
CONFLICTS = {
    "prometheus": (
        [PROMETHEUS, {**PROMETHEUS, "remote_write": {"url": "https://b"}}],
        "sysdig into {etc}/prometheus/prometheus.yml",
        "name",
    ),
    "otel": ([OTEL, {**OTEL, "exporter": {"endpoint": "https://b"}}], "sysdig into {etc}/otel.yaml", "name"),
    "grafana": ([GRAFANA, {**GRAFANA, "is_default": True}], "{etc}/grafana.yaml", "path"),
    "env_file": ([ENV_FILE, {**ENV_FILE, "variables": {"A": "b"}}], "{etc}/default/exporter", "path"),
    "agent": ([AGENT, {**AGENT, "tags": "a:b"}], "{etc}/dragent.yaml", "path"),
}


@pytest.mark.parametrize(("entries", "what", "option"), CONFLICTS.values(), ids=CONFLICTS)
def test_a_conflict_names_both_entries_before_anything_is_written(wire, etc, entries, what, option):
    for name in ("otel.yaml", "dragent.yaml"):
        (etc / name).write_bytes((DATA / name).read_bytes())
    before = tree(etc)

    run = wire(entries)

    assert run.rc == 2
    kind = entries[0]["type"]
    assert run.task(WRITE).message == (
        f"Entry 1 ({kind}) and Entry 2 ({kind}) both write {what.format(etc=etc)}, but not the same: other"
        f" options. Give one of them another {option}. Nothing was changed on this host."
    )
    assert run.task(WRITE).result["option"] == option
    assert tree(etc) == before


@pytest.mark.parametrize("entry", [PROMETHEUS, OTEL, AGENT], ids=lambda entry: entry["type"])
def test_a_missing_configuration_is_an_error_unless_it_is_to_be_created(wire, etc, entry):
    (etc / "prometheus" / "prometheus.yml").unlink()
    missing = (
        f"there is no {etc}/{entry['path']} on this host. Is path right? To have a new file written, set create: true."
    )

    assert missing in wire([ENV_FILE, entry]).task(WRITE).message
    assert not (etc / "default").exists()
    wire([{**entry, "state": "absent"}]).succeeded()
    wire([{**entry, "create": True}]).succeeded()
    assert (etc / entry["path"]).exists()


def test_the_service_is_named_as_what_may_not_be_installed(wire, etc):
    (etc / "prometheus" / "prometheus.yml").unlink()
    run = wire([{**PROMETHEUS, "service": "prometheus2"}])
    assert "Is prometheus2 installed, and path right?" in run.task(WRITE).message


def test_an_entry_is_renamed_in_one_run(wire, etc):
    wire([{**PROMETHEUS, "name": "old"}]).succeeded()
    wire([{**PROMETHEUS, "name": "new"}, {**PROMETHEUS, "name": "old", "state": "absent"}]).succeeded()

    assert [element.get("name") for element in elements(etc)] == [None, "new"]
    assert [path.name for path in (etc / "prometheus").glob("*-token")] == ["new-token"]


def test_options_of_writing_reach_the_host(wire, etc):
    slow = {**ENV_FILE, "validate": "sh -c 'sleep 5' %s", "validate_timeout": 1.0}
    assert "has not checked the new" in wire([slow]).task(WRITE).message

    (etc / "linked").write_text("")
    (etc / "other").hardlink_to(etc / "linked")
    linked = {**ENV_FILE, "path": "linked", "variables": {"A": 1}}
    assert "set unsafe_writes: true" in wire([linked]).task(WRITE).message
    wire([{**linked, "unsafe_writes": "yes"}]).succeeded()
    assert (etc / "other").read_text().splitlines()[1:] == ["A=1"]


def test_grafanas_options(wire, etc):
    entry = {**GRAFANA, "name": "Sysdig of Team A", "is_default": False, "org_id": 7}
    wire([entry]).succeeded()
    (source,) = yaml.safe_load((etc / "grafana.yaml").read_text())["datasources"]
    assert {key: source[key] for key in ("name", "uid", "isDefault", "orgId")} == {
        "name": "Sysdig of Team A",
        "uid": "sysdig-of-team-a",
        "isDefault": False,
        "orgId": 7,
    }
