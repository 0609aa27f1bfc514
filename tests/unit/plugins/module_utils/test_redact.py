# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets are masked in whatever form they come back."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote, quote_plus

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._redact import MASK, redact

SECRET = 'key+/with="odd\\signs='


@pytest.mark.parametrize(
    "form",
    [
        str,
        quote,
        quote_plus,
        lambda secret: quote_plus(secret).lower(),
        json.dumps,
        lambda secret: base64.b64encode(secret.encode()).decode(),
        lambda secret: base64.b64encode(secret.encode()).decode().rstrip("="),
        lambda secret: base64.urlsafe_b64encode(secret.encode()).decode(),
        lambda secret: base64.urlsafe_b64encode(secret.encode()).decode().rstrip("="),
    ],
    ids=[
        *("plain", "in a path", "in a form", "with lower-case escapes", "JSON"),
        *("base64", "base64 without padding", "URL-safe base64", "URL-safe base64 without padding"),
    ],
)
def test_a_secret_is_masked_in_every_usual_form(form):
    said = redact(f"before {form(SECRET)} after", {SECRET})

    assert said.replace('"', "") == f"before {MASK} after"


def test_the_longer_of_two_secrets_is_masked_whole():
    assert redact("key-and-more key", {"key", "key-and-more"}) == f"{MASK} {MASK}"


def test_a_text_without_secrets_stays_as_it_is():
    assert redact("nothing to hide", {"key", ""}) == "nothing to hide"
