# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes our part in the style of its surroundings, and restores every byte when it is removed."""

from __future__ import annotations

import pytest
import yaml
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._yaml import nodes as yaml_nodes
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._yaml.merge import MergeRules, merge, remove

OURS = {"ours": {"b": 1}}
RULES = MergeRules(list="list", match=("name", "url"), members=("members",))


@pytest.fixture(autouse=True, params=["SafeLoader", "CSafeLoader"])
def _loader(request, monkeypatch):
    """With and without libyaml, whose positions could differ."""
    monkeypatch.setattr(yaml_nodes, "LOADER", getattr(yaml, request.param))


@pytest.mark.parametrize(
    ("before", "added"),
    [
        ("a: 1\n\nb: 2\n", "\nours:\n  b: 1\n"),
        ("# top\na:\n  c: 1\n\n\n# about b\nb: 2\n\n# end\n", "\nours:\n  b: 1\n"),
        ("a: |\n  text\n\nb: 2\n\n", "\nours:\n  b: 1\n"),
        ("a: 1\r\n\r\nb: 2\r\n", "\r\nours:\r\n  b: 1\r\n"),
        ("a: 1\n\nb: 2", "\n\nours:\n  b: 1"),
        # Not all sections are separated, or there are too few to tell.
        ("a: 1\nb: 2\n\nc: 3\n", "ours:\n  b: 1\n"),
        ("a: 1\nb: 2\n\n", "ours:\n  b: 1\n"),
        ("a: 1\n", "ours:\n  b: 1\n"),
        ("\n\na: 1\n", "ours:\n  b: 1\n"),
        ("", "ours:\n  b: 1\n"),
        # A blank line would become part of the text.
        ("a: 1\n\nb: |+\n  text\n\n", "ours:\n  b: 1\n"),
    ],
)
def test_a_blank_line_is_added_where_one_is_above_each_section(before, added):
    after = merge(before, OURS, RULES)

    assert after == before + added
    assert remove(after, OURS, RULES) == before


def test_a_blank_line_is_removed_in_the_middle_too():
    text = "a: 1\n\nours:\n  b: 1\n\nb: 2\n\nc: 3\n"

    assert remove(text, OURS, RULES) == "a: 1\n\nb: 2\n\nc: 3\n"


def test_a_blank_line_stays_above_a_comment_inside_of_ours():
    text = "a: 1\n\nb: 2\n\nours: # why\n  b: 1\n"

    assert remove(text, OURS, RULES) == "a: 1\n\nb: 2\n\n# why\n"


def test_several_sections_are_separated_like_the_others():
    ours = {"ours": {"b": 1}, "more": [1]}
    before = "a: 1\n\nb: 2\n"
    after = merge(before, ours, RULES)

    assert after == "a: 1\n\nb: 2\n\nours:\n  b: 1\n\nmore:\n  - 1\n"
    assert remove(after, ours, RULES) == before


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a: 1", "a: 1\nours:\n  b: 1"),
        ("a: 1\r\nc: 2", "a: 1\r\nc: 2\r\nours:\r\n  b: 1"),
        ("a: 1 # one", "a: 1 # one\nours:\n  b: 1"),
        ("a: |\n  b\n# end", "a: |\n  b\n# end\nours:\n  b: 1"),
        ("# only this", "# only this\nours:\n  b: 1"),
        ("ours:\n  c: 2", "ours:\n  c: 2\n  b: 1"),
        ("---", "---\nours:\n  b: 1"),
    ],
)
def test_a_file_without_a_last_line_end_stays_without_one(before, after):
    assert merge(before, OURS, RULES) == after
    assert remove(after, OURS, RULES) == before


def test_an_element_at_the_end_of_a_file_without_a_last_line_end():
    before = "list:\n- name: a"
    ours = {"list": [{"name": "ours"}]}

    assert merge(before, ours, RULES) == "list:\n- name: a\n- name: ours"
    assert remove("list:\n- name: a\n- name: ours", ours, RULES) == before
    assert remove("list:\n- name: a\n- name: ours # why", ours, RULES) == "list:\n- name: a\n# why"


def test_the_line_end_of_a_block_of_text_stays():
    text = "a: |\n  text\nours:\n  b: 1"

    assert remove(text, OURS, RULES) == "a: |\n  text\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("members: [a]\n", "members: [a, x/ours]\n"),
        ("members: [a, b/c]  # all\n", "members: [a, b/c, x/ours]  # all\n"),
        ("{members: [a]}\n", "{members: [a, x/ours]}\n"),
        ('members: ["a", b]\n', 'members: ["a", b, "x/ours"]\n'),
        ("members: ['a']\n", "members: ['a', \"x/ours\"]\n"),
        ('{"members": ["a"]}\n', '{"members": ["a", "x/ours"]}\n'),
    ],
)
def test_a_member_has_quotes_where_a_neighbour_has(before, after):
    ours = {"members": ["x/ours"]}

    assert merge(before, ours, RULES) == after
    assert remove(after, ours, RULES) == before


@pytest.mark.parametrize("member", ["yes", "7", "a, b", "a: b", "# a", "", "~", "a]", "é", "two\nlines", "x" * 200])
def test_a_member_has_quotes_where_it_needs_them(member):
    ours = {"members": [member]}
    after = merge("members: [a]\n", ours, RULES)

    assert yaml.safe_load(after) == {"members": ["a", member]}
    assert len(after.splitlines()) == 1
    assert remove(after, ours, RULES) == "members: [a]\n"


@pytest.mark.parametrize("value", ["two\nlines", "a\n", "\n", "x " * 100, "é: # \\", ""])
def test_a_value_of_several_lines_replaces_one_of_one_line(value):
    ours = {"a": value, "b": {"c": value}}
    after = merge("a: x # why\nb: {c: y}\n", ours, RULES)

    assert yaml.safe_load(after) == ours
    assert "# why" in after
    assert merge(after, ours, RULES) == after
