# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a difference may show, and what it must not."""

from __future__ import annotations

import base64

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.diff import masked

NEW, OLD = "new-token-1234", "old-token-9876"

HIDDEN = [
    "password: hunter2",
    "  password: hun,ter2 # why, yes",
    "- basic_auth: {username: me, password: hunter2}",
    'basic_auth: {"username": "me", "password": "hun,ter2"}',
    "bearer_token: hunter2",
    '"bearer_token": "hunter2",',
    "credentials: hunter2",
    "customerid: hunter2",
    "customerId=hunter2",
    "api_key: hunter2",
    "secret_key: 'hunter2'",
    "key: hunter2",
    "client_secret: hunter2",
    "Authorization: Bearer hunter2",
    "SDC_TOKEN=hunter2",
    "export SDC_TOKEN='hunter2'",
    "url: https://me:hunter2@example.com/write",
    "url: https://example.com/write?token=hunter2&a=b",
    "# password: hunter2",
    "password: |\n  hunter2\n  key: hunter2",
    "password:\n  hunter2",
    "password: >-\n\n  hunter2\nother: 1",
    'password: "first\n  hunter2"',
    "tokens:\n  - hunter2",
]


@pytest.mark.parametrize("text", HIDDEN)
def test_values_of_secret_names_are_hidden_before_and_after(text):
    for before, after in ((text, ""), ("", text), (text, text), (text, "other: 1\n")):
        shown = "".join(masked(before, after, [], all_secret=False))
        assert "hunter2" not in shown
        assert "ter2" not in shown


SHOWN = [
    "credentials_file: /etc/prometheus/sysdig-token",
    "authorization:\n  credentials_file: /etc/prometheus/sysdig-token",
    "bearer_token_file: /etc/token",
    "key_file: /etc/key.pem",
    "token_url: https://example.com/token",
    "monkey: yes",
    "scrape_interval: 15s # password rotation",
    "url: https://example.com/write",
    "- source_labels: [__name__]",
    "job_name: secrets-exporter",
]


@pytest.mark.parametrize("text", SHOWN)
def test_anything_else_is_shown_as_it_is(text):
    assert masked(text, text + "\nx: 1", [], all_secret=False) == (text, text + "\nx: 1")


def test_a_rotated_secret_still_shows_as_a_difference():
    before, after = masked(f"a: 1\nbearer_token: {OLD}\n", f"a: 1\nbearer_token: {NEW}\n", [NEW], all_secret=False)
    assert before == "a: 1\nbearer_token: ******** (previous)\n"
    assert after == "a: 1\nbearer_token: ********\n"


def test_of_a_file_about_a_secret_only_names_are_shown_and_which_lines_change():
    """Whoever writes a template of their own may put other secrets beside ours, under any name or none."""
    before, after = masked(
        f"theirs\nexport A={OLD}\nB={OLD} {OLD}\n\nC=theirs\n{OLD}\n",
        f"theirs\nexport A={NEW}\nB={NEW}\n\nC=theirs\nwith {NEW} theirs\n",
        [NEW],
        all_secret=True,
    )
    gone = "******** (previous)"
    assert before == f"********\nexport A={gone}\nB={gone}\n\nC=********\n{gone}\n"
    assert after == "********\nexport A=********\nB=********\n\nC=********\n********\n"


def test_the_new_secret_is_hidden_in_every_form():
    for form in (NEW, base64.b64encode(NEW.encode()).decode(), f"x{NEW}y"):
        assert NEW not in masked("", f"plain: {form}", [NEW], all_secret=False)[1]
        assert form not in masked("", f"plain: {form}", [NEW], all_secret=False)[1]


def test_a_file_that_does_not_change_shows_no_difference():
    text = f"a: {NEW}\npassword: x\n"
    before, after = masked(text, text, [NEW], all_secret=True)
    assert before == after
