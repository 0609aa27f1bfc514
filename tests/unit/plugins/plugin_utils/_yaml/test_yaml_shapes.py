# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Refuses text, a number or a list where a section has to be; `absent` leaves it alone."""

from __future__ import annotations

import pytest
import yaml
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.merging import YamlError
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.types import TYPES
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._yaml.merge import merge, remove
from merge_samples import AGENT, COLLECTOR, EXPORTER, EXTENSION
from prometheus_samples import ELEMENT, URL

RULES = {name: row.merge for name, row in TYPES.items()}
FRAGMENTS = {"prometheus": {"remote_write": [ELEMENT]}, "agent": AGENT, "otel": COLLECTOR}

MAPPING, LIST, VALUE = "a mapping", "a list", "a single value"
WRITTEN = {
    "${file:elsewhere.yaml}": VALUE,
    "''": VALUE,
    "7": VALUE,
    "false": VALUE,
    "[]": LIST,
    "[a]": LIST,
    "{}": MAPPING,
    "{a: b}": MAPPING,
}
SECTIONS = [
    ("prometheus", "remote_write", LIST),
    ("agent", "customerid", VALUE),
    ("agent", "ssl", VALUE),
    ("agent", "tags", VALUE),
    ("agent", "log", MAPPING),
    ("otel", "extensions", MAPPING),
    ("otel", f"extensions.{EXTENSION}", MAPPING),
    ("otel", "exporters", MAPPING),
    ("otel", f"exporters.{EXPORTER}", MAPPING),
    ("otel", f"exporters.{EXPORTER}.auth", MAPPING),
    ("otel", "service", MAPPING),
    ("otel", "service.extensions", LIST),
    ("otel", "service.pipelines", MAPPING),
    ("otel", "service.pipelines.metrics", MAPPING),
    ("otel", "service.pipelines.metrics.exporters", LIST),
]
WRONG = [
    (kind, path, written, found, required)
    for kind, path, required in SECTIONS
    for written, found in WRITTEN.items()
    if found != required
]


def nested(path, written):
    """A configuration with ``written`` at ``path``, which is in its last line."""
    keys = path.split(".")
    return "other: 1\n" + "".join(f"{'  ' * level}{key}:\n" for level, key in enumerate(keys))[:-1] + f" {written}\n"


@pytest.mark.parametrize(("kind", "path", "written", "found", "required"), WRONG)
def test_refused_with_the_line(kind, path, written, found, required):
    text = nested(path, written)
    with pytest.raises(YamlError) as refusal:
        merge(text, FRAGMENTS[kind], RULES[kind])

    assert refusal.value.line == len(text.splitlines())
    assert refusal.value.problem == f"{path} is not {required} but {found}."
    assert refusal.value.remedy == f"Write it out here as {required}, or remove it."


@pytest.mark.parametrize(
    ("kind", "path", "written"), [case[:3] for case in WRONG if not case[1].startswith(f"exporters.{EXPORTER}.")]
)
def test_left_alone_by_absent(kind, path, written):
    text = nested(path, written)

    assert remove(text, FRAGMENTS[kind], RULES[kind]) == text


NULLS = {
    "prometheus": "remote_write: # none\n",
    "agent": "log: # none\n",
    "otel": "exporters: # none\nextensions:\nservice:\n  extensions: ~\n  pipelines:\n    metrics:\n      exporters:\n",
}


@pytest.mark.parametrize("kind", NULLS)
def test_null_is_an_empty_section(kind):
    after = merge(NULLS[kind], FRAGMENTS[kind], RULES[kind])

    assert yaml.safe_load(after) == FRAGMENTS[kind]
    assert after.count("# none") == NULLS[kind].count("# none")


EMPTY = {
    **NULLS,
    "prometheus, empty": "remote_write: []\n",
    "agent, empty": "log: {}\n",
    "otel, empty": "exporters: {}\nextensions: {}\nservice: {extensions: [], pipelines: {metrics: {exporters: []}}}\n",
}


@pytest.mark.parametrize("name", EMPTY)
def test_an_empty_section_that_never_was_ours_is_left_alone_by_absent(name):
    kind = name.partition(",")[0]

    assert remove(EMPTY[name], FRAGMENTS[kind], RULES[kind]) == EMPTY[name]


@pytest.mark.parametrize("text", ["- a\n", "just text\n", "", "# nothing\n"])
def test_absent_leaves_alone_what_is_no_configuration(text):
    for kind, fragment in FRAGMENTS.items():
        assert remove(text, fragment, RULES[kind]) == text


def test_a_component_of_our_name_is_ours_however_empty():
    text = f"extensions:\n  {EXTENSION}:\n  pprof:\nexporters:\n  {EXPORTER}: {{}}\n  debug:\n"

    assert remove(text, COLLECTOR, RULES["otel"]) == "extensions:\n  pprof:\nexporters:\n  debug:\n"


def test_elements_of_others_may_be_text():
    before = f"remote_write:\n  - url: {URL}/other\n  - ${{file:elsewhere.yml}}\n"
    after = merge(before, FRAGMENTS["prometheus"], RULES["prometheus"])

    assert yaml.safe_load(after)["remote_write"] == [*yaml.safe_load(before)["remote_write"], ELEMENT]
    assert remove(after, FRAGMENTS["prometheus"], RULES["prometheus"]) == before


def test_a_section_inside_of_our_list_element_is_refused_too():
    text = f"remote_write:\n  - url: {URL}\n    authorization: ${{AUTHORIZATION}}\n"
    with pytest.raises(YamlError) as refusal:
        merge(text, FRAGMENTS["prometheus"], RULES["prometheus"])

    assert refusal.value.line == 3
    assert refusal.value.problem.startswith("remote_write.authorization is not a mapping but a single value")


def test_a_file_that_is_no_configuration_is_refused():
    with pytest.raises(YamlError) as refusal:
        merge("# a\n- b\n", FRAGMENTS["otel"], RULES["otel"])

    assert str(refusal.value) == "line 2: the file is not a mapping of keys and values. Check that its path is right."


def test_a_pipeline_that_is_not_there_is_refused_with_the_line_where_it_should_be():
    text = "receivers:\nservice:\n  pipelines:\n    traces: {exporters: [debug]}\n"
    with pytest.raises(YamlError) as refusal:
        merge(text, FRAGMENTS["otel"], RULES["otel"])

    assert str(refusal.value) == (
        "line 4: service.pipelines.metrics is not there to be added to. Write it here, or name one that exists."
    )
