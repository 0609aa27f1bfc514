# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several entries make one environment file, in which each variable is a list with a value of each entry."""

from __future__ import annotations

import json

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.entries import EntryError
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.joining import joined
from planning import planned

ENTRIES = [{"type": "vmagent"}, {"type": "vmagent", "name": "b"}]


def lines(*parts):
    files = [file for file in planned(ENTRIES[: len(parts)]) if file.joined]
    texts = {file.name: json.dumps(part) for file, part in zip(files, parts, strict=True)}
    header, *rest = joined(files, lambda file: texts[file.name]).splitlines()
    assert header.startswith("# Written by")
    return rest


def test_one_entry_has_plain_values():
    assert lines({"url": "https://u/w", "maxBlockSize": 8, "useProto": True}) == [
        "url=https://u/w",
        "maxBlockSize=8",
        "useProto=true",
    ]


def test_values_of_two_entries_are_in_their_order_and_what_one_has_not_is_empty():
    assert lines({"url": "a", "file": "/a"}, {"url": "b", "ca": "/ca"}) == [
        "url=a,b",
        'file="/a,\\"\\""',
        'ca="\\"\\",/ca"',
    ]


def test_a_comma_or_a_quote_does_not_end_an_element():
    assert lines({"file": "/a,b"}, {"file": '/"c'}) == [r'file="\"/a,b\",\"/\\\"c\""']


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ({"a": {}}, "in remote_write, the value of a is neither text nor a number."),
        ({"a": "x\ny"}, "in remote_write, the value of a has a line break"),
        ({"a-b": "x"}, "in remote_write, 'a-b' is not a name for a variable."),
    ],
)
def test_what_the_file_cannot_hold_is_refused(part, said):
    with pytest.raises(EntryError) as refusal:
        lines({"a": 1}, part)
    assert str(refusal.value).startswith(f"Entry 2 (vmagent): {said}")
