# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Merges into files with document markers, without a last line end, or without content."""

from __future__ import annotations

import pytest
import yaml
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.merging import YamlError
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._yaml import nodes as yaml_nodes
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._yaml.merge import MergeRules, merge, remove

RULES = MergeRules()
OURS = {"ours": 1}


@pytest.fixture(autouse=True, params=["SafeLoader", "CSafeLoader"])
def _loader(request, monkeypatch):
    """With and without libyaml, whose positions could differ."""
    monkeypatch.setattr(yaml_nodes, "LOADER", getattr(yaml, request.param))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a: 1\n---\n", "a: 1\nours: 1\n---\n"),
        ("a: 1\n# last\n---\n# nothing\n", "a: 1\n# last\nours: 1\n---\n# nothing\n"),
        ("---\na: 1\n--- # nothing\n...\n", "---\na: 1\nours: 1\n--- # nothing\n...\n"),
        ("a: 1\n...\n---\n", "a: 1\nours: 1\n...\n---\n"),
        ("a: 1\n---\n---\n", "a: 1\nours: 1\n---\n---\n"),
        ("---\n---\n", "---\nours: 1\n---\n"),
        ("{a: 1}\n---", '{a: 1, "ours": 1}\n---'),
        ("%YAML 1.1\n---\na: 1\n...\n%YAML 1.1\n---\n", "%YAML 1.1\n---\na: 1\nours: 1\n...\n%YAML 1.1\n---\n"),
        ("ü: 😀\r\n---\r\n", "ü: 😀\r\nours: 1\r\n---\r\n"),
    ],
)
def test_empty_documents_at_the_end_stay_there(before, after):
    assert merge(before, OURS, RULES) == after
    assert remove(after, OURS, RULES) == before


@pytest.mark.parametrize("second", ["b: 1", "~", "''", "[]", "&a", "!!null"])
def test_a_second_document_that_says_something_is_refused(second):
    with pytest.raises(YamlError) as refusal:
        merge(f"a: 1\n---\n--- {second}\n", OURS, RULES)

    assert str(refusal.value) == (
        "line 3: there is more than one document in the file. Keep one, without a second `---`."
    )


@pytest.mark.parametrize("text", ["a: |\n  one\n  two", "a: 1\nb: >\n  one\n\n  two", "a:\n- |+2\n   two"])
def test_a_file_that_ends_in_a_block_scalar_without_line_end_is_refused(text):
    """A line end would become part of the text."""
    with pytest.raises(YamlError) as refusal:
        merge(text, OURS, RULES)

    assert str(refusal.value) == (
        f"line {len(text.splitlines())}: the last line belongs to a block of text (`|` or `>`) and has no line end."
        " Add one."
    )
    assert remove(text, OURS, RULES) == text


@pytest.mark.parametrize("text", ["a: |-\n  one\n  two", "a: 'one\n  two'", "a: one\n  two", "a: 1 # |"])
def test_a_line_end_is_added_where_it_changes_no_value(text):
    assert yaml.safe_load(merge(text, OURS, RULES)) == {**yaml.safe_load(text), **OURS}


@pytest.mark.parametrize("text", ["~\n", "null", "--- ''\n", "!!null\n"])
def test_a_file_with_a_written_null_is_refused(text):
    with pytest.raises(YamlError) as refusal:
        merge(text, OURS, RULES)

    assert str(refusal.value) == "line 1: the file is not a mapping of keys and values. Check that its path is right."
