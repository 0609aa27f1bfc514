# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two entries of one list that write the same, each in its own way, are an error; identical ones are not."""

from __future__ import annotations

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import OptionError
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.conflicts import refuse_conflicts, written
from planning import AGENT, ENV, MONITOR, PROMETHEUS, planned

OTEL = {"type": "otel"}
GRAFANA = {"type": "grafana"}
VMAGENT = {"type": "vmagent"}
ANOTHER_TEAM = {"team_id": 102}
YML = "/etc/prometheus/prometheus.yml"

# Two entries, what both write, and the option to change.
CONFLICTS = {
    "another team under one name of Prometheus": (
        [PROMETHEUS, {**PROMETHEUS, **ANOTHER_TEAM, "token_path": "/t"}],
        f"sysdig into {YML}",
        "name",
    ),
    "other options under one name": (
        [PROMETHEUS, {**PROMETHEUS, "remote_write": {"headers": {}}}],
        f"sysdig into {YML}",
        "name",
    ),
    "another address under one name": (
        [OTEL, {**OTEL, "exporter": {"endpoint": "https://b"}}],
        "sysdig into /etc/otelcol-contrib/config.yaml",
        "name",
    ),
    "another team in one token file": (
        [{**PROMETHEUS, "token_path": "/t"}, {**PROMETHEUS, **ANOTHER_TEAM, "name": "b", "token_path": "/t"}],
        "/t",
        "token_path",
    ),
    "an agent for two teams": ([AGENT, {**AGENT, **ANOTHER_TEAM}], "/opt/draios/etc/dragent.yaml", "path"),
    "an agent with other tags": ([AGENT, {**AGENT, "tags": "a:b"}], "/opt/draios/etc/dragent.yaml", "path"),
    "two data sources in one file": (
        [GRAFANA, {**GRAFANA, **ANOTHER_TEAM}],
        "/etc/grafana/provisioning/datasources/sysdig.yaml",
        "name",
    ),
    "two types in one file": ([ENV, {**ENV, "type": "token_file"}], "/etc/default/a", "path"),
    "another way to write the path": (
        [ENV, {**ENV, "path": "/etc//default/./a", "mode": "0400"}],
        "/etc/default/a",
        "path",
    ),
    "two receivers of one name": (
        [VMAGENT, {**VMAGENT, "remote_write": {"url": "https://b"}}],
        "sysdig into /etc/vmagent/sysdig.env",
        "name",
    ),
    "a file that is merged, and one that is written from several entries": (
        [PROMETHEUS, {**VMAGENT, "name": "b", "path": YML}],
        YML,
        "path",
    ),
    "a merged and a written file": ([PROMETHEUS, {"type": "token_file", "path": YML}], YML, "path"),
    "a token file and the configuration of another": (
        [{**PROMETHEUS, "token_path": "/x"}, {**OTEL, "path": "/x", "token_path": "/y"}],
        "/x",
        "path",
    ),
}


@pytest.mark.parametrize("order", [1, -1], ids=["in this order", "in the other"])
@pytest.mark.parametrize(("entries", "what", "option"), CONFLICTS.values(), ids=CONFLICTS)
def test_conflicts(entries, what, option, order):
    with pytest.raises(OptionError) as refusal:
        planned(entries[::order])
    first, second = (f"Entry {number} ({entry['type']})" for number, entry in enumerate(entries[::order], 1))
    said = str(refusal.value)
    assert said.startswith(f"{first} and {second} both write {what}, but not the same: ")
    assert said.endswith((f"another {option}.", "another path.", "another token_path."))
    assert refusal.value.facts["option"] in (option, "path", "token_path")
    assert "not the same: ." not in said


def test_a_conflict_says_in_what_two_entries_differ_and_the_option_that_parts_them():
    with pytest.raises(OptionError) as refusal:
        planned([PROMETHEUS, {**PROMETHEUS, **ANOTHER_TEAM}])
    assert str(refusal.value) == (
        "Entry 1 (prometheus) and Entry 2 (prometheus) both write /etc/prometheus/sysdig-token, but not the same:"
        " team not named in the first, 102 in the second. Give one of them another name."
    )


# Entries that are right, and the files they mean, by what is in them.
RIGHT = {
    "identical ones": ([PROMETHEUS, PROMETHEUS, ENV, ENV], ["sysdig-token", "a", "prometheus.yml"]),
    "two names in one file": (
        [PROMETHEUS, {**PROMETHEUS, "name": "b"}],
        ["sysdig-token", "b-token", "prometheus.yml", "prometheus.yml"],
    ),
    "one token file for one team": (
        [{**PROMETHEUS, "token_path": "/t"}, {**PROMETHEUS, "name": "b", "token_path": "/t"}],
        ["t", "prometheus.yml", "prometheus.yml"],
    ),
    "two data sources": ([GRAFANA, {**GRAFANA, "name": "B", **ANOTHER_TEAM}], ["sysdig.yaml", "b.yaml"]),
    "what one takes away and another writes stays": (
        [PROMETHEUS, {**PROMETHEUS, "state": "absent"}],
        ["sysdig-token", "prometheus.yml"],
    ),
    "an entry that is renamed and keeps its token file": (
        [{**PROMETHEUS, "name": "b", "token_path": "/t"}, {**PROMETHEUS, "state": "absent", "token_path": "/t"}],
        ["t", "prometheus.yml", "prometheus.yml"],
    ),
    "two receivers in one environment file": (
        [VMAGENT, {**VMAGENT, "name": "b", **ANOTHER_TEAM}],
        ["sysdig-token", "b-token", "sysdig.env", "sysdig.env"],
    ),
    "a receiver that is taken out of a file with another": (
        [{**VMAGENT, "state": "absent"}, {**VMAGENT, "name": "b"}],
        ["b-token", "sysdig-token", "sysdig.env"],
    ),
    "two that are absent": (
        [{**ENV, "state": "absent"}, {"type": "token_file", "path": ENV["path"], "state": "absent"}],
        ["a", "a"],
    ),
}


@pytest.mark.parametrize(("entries", "names"), RIGHT.values(), ids=RIGHT)
def test_what_is_no_conflict(entries, names):
    assert [file.path.rpartition("/")[2] for file in planned(entries)] == names


def test_what_is_taken_out_of_a_file_goes_before_what_is_merged_into_it():
    files = planned([{**PROMETHEUS, "name": "b"}, {**PROMETHEUS, "name": "a", "state": "absent"}])
    assert [(file.path.rpartition("/")[2], file.name) for file in files] == [
        *(("b-token", ""), ("prometheus.yml", "a")),
        *(("prometheus.yml", "b"), ("a-token", "")),
    ]


@pytest.mark.parametrize(
    ("option", "value"),
    [("mode", "0600"), ("owner", "me"), ("validate", ""), ("service", "other"), ("backup", True), ("create", True)],
)
def test_what_a_file_has_once_is_the_same_for_all_that_merge_into_it(option, value):
    with pytest.raises(
        OptionError,
        match=rf"^Entry 1 \(prometheus\) and Entry 2 \(prometheus\) both merge into {YML},"
        rf" but with different values of {option}\. Give both the same {option}\.$",
    ):
        planned([PROMETHEUS, {**PROMETHEUS, "name": "b", option: value}])


# --- Two calls of the role --------------------------------------------------------------------------------------------

OTHER = {"instance_id": "other-instance"}
SETTINGS = {"settings": {"customerid": "one"}}
VARIABLES = {"variables": {"MY_TOKEN": "one", "URL": "u"}}

# An entry, one of a later call, what differs in the result of that one, and what the error says; None if it is right.
CALLS = {
    "another instance": (
        ENV,
        ENV,
        OTHER,
        "instance other-instance here, not named there. Give one of them another path.",
    ),
    "another team under one name": (
        {**PROMETHEUS, "token_path": "/t"},
        {**PROMETHEUS, "token_path": "/u"},
        {"team_id": 7},
        f"sysdig into {YML}, but not the same: team 7 here, not named there. Give one of them another name.",
    ),
    "another team in one token file": (
        {**PROMETHEUS, "token_path": "/t"},
        {**PROMETHEUS, "token_path": "/t", "name": "b"},
        {"team_id": 7},
        "/t, but not the same: team 7 here, not named there. Give one of them another token_path.",
    ),
    "another type": (ENV, {**ENV, "type": "token_file"}, {}, "other options. Give one of them another path."),
    "another mode": (ENV, {**ENV, "mode": "0600"}, {}, "mode 0600 here, not named there."),
    "a token file of two readers": (
        {**PROMETHEUS, "token_path": "/t"},
        {**OTEL, "token_path": "/t"},
        {},
        "/t, but not the same: group otelcol-contrib here, prometheus there. Give one of them another token_path.",
    ),
    "other data sources in one file": ({**GRAFANA, "path": "/g"}, {**GRAFANA, "name": "b", "path": "/g"}, {}, "other"),
    "another exporter": (OTEL, {**OTEL, "exporter": {"endpoint": "https://b"}}, {}, "other options."),
    "another product for an agent": (AGENT, AGENT, {"product": "secure"}, "product secure here, monitor there"),
    "the same": (PROMETHEUS, PROMETHEUS, {}, None),
    "another token": (PROMETHEUS, PROMETHEUS, {"token": "next"}, None),
    "another token in variables": (ENV, ENV, {"token": "next"}, None),
    "another key": ({**AGENT, **SETTINGS}, {**AGENT, "settings": {"customerid": "two"}}, {}, None),
    "another secret in variables": (
        {**ENV, **VARIABLES},
        {**ENV, "variables": {"MY_TOKEN": "two", "URL": "u"}},
        {},
        None,
    ),
    "another plain value": ({**ENV, **VARIABLES}, {**ENV, "variables": {"MY_TOKEN": "one", "URL": "v"}}, {}, "other"),
    "another name": (PROMETHEUS, {**PROMETHEUS, "name": "b"}, OTHER, None),
    "absent": (ENV, {**ENV, "state": "absent"}, OTHER, None),
    "another service": (ENV, {**ENV, "service": "x", "backup": True}, {}, None),
}


@pytest.mark.parametrize(("first", "second", "result", "said"), CALLS.values(), ids=CALLS)
def test_conflicts_with_an_earlier_call(first, second, result, said):
    earlier = [written(file) for file in planned(first)]
    later = planned(second, {**MONITOR, **result})
    if said is None:
        refuse_conflicts(later, earlier)
        return
    with pytest.raises(OptionError) as refusal:
        refuse_conflicts(later, earlier)
    labels = (
        f"Entry 1 ({second['type']}) and Entry 1 ({first['type']}) of an earlier call of the role in this playbook run"
    )
    assert str(refusal.value).startswith(f"{labels} both write ")
    assert said in str(refusal.value)


@pytest.mark.parametrize("entry", [ENV, PROMETHEUS, {**AGENT, **SETTINGS}, {**ENV, **VARIABLES}])
def test_what_is_noted_of_a_file_holds_no_token(entry):
    assert "the-token" not in repr([written(file) for file in planned(entry)])
