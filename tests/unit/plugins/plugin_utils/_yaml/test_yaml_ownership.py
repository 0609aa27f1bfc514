# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds our list element: the one with our name, else one without a name that sends to one of our addresses."""

from __future__ import annotations

import pytest
import yaml
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._yaml.merge import MergeRules, duplicates, merge, remove
from prometheus_samples import ELEMENT, URL

FRAGMENT = {"remote_write": [ELEMENT]}
RETIRED = "https://ingest.us-south.monitoring.cloud.ibm.com/prometheus/remote/write"
PRIVATE = "https://ingest.prws.private.us-south.monitoring.cloud.ibm.com/prometheus/remote/write"
SAME_URLS = (URL, RETIRED, PRIVATE, "")
RULES = MergeRules(list="remote_write", match=("name", "url"), same_urls=SAME_URLS, replaces=("bearer_token",))


def written(*elements):
    return yaml.safe_dump({"remote_write": list(elements)}, sort_keys=False)


def listed(text):
    return yaml.safe_load(text)["remote_write"]


@pytest.mark.parametrize("url", [url + end for url in (URL, RETIRED, PRIVATE) for end in ("", "/")])
@pytest.mark.parametrize("name", [{}, {"name": None}, {"name": ""}])
def test_an_element_without_a_name_is_ours_under_each_of_our_addresses(url, name):
    before = written({"url": "https://a"}, {"url": url, **name, "bearer_token": "by-hand", "remote_timeout": "9s"})
    after = merge(before, FRAGMENT, RULES)

    assert listed(after) == [{"url": "https://a"}, {**ELEMENT, "remote_timeout": "9s"}]
    assert merge(after, FRAGMENT, RULES) == after
    assert duplicates(after, FRAGMENT, RULES) == []
    assert listed(remove(before, FRAGMENT, RULES)) == [{"url": "https://a"}]


def test_our_address_may_be_the_one_with_a_slash():
    fragment = {"remote_write": [{**ELEMENT, "url": f"{URL}/"}]}

    assert (
        listed(merge(written({"url": URL}), fragment, MergeRules("remote_write", ("name", "url"))))
        == fragment["remote_write"]
    )


@pytest.mark.parametrize("url", ["https://elsewhere", f"{URL}/more", "", None, 7, [URL]])
def test_another_address_is_not_ours(url):
    others = [{"url": url}, {}, "text", None]
    after = merge(written(*others), FRAGMENT, RULES)

    assert listed(after) == [*others, ELEMENT]
    assert duplicates(after, FRAGMENT, RULES) == []
    assert listed(remove(after, FRAGMENT, RULES)) == others


@pytest.mark.parametrize("url", [URL, RETIRED, PRIVATE])
def test_an_element_of_another_name_stays_and_is_reported(url):
    others = [{"name": "by-hand", "url": url}, {"name": "elsewhere", "url": "https://a"}]
    after = merge(written(*others), FRAGMENT, RULES)

    assert listed(after) == [*others, ELEMENT]
    for text in (written(*others), after):
        assert duplicates(text, FRAGMENT, RULES) == ["by-hand"]
    assert remove(after, FRAGMENT, RULES) == written(*others)


def test_the_element_of_our_name_is_ours_wherever_it_sends_to():
    others = [{"url": RETIRED}, {"name": "other", "url": f"{URL}/"}, {"url": "https://a"}]
    after = merge(written(*others, {"name": "sysdig", "url": "https://old"}), FRAGMENT, RULES)

    assert listed(after) == [*others, ELEMENT]
    assert duplicates(after, FRAGMENT, RULES) == ["number 1, without a name", "other"]


def test_an_address_of_another_name_is_not_taken_out():
    text = written({"name": "other", "url": URL})

    assert remove(text, FRAGMENT, RULES) == text


def test_nothing_is_a_duplicate_in_a_file_without_a_list():
    for text in ("", "a: 1\n", "remote_write:\n", "remote_write: ${X}\n"):
        assert duplicates(text, FRAGMENT, RULES) == []
    assert duplicates("a: 1\n", {"a": 1}, MergeRules()) == []
