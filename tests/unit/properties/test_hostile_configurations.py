# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Merges into arbitrary YAML: the data is the old data plus ours and no comment is lost, or the text is refused."""

from __future__ import annotations

import copy

import pytest
import yaml
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.merging import YamlError
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.types import TYPES
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._yaml import nodes as yaml_nodes
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._yaml.merge import merge, remove
from documents import data, written
from hostile import PIECES, text
from hypothesis import given
from hypothesis import strategies as st

RULES = {name: row.merge for name, row in TYPES.items()}

URL, EXTENSION, EXPORTER = "https://example.com/write", "bearertokenauth/sysdig", "prometheusremotewrite/sysdig"
ELEMENT = {"name": "sysdig", "url": URL, "authorization": {"credentials_file": "/etc/token"}}
COLLECTOR = {
    "extensions": {EXTENSION: {"filename": "/etc/token"}},
    "exporters": {EXPORTER: {"endpoint": URL, "auth": {"authenticator": EXTENSION}}},
    "service": {"extensions": [EXTENSION]},
}

elements = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(["sysdig", "other"]),
        "url": st.sampled_from([URL, "https://other"]),
        "bearer_token": st.just("old"),
        "authorization": st.dictionaries(
            st.sampled_from(["type", "credentials", "credentials_file"]), text, max_size=3
        ),
        "queue_config": data(),
    },
)
with_remote_write = st.tuples(data(), st.lists(elements, max_size=3) | st.none(), data()).map(
    lambda parts: {"global": parts[0], "remote_write": parts[1], "scrape_configs": parts[2]}
)
mappings = st.dictionaries(st.text("abc", min_size=1, max_size=3), data(), max_size=4)
collectors = st.fixed_dictionaries(
    {},
    optional={
        "extensions": mappings | st.none(),
        "exporters": mappings,
        "service": st.fixed_dictionaries(
            {}, optional={"extensions": st.lists(st.text("abc", min_size=1, max_size=3), max_size=3)}
        ),
    },
)


@pytest.fixture(autouse=True, params=["SafeLoader", "CSafeLoader"])
def _loader(request, monkeypatch):
    """With and without libyaml, whose positions could differ."""
    monkeypatch.setattr(yaml_nodes, "LOADER", getattr(yaml, request.param))


def merged(before, fragment, rules):
    """Merge twice, which must be the same as once. Return the new text, or None if it is refused."""
    try:
        after = merge(before, fragment, rules)
    except YamlError:
        return None
    assert merge(after, fragment, rules) == after
    return after


def all_in(comments, text):
    return all(text.count(comment) == 1 for comment in comments)


def deep_merged(present, ours):
    result = dict(present) if isinstance(present, dict) else {}
    for key, value in ours.items():
        result[key] = deep_merged(result.get(key), value) if isinstance(value, dict) else copy.deepcopy(value)
    return result


def our_position(listed):
    """Find our element: by name, else by URL one without a name."""
    for key, name in (("name", ELEMENT["name"]), ("url", None)):
        for position, element in enumerate(listed):
            if element.get(key) == ELEMENT[key] and element.get("name") == name:
                return position
    return None


@given(written(with_remote_write))
def test_prometheus(document):
    before, comments = document
    after = merged(before, {"remote_write": [ELEMENT]}, RULES["prometheus"])
    if after is None:
        return

    expected = yaml.safe_load(before)
    listed = expected["remote_write"] = expected["remote_write"] or []
    position = our_position(listed)
    if position is None:
        listed.append(ELEMENT)
    else:
        kept = {key: value for key, value in listed[position].items() if key != "bearer_token"}
        if isinstance(kept.get("authorization"), dict):
            kept["authorization"] = {
                key: value for key, value in kept["authorization"].items() if key not in ("type", "credentials")
            }
        listed[position] = deep_merged(kept, ELEMENT)
    assert yaml.safe_load(after) == expected
    assert all_in(comments, after)


@given(written(mappings), data())
def test_agent(document, setting):
    before, comments = document
    fragment = {"customerid": "the-access-key", "ssl": True, "a": setting}
    after = merged(before, fragment, RULES["agent"])
    if after is None:
        return

    expected = yaml.safe_load(before)
    if isinstance(setting, dict):
        setting = deep_merged(expected.get("a"), setting)
    assert yaml.safe_load(after) == {**expected, **fragment, "a": setting}
    assert all_in(comments, after)


@given(written(collectors))
def test_collector(document):
    before, comments = document
    after = merged(before, COLLECTOR, RULES["otel"])
    if after is None:
        return

    present = yaml.safe_load(before)
    expected = deep_merged(present, COLLECTOR)
    expected["service"]["extensions"] = [*((present.get("service") or {}).get("extensions") or []), EXTENSION]
    assert yaml.safe_load(after) == expected
    assert all_in(comments, after)


@given(written(with_remote_write))
def test_remove_restores_the_file(document):
    before, comments = document
    fragment = {"remote_write": [{**ELEMENT, "name": "ours", "url": "https://ours"}]}
    after = merged(before, fragment, RULES["prometheus"])
    if after is None:
        return

    try:
        again = remove(after, fragment, RULES["prometheus"])
    except YamlError:
        assert "|" in before  # a comment below ours would become part of the text above ours
        return
    expected = yaml.safe_load(before)
    if expected["remote_write"]:
        assert again == before
        return
    del expected["remote_write"]
    assert yaml.safe_load(again) == expected
    assert all_in(comments, again)


@given(
    st.lists(
        st.sampled_from([*PIECES, "a: ", "\n  ", "- ", "remote_write:", "\n", "2024-13-45", "0b_", "<<: "])
        | st.text(max_size=2),
        max_size=14,
    ).map("".join)
)
def test_any_text(before):
    after = merged(before, {"remote_write": [ELEMENT]}, RULES["prometheus"])

    if after is not None:
        # By the same parser: libyaml reads a byte order mark in more places.
        assert ELEMENT in yaml.load(after, yaml_nodes.LOADER)["remote_write"]


# Examples that these tests found: text, line, reason.
REFUSED = [
    ("a: 1\nb: 2024-13-45\n", 2, "a date that does not exist"),
    ("a: 1\nb: [1, !!int x]\n", 2, "not what it looks like"),
    ("a: 1\nb: 0b_\n", 2, "not what it looks like"),
    (f"a: 1\nb: {'9' * 5000}\n", 2, "not what it looks like"),
    ("a: 1\nb: !!timestamp x\n", 2, "not what it looks like"),
    ("a: 1\nb: \ud800\n", 2, "U+D800 is a character that YAML does not allow"),
    ("a: ü\nb: üüü\nc: \x00\nd: 1\n\n\n", 3, "U+0000 is a character that YAML does not allow"),
    ("\ufeff\ufeff", 1, "U+FEFF is a character that YAML does not allow"),
    ("a: &a [*a]\n", 1, "aliases"),
    ("a: &a {b: *a}\n", 1, "aliases"),
    ("a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)), 1, "aliases"),
    ("a: 1\nb: " + "[" * 200 + "]" * 200 + "\n", 2, "more than 100 levels"),
    (f"remote_write:\n- authorization: {{credentials: [x, # why\n    y]}}\n  url: {URL}\n", 2, "a comment"),
]


@pytest.mark.parametrize(("before", "line", "reason"), REFUSED)
def test_what_cannot_be_read_or_edited_safely_is_refused_with_its_line(before, line, reason):
    with pytest.raises(YamlError) as refusal:
        merge(before, {"remote_write": [ELEMENT]}, RULES["prometheus"])

    assert refusal.value.line == line
    assert reason in refusal.value.problem


def test_comments_inside_of_what_goes_are_kept_above():
    before = f"remote_write:\n  - url: {URL}\n    bearer_token: [x, # why\n      y] # when\n    queue_config: {{}}\n"
    after = merge(before, {"remote_write": [ELEMENT]}, RULES["prometheus"])

    assert after == (
        f"remote_write:\n  - url: {URL}\n    # why\n    # when\n    queue_config: {{}}\n"
        "    name: sysdig\n    authorization:\n      credentials_file: /etc/token\n"
    )


def test_a_comment_behind_the_comma_of_what_goes_stays():
    before = (
        f"remote_write:\n  - authorization: {{credentials: x, # why\n      a: b}}\n    url: {URL}\n    name: sysdig\n"
    )
    after = merge(before, {"remote_write": [ELEMENT]}, RULES["prometheus"])

    assert after == (
        f'remote_write:\n  - authorization: {{ # why\n      a: b, "credentials_file": "/etc/token"}}\n'
        f"    url: {URL}\n    name: sysdig\n"
    )


def test_a_byte_order_mark_stays_where_it_is():
    before = "\ufeffa: 1\nb: 2\n"
    after = merge(before, {"customerid": "x"}, RULES["agent"])

    assert after == before + "customerid: x\n"
    assert remove(after, {"customerid": "x"}, RULES["agent"]) == before
