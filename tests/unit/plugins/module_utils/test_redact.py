# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets are masked in every encoding, and nothing else is."""

from __future__ import annotations

import base64
import string
from urllib.parse import quote

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import (
    OptionError,
    ServiceError,
    from_dict,
    redacted_errors,
)
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._redact import MASK, masked_spans, redact, url_passwords
from hypothesis import given
from hypothesis import strategies as st
from secrecy.scan import search
from secret_encodings import ENCODINGS

SECRET = "odd'key/with+signs=\"and\\more$&<x>~%41!"
WHOLE = {name: encode for name, encode in ENCODINGS.items() if not name.startswith("without its")}
# What is beside the secret in the same piece of Base64 is masked as far as a character stands for both.
WITH_OTHERS = [name for name in WHOLE if " after " in name or name == "Base64 in a URL"]
visible = st.text(
    st.sampled_from(string.ascii_letters + string.digits + string.punctuation.replace("*", "")), min_size=6, max_size=60
)


@pytest.mark.parametrize("encoding", [name for name in WHOLE if name not in WITH_OTHERS])
def test_an_encoded_secret_is_masked_and_nothing_beside_it(encoding):
    encoded = WHOLE[encoding](SECRET)

    text = redact(f"before [{encoded}], after", {SECRET})

    assert text.replace(f"'{MASK}'", MASK) == f"before [{MASK}], after"


@pytest.mark.parametrize("encoding", WITH_OTHERS)
def test_of_base64_that_holds_more_than_the_secret_the_rest_may_show(encoding):
    text = redact(f"before [{WHOLE[encoding](SECRET)}], after", {SECRET})

    assert text.startswith("before [")
    assert text.endswith("], after")
    assert not any(search("text", text.encode(), {"it": SECRET[start:]}) for start in range(len(SECRET) - 4))


@given(visible, st.sampled_from(sorted(WHOLE)), st.text(max_size=5), st.text(max_size=5))
def test_no_secret_is_left_in_any_encoding(secret, encoding, before, after):
    encoded = WHOLE[encoding](secret)

    text = redact(f"{before}{encoded}{after}", {secret})

    assert encoded not in text
    assert search("text", text.encode("utf-8", "surrogatepass"), {"it": secret}) == []


@given(visible, st.sampled_from(sorted(ENCODINGS)), st.text(max_size=5), st.text(max_size=5))
def test_a_text_without_the_secret_stays_as_it_is(secret, encoding, before, after):
    other = ENCODINGS[encoding]("entirely different, 7 words of it")

    assert redact(f"{before}{other}{after}", {f"#{secret}#"}) == f"{before}{other}{after}"


@pytest.mark.parametrize("encode", [str, lambda text: quote(text, safe=""), lambda text: text.encode().hex()])
@pytest.mark.parametrize("start", [0, 1, 7, 20])
def test_parts_of_a_secret_are_masked_on_request(encode, start):
    part = encode(SECRET[start : start + 12])

    assert redact(f"before {part}; then", {SECRET}, parts=True) == f"before {MASK}; then"
    assert redact(f"before {part}; then", {SECRET}) == f"before {part}; then"


@pytest.mark.parametrize("start", range(4))
def test_a_part_in_base64_is_masked_on_request(start):
    encoded = base64.b64encode(("x" * start + SECRET).encode()).decode()[:20]

    shown = redact(f"before {encoded}", {SECRET}, parts=True)

    assert shown in [f"before {encoded[:others]}{MASK}" for others in range(4)]


def test_fewer_than_eight_characters_of_a_longer_secret_are_no_part():
    assert redact("apikey is given", {"apikey-0123456789"}, parts=True) == "apikey is given"


@pytest.mark.parametrize("secret", ["x", "k3y", "abc"])
def test_a_very_short_secret_is_masked_in_plain_text_only(secret):
    encoded = base64.b64encode(secret.encode()).decode()

    assert redact(f"1 {secret} 2 {encoded} 3 {secret.encode().hex()}", {secret}) == (
        f"1 {MASK} 2 {encoded} 3 {secret.encode().hex()}"
    )


def test_a_secret_that_is_no_ascii_is_masked_in_plain_text():
    assert redact("ключ: пароль!", {"пароль"}) == f"ключ: {MASK}!"


def test_the_longer_of_two_secrets_is_masked_whole():
    assert redact("key-and-more key", {"key", "key-and-more"}) == f"{MASK} {MASK}"


def test_secrets_that_overlap_are_masked_as_one():
    assert redact("<first-second-third>", {"first-second", "second-third"}) == f"<{MASK}>"


def test_no_secrets_change_nothing():
    assert redact("nothing to hide", {""}) == "nothing to hide"
    assert redact("", {"secret"}) == ""


@pytest.mark.parametrize("text", ["%41", "%25", "\\x0000", "\\", "&#65;", "eyJh", "a ", "&" * 9], ids=repr)
def test_a_long_text_takes_no_endless_time(text):
    assert redact(text * (300_000 // len(text)) + SECRET, {SECRET, "eyJh" * 300}, parts=True).endswith(MASK)


def test_spans_become_masks():
    assert masked_spans("0123456789", [(4, 6, "A"), (5, 7, "B"), (9, 10, "C"), (0, 1, "D")]) == "D123A78C"
    assert masked_spans("0123", [(0, 2, "A"), (2, 4, "B")]) == "A"
    assert masked_spans("0123", []) == "0123"


@pytest.mark.parametrize(
    ("url", "passwords"),
    [
        ("http://me:pass@proxy:3128", {"pass"}),
        ("http://me:p%40ss@proxy", {"p%40ss", "p@ss"}),
        ("me:pass@proxy:3128", {"pass"}),
        ("socks5h://me:pa:ss/w@rd@proxy/", {"pa:ss/w@rd"}),
        ("http://a-token-alone@proxy", {"a-token-alone"}),
        ("http://me@proxy", set()),
        ("http://me:@proxy", set()),
        ("http://proxy:3128", set()),
        ("", set()),
    ],
)
def test_passwords_in_urls(url, passwords):
    assert url_passwords([url]) == passwords


def test_an_error_is_redacted_where_it_leaves():
    secrets = {SECRET}
    late = "learned-meanwhile"

    error = ServiceError(
        "Step", f"said {SECRET}", f"do {late}", url=f"https://host/{quote(SECRET)}", code=late, status=1
    )

    def fail():
        with redacted_errors(secrets):
            secrets.add(late)
            raise error

    with pytest.raises(ServiceError) as failed:
        fail()

    assert str(failed.value) == f"Step failed: said {MASK} do {MASK}"
    assert failed.value.facts == {"url": f"https://host/{MASK}", "code": MASK, "status": 1}


def test_options_keep_their_markup_in_a_redacted_error():
    error = ServiceError("Step", f"said {SECRET}.", "Check O(url).")
    error.redact({SECRET})

    assert error.named(lambda option: f"my_{option}").remedy == "Check my_url."


def test_other_exceptions_leave_as_they_are():
    with pytest.raises(KeyError, match="else"), redacted_errors({"something-else"}):
        raise KeyError("something-else")


UNPRINTABLE = [
    *("\0", "\x07", "\x1b", "\x7f", "\x85", "\n", "\r", "\u2028", "\u2029"),
    *("\u061c", "\u200b", "\u200e", "\u200f", "\u202a", "\u202e", "\u2066", "\u2069", "\ufeff", "\ud800", "\udfff"),
]


@pytest.mark.parametrize("character", UNPRINTABLE, ids=ascii)
def test_no_character_in_an_error_controls_a_terminal(character):
    error = ServiceError("Step", f"a{character}b", f"c{character}d", code=f"e{character}f", status=400)

    for shown in (error, from_dict(error.as_dict()), OptionError(f"e{character}f", f"a{character}b", f"c{character}d")):
        assert str(shown).isprintable()
        assert shown.facts.get("code", shown.facts.get("option")) == "e f"
