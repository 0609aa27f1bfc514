# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Merges into configurations as people write them; nothing else in them may change."""

from __future__ import annotations

import pytest
import yaml
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.merging import YamlError
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._yaml import nodes as yaml_nodes
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._yaml.merge import MergeRules, merge, remove
from prometheus_samples import ELEMENT, URL, WITH_OURS, WITHOUT_OURS

RULES = MergeRules(
    list="remote_write",
    match=("name", "url"),
    replaces=("bearer_token", "bearer_token_file", "basic_auth", "authorization.credentials"),
)
FRAGMENT = {"remote_write": [ELEMENT]}


@pytest.fixture(autouse=True, params=["SafeLoader", "CSafeLoader"])
def _loader(request, monkeypatch):
    """With and without libyaml, whose positions could differ."""
    if not hasattr(yaml, request.param):
        pytest.skip("PyYAML was built without libyaml")
    monkeypatch.setattr(yaml_nodes, "LOADER", getattr(yaml, request.param))


def comment_lines(text):
    return [line.strip() for line in text.splitlines() if line.strip().startswith("#")]


def comments(text):
    return sorted(comment.split("#", 1)[1].strip() for comment in text.splitlines() if "#" in comment)


@pytest.mark.parametrize("name", WITHOUT_OURS)
def test_merge_adds_our_element_and_keeps_every_line(name):
    before = WITHOUT_OURS[name]
    after = merge(before, FRAGMENT, RULES)
    expected = yaml.safe_load(before) or {}
    expected["remote_write"] = [*(expected.get("remote_write") or []), ELEMENT]
    assert yaml.safe_load(after) == expected
    # All former lines are still there, in their order, and only new lines are between them.
    former = before.splitlines()
    if name not in (
        "flow list",
        "flow list over lines",
        "json",
        "json without remote write",
        "empty flow list",
        "tilde",
    ):
        rest = iter(after.splitlines())
        assert [line for line in former if line not in rest] == []
    assert comment_lines(after) == comment_lines(before)
    assert merge(after, FRAGMENT, RULES) == after


@pytest.mark.parametrize("name", WITHOUT_OURS)
def test_remove_restores_the_file(name):
    before = WITHOUT_OURS[name]
    after = remove(merge(before, FRAGMENT, RULES), FRAGMENT, RULES)
    had_an_empty_list = name in ("empty flow list", "null", "tilde")
    expected = yaml.safe_load(before)
    if had_an_empty_list:
        del expected["remote_write"]
    assert (yaml.safe_load(after) or None) == (expected or None)
    if not had_an_empty_list:
        assert after == before
    assert remove(after, FRAGMENT, RULES) == after


@pytest.mark.parametrize("name", WITH_OURS)
def test_our_element_is_updated_in_place(name):
    before, ours = WITH_OURS[name]
    after = merge(before, FRAGMENT, RULES)
    expected = yaml.safe_load(before)
    position = next(
        i for i, item in enumerate(expected["remote_write"]) if item.get("name") == "sysdig" or item.get("url") == URL
    )
    expected["remote_write"][position] = ours
    assert yaml.safe_load(after) == expected
    assert comments(after) == comments(before)
    assert merge(after, FRAGMENT, RULES) == after


def test_tabs_before_comments():
    if yaml_nodes.LOADER is yaml.SafeLoader:
        pytest.skip("only libyaml reads a tab before a comment, as Prometheus does")
    before = "global:\t# tab\n  scrape_interval: 15s\t# another\n"
    assert merge(before, FRAGMENT, RULES).startswith(before)


def test_unchanged_is_the_same_text():
    text = WITH_OURS["already as it should be"][0]
    assert merge(text, FRAGMENT, RULES) == text


def test_an_update_changes_only_our_lines():
    before, _ours = WITH_OURS["by url, token inline"]
    assert (
        merge(before, FRAGMENT, RULES)
        == f"""\
remote_write:
# from the web UI
# do not touch the queue
- queue_config:
    capacity: 2500   # tuned
  url: {URL}
  name: sysdig
  authorization:
    credentials_file: /etc/prometheus/sysdig-token
- url: https://example.com/b
# end
"""
    )


def test_both_list_styles_are_kept():
    assert merge("rule_files:\n- a\n", FRAGMENT, RULES).splitlines()[2:4] == ["remote_write:", "- name: sysdig"]
    assert merge("rule_files:\n  - a\n", FRAGMENT, RULES).splitlines()[2:4] == ["remote_write:", "  - name: sysdig"]


def test_an_entry_of_another_name_with_the_same_url_is_not_ours_when_the_user_named_it():
    before = f"remote_write:\n  - name: other\n    url: {URL}\n"
    after = yaml.safe_load(merge(before, FRAGMENT, MergeRules("remote_write", ("name",))))
    assert [item["name"] for item in after["remote_write"]] == ["other", "sysdig"]


def test_keys_without_a_list_are_set_and_others_kept():
    before = "# agent\ncustomerid: old   # mine\ntags: a:b\nlog:\n  file_priority: info # chatty\n"
    after = merge(before, {"customerid": "new", "ssl": True, "log": {"console_priority": "error"}}, MergeRules())
    assert after == (
        "# agent\ncustomerid: new   # mine\ntags: a:b\nlog:\n"
        "  file_priority: info # chatty\n  console_priority: error\nssl: true\n"
    )


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("a: 1\nb: [1, 2\nc: 3\n", 3, "expected"),
        ("a: 1\n\tb: 2\n", 2, "t"),
        ("- a\n- b\n", 1, "not a mapping"),
        ("just text\n", 1, "not a mapping"),
        ("a: 1\n---\nb: 1\n", 2, "more than one document"),
        ("a: 1\nremote_write: yes please\n", 2, "remote_write is not a list"),
        ("a: 1\nb: \x07\n", 2, "character"),
        ("a: 1\nb: *missing\n", 2, "undefined alias"),
        (f"x: &shared\n  - url: {URL}\nremote_write: *shared\n", 3, "anchor"),
        (f"x: &shared\n  url: {URL}\nremote_write:\n  - *shared\n", 4, "anchor"),
        (f"x: &shared {{bearer_token: secret}}\nremote_write:\n  - <<: *shared\n    url: {URL}\n", 3, "anchor"),
        (f"remote_write:\n  - url: {URL}\n    authorization: &a\n      type: Bearer\nx: *a\n", 3, "anchor"),
    ],
)
def test_refused_with_the_line_and_without_quoting_the_file(text, line, reason):
    with pytest.raises(YamlError) as refusal:
        merge(text, FRAGMENT, RULES)
    assert refusal.value.line == line
    assert reason in refusal.value.problem
    assert "secret" not in str(refusal.value)


OURS_COMMENTED = """\
remote_write:
  - url: https://example.com/a
{ours}  - url: https://example.com/b
    # about b
global: {{}}
"""


@pytest.mark.parametrize(
    ("ours", "kept"),
    [
        (
            f"  # above\n  - name: sysdig # managed\n    # about the url\n    url: {URL} # ours\n    # below\n",
            "  # above\n  # managed\n  # about the url\n  # ours\n    # below\n",
        ),
        (f"  - # behind the dash\n    name: sysdig\n    url: {URL}\n", "  # behind the dash\n"),
        (f"  -\n    # - another dash\n    name: sysdig\n    url: {URL}\n", "  # - another dash\n"),
        (f"  - {{name: sysdig, # flow\n     url: {URL}}}\n", "  # flow\n"),
        (f"  - name: sysdig\n    url: '{URL}#no-comment'\n", ""),
    ],
)
def test_comments_of_a_list_element_stay_in_its_place_as_those_of_a_key(ours, kept):
    assert remove(OURS_COMMENTED.format(ours=ours), FRAGMENT, RULES) == OURS_COMMENTED.format(ours=kept)


def test_comments_of_the_only_list_element_stay_in_the_place_of_the_list():
    before = f"global: {{}}\nremote_write: # ours\n  - name: sysdig # managed\n    url: {URL}\nrule_files: []\n"

    assert remove(before, FRAGMENT, RULES) == "global: {}\n# ours\n# managed\nrule_files: []\n"


def test_comments_of_a_member_stay_in_its_place():
    rules = MergeRules(members=("a",))

    assert remove("a:\n- x\n- ours # why\n- y\n", {"a": ["ours"]}, rules) == "a:\n- x\n# why\n- y\n"


@pytest.mark.parametrize(
    "before",
    [
        "remote_write:\n  - # long-term storage\n    url: https://example.com/a\n",
        "remote_write: &all\n- # long-term - storage\n\n  # - more\n  url: https://example.com/a\n- &b\n  url: b\n",
        "remote_write:\n  - !!map # a\n    url: https://example.com/a\n  -   # b\n      url: b\n",
        "remote_write:\r\n- # a\r\n  url: https://example.com/a\r\n",
    ],
)
def test_comments_behind_a_dash(before):
    after = merge(before, FRAGMENT, RULES)

    assert after.startswith(before)
    assert yaml.safe_load(after)["remote_write"][-1] == ELEMENT
    assert remove(after, FRAGMENT, RULES) == before


def test_a_dash_behind_something_else_is_refused():
    text = f"? remote_write\n: - name: sysdig\n    url: {URL}\n  - url: https://example.com/a\n"
    with pytest.raises(YamlError) as refusal:
        remove(text, FRAGMENT, RULES)

    assert str(refusal.value) == (
        "line 2: this is written in a form that cannot be edited safely. Write each key and element on its own line."
    )


@pytest.mark.parametrize(
    "before",
    [
        "{remote_write: [{url: a}, # first\n {url: b}, # second\n], # all\n global: {}}\n",
        "{global: {}, # why\n}\n",
    ],
)
def test_comments_in_flow_style_are_where_they_were_when_ours_goes(before):
    assert remove(merge(before, FRAGMENT, RULES), FRAGMENT, RULES) == before


def test_a_flow_element_behind_a_comment_goes_without_it():
    before = f"remote_write: [{{url: a}}, # first\n  {{name: sysdig, url: '{URL}'}}, {{url: b}}]\n"

    assert remove(before, FRAGMENT, RULES) == "remote_write: [{url: a}, # first\n  {url: b}]\n"


def test_a_flow_element_between_comments_goes_without_them():
    before = f"remote_write: [ # first\n  {{name: sysdig, url: '{URL}'}}, # ours\n  {{url: b}}]\n"

    assert remove(before, FRAGMENT, RULES) == "remote_write: [ # first\n   # ours\n  {url: b}]\n"


@pytest.mark.parametrize("last", ["{c: 1}", "1, # d\n"])
def test_everything_in_flow_style_goes_but_for_the_comments(last):
    before = f"{{a: {{x: 1}}, b: 1, # c\n  c: {last}}}\n"
    fragment = {"a": {"x": 1}, "b": 1, "c": {"c": 1} if "c" in last else 1}
    after = remove(before, fragment, MergeRules())

    assert not yaml.safe_load(after)
    assert comments(after) == comments(before)
