# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Merges into dragent.yaml and the configuration of the OpenTelemetry Collector, with the role's own rules."""

from __future__ import annotations

import copy
import re

import pytest
import yaml
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.merging import YamlError
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.types import TYPES
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._yaml import nodes as yaml_nodes
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._yaml.merge import merge, remove
from merge_samples import AGENT, AGENT_SAMPLES, COLLECTOR, COLLECTOR_SAMPLES, EXPORTER, EXTENSION

AGENT_RULES, COLLECTOR_RULES = TYPES["agent"].merge, TYPES["otel"].merge


@pytest.fixture(autouse=True, params=["SafeLoader", "CSafeLoader"])
def _loader(request, monkeypatch):
    """With and without libyaml, whose positions could differ."""
    monkeypatch.setattr(yaml_nodes, "LOADER", getattr(yaml, request.param))


def comments(text):
    return sorted(re.findall(r"(?:^|\s)(#.*?)\s*$", text, re.MULTILINE))


def deep_merged(present, ours):
    merged = copy.deepcopy(present)
    for key, value in ours.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = deep_merged(merged[key], value) if both else copy.deepcopy(value)
    return merged


def added(present, ours):
    """Return a list with the members that it lacks."""
    return [*(present or []), *(member for member in ours if member not in (present or []))]


@pytest.mark.parametrize("name", AGENT_SAMPLES)
def test_agent(name):
    before = AGENT_SAMPLES[name]
    present = yaml.safe_load(before) or {}
    after = merge(before, AGENT, AGENT_RULES)
    assert yaml.safe_load(after) == deep_merged(present, AGENT)
    assert comments(after) == comments(before)
    assert merge(after, AGENT, AGENT_RULES) == after

    gone = remove(after, AGENT, AGENT_RULES)
    kept = {key: value for key, value in present.items() if key not in AGENT}
    if isinstance(present.get("log"), dict):
        kept["log"] = present["log"]
    assert (yaml.safe_load(gone) or {}) == kept
    assert remove(gone, AGENT, AGENT_RULES) == gone


@pytest.mark.parametrize("name", COLLECTOR_SAMPLES)
def test_collector(name):
    before = COLLECTOR_SAMPLES[name]
    present = yaml.safe_load(before)
    after = merge(before, COLLECTOR, COLLECTOR_RULES)
    expected = deep_merged(present, COLLECTOR)
    service = expected["service"]
    service["extensions"] = added(present["service"].get("extensions"), [EXTENSION])
    service["pipelines"]["metrics"]["exporters"] = added(
        present["service"]["pipelines"]["metrics"]["exporters"], [EXPORTER]
    )
    assert yaml.safe_load(after) == expected
    assert comments(after) == comments(before)
    assert merge(after, COLLECTOR, COLLECTOR_RULES) == after

    gone = remove(after, COLLECTOR, COLLECTOR_RULES)
    assert EXTENSION not in gone
    assert EXPORTER not in gone
    assert yaml.safe_load(gone)["service"]["pipelines"] == {
        key: {**value, "exporters": [other for other in value["exporters"] if other != EXPORTER]}
        for key, value in present["service"]["pipelines"].items()
    }
    assert remove(gone, COLLECTOR, COLLECTOR_RULES) == gone


@pytest.mark.parametrize("name", ["as the package ships it", "no extensions yet", "block lists", "dashes indented"])
def test_remove_restores_a_collector_configuration(name):
    before = COLLECTOR_SAMPLES[name]
    assert remove(merge(before, COLLECTOR, COLLECTOR_RULES), COLLECTOR, COLLECTOR_RULES) == before


def test_a_key_that_stands_there_twice_is_ours_once():
    before = AGENT_SAMPLES["two customer ids left by an editor"]
    after = merge(before, {"customerid": "new"}, AGENT_RULES)
    assert after == "customerid: new   # the one that counts\nssl: on\n"


def test_a_pipeline_must_exist():
    for text in ("", "service: {pipelines: {metrics/host: {}}}\n"):
        with pytest.raises(YamlError, match=r"service\.pipelines\.metrics is not there"):
            merge(text, COLLECTOR, COLLECTOR_RULES)
    without = {**COLLECTOR, "service": {"extensions": [EXTENSION]}}
    assert yaml.safe_load(merge("", without, COLLECTOR_RULES)) == without


def test_there_are_as_many_samples_as_the_styles_that_people_use():
    from prometheus_samples import WITH_OURS, WITHOUT_OURS

    assert len(WITHOUT_OURS) + len(WITH_OURS) + len(AGENT_SAMPLES) + len(COLLECTOR_SAMPLES) >= 30
