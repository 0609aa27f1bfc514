# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Mask secrets in text, in every encoding in which a service or a library may repeat them.

Runs on Python 3.6: differences between files are masked on their host.
"""

import base64
import html
import re
from bisect import bisect_left, bisect_right
from typing import Callable, Dict, Iterable, Iterator, List, Match, Pattern, Set, Tuple
from urllib.parse import unquote

MASK = "********"
SHORTEST = 4  # characters of a secret that is searched for in encoded text
PART = 8  # characters of a longer secret that are masked also without the rest
ROUNDS = 3  # of decoding: an escape may be escaped itself

_ESCAPE = re.compile(
    r"%(?:u00)?([0-9a-f]{2})|\\{1,8}(?:[ux](?:\{0*([0-9a-f]{2})\}|0*([0-9a-f]{2}))|[nrt])"
    r"|&(?:#[0-9]{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8});",
    re.IGNORECASE,
)
# White space, control characters, quotes, backslashes and colons separate or escape what an encoder writes. Without
# them, many encodings are the same. Keys and tokens consist of visible ASCII characters.
_SEPARATORS = re.compile(r"[^!#-&(-9;-\[\]-~]+")
_USER_INFO = re.compile(r"\A(?:\w+://)?([^:@]*):?(.*)@", re.DOTALL)

Span = Tuple[int, int]  # start and end
MaskedSpan = Tuple[int, int, str]


def redact(text: str, secrets: Iterable[str], parts: bool = False) -> str:
    """Return ``text`` with every one of ``secrets`` masked.

    These encodings are recognised: plain text in upper or lower case, the escapes of URLs, JSON, HTML and programming
    languages (also of some characters only, and up to three times), Base64 at every offset in both alphabets, and
    hexadecimal; all of them also split by white space, quotes or colons. A secret of fewer than 4 characters is masked
    in plain text only: its encodings would be found by chance.

    With ``parts``, 8 and more successive characters of a longer secret are masked too, for text that was cut. The time
    needed grows in proportion to the length of ``text``.
    """
    known = {secret for secret in secrets if secret}
    needles = _Needles(known, parts)
    spans = [span for secret in known for span in occurrences(text, secret)]
    return masked_spans(text, [(start, end, MASK) for start, end in (*spans, *_encoded_spans(text, needles))])


def masked_spans(text: str, spans: Iterable[MaskedSpan]) -> str:
    """Return ``text`` with a mask instead of each span, and one (the first) instead of spans that touch each other."""
    pieces: List[str] = []
    at = 0
    for start, end, mask in sorted(spans):
        if start > at or not pieces:
            pieces += [text[at:start], mask]
        at = max(at, end)
    return "".join(pieces) + text[at:]


def occurrences(text: str, needle: str) -> Iterator[Span]:
    """Yield where ``needle`` is in ``text``."""
    start = text.find(needle)
    while start >= 0:
        end = start + len(needle)
        yield start, end
        start = text.find(needle, end)


def url_passwords(urls: Iterable[str]) -> Set[str]:
    """Return the passwords in ``urls``, as written and decoded. A user name without a password counts as one."""
    passwords: Set[str] = set()
    for found in filter(None, map(_USER_INFO.match, urls)):
        name, password = found.groups()
        secret = password or (name if len(name) >= PART else "")
        passwords |= {secret, unquote(secret)} - {""}
    return passwords


class _Needles:
    """Find encoded secrets, or parts of them, in text without separators and in lower case.

    Attributes:
        whole: by needle, the number of characters beside it that may belong to the secret too. (In Base64, a character
            can stand for parts of two bytes.)
        parts: the same for needles of ``PART`` characters.
    """

    def __init__(self, secrets: Iterable[str], with_parts: bool) -> None:
        self.whole: Dict[str, int] = {}
        self.parts: Dict[str, int] = {}
        for secret in secrets:
            for form, margin in _forms(secret):
                needle = _SEPARATORS.sub("", form).lower()
                if with_parts and len(needle) > PART:
                    self.parts.update((needle[at : at + PART], margin) for at in range(len(needle) - PART + 1))
                elif len(needle) >= SHORTEST:
                    self.whole[needle] = margin

    def find(self, text: str) -> Iterator[Tuple[int, int, int]]:
        """Yield start, end and margin of everything that is found."""
        for needle, margin in self.whole.items():
            for start, end in occurrences(text, needle):
                yield start, end, margin
        if self.parts:
            yield from self._find_parts(text)

    def _find_parts(self, text: str) -> Iterator[Tuple[int, int, int]]:
        """Yield the same for parts; those that overlap are one."""
        start, end, widest = 0, 0, 0
        for at in range(len(text) - PART + 1):
            margin = self.parts.get(text[at : at + PART])
            if margin is None:
                continue
            if at >= end > 0:
                yield start, end, widest
            if at >= end:
                start, widest = at, 0
            end, widest = at + PART, max(widest, margin)
        if end:
            yield start, end, widest


def _forms(secret: str) -> Iterator[Tuple[str, int]]:
    """Yield the encodings that are not made of escapes, each with its margin (see _Needles)."""
    if len(secret) < SHORTEST:
        return
    encoded = secret.encode("utf-8", "surrogatepass")
    pairs = [f"{byte:02x}" for byte in encoded]
    for form in (secret, *(step.text for step in _decoding(secret)), "".join(pairs), "-".join(pairs)):
        yield form, 0
    for shift, first in ((0, 0), (1, 2), (2, 3)):
        in_base64 = base64.b64encode(b"\0" * shift + encoded).decode()
        last = len(in_base64.rstrip("=")) - (1 if in_base64.endswith("=") else 0)
        yield in_base64[first:last], 2
        yield in_base64[first:last].replace("+", "-").replace("/", "_"), 2


def _encoded_spans(text: str, needles: _Needles) -> Iterator[Span]:
    """Yield where needles are in ``text``, as it is and with its escapes decoded once, twice, ..."""
    steps = _decoding(text)
    for depth, decoded in enumerate([text, *(step.text for step in steps)]):
        bare = _Replaced(decoded, _SEPARATORS, lambda found: "")
        for start, end, margin in needles.find(bare.text.lower()):
            for step in [bare, *reversed(steps[:depth])]:
                start, end = step.source(start, end)
            yield _widened(text, start, end) if margin else (start, end)


def _decoding(text: str) -> "List[_Replaced]":
    """Return the steps in which the escapes in ``text`` are decoded, as long as there are any."""
    steps: List[_Replaced] = []
    for _round in range(ROUNDS):
        step = _Replaced(text, _ESCAPE, _decoded)
        if step.text == text:
            break
        steps.append(step)
        text = step.text
    return steps


def _decoded(escape: Match[str]) -> str:
    if escape.lastindex:
        return chr(int(escape.group(escape.lastindex), 16))
    return " " if escape.group().startswith("\\") else html.unescape(escape.group())


def _widened(text: str, start: int, end: int) -> Span:
    """Return the span with up to two characters of Base64 on each side, and its padding."""
    before = re.search(r"[\w+/-]{0,2}\Z", text[max(0, start - 2) : start])
    after = re.match(r"[\w+/-]{0,2}={0,2}", text[end : end + 4])
    return start - (len(before.group()) if before else 0), end + (after.end() if after else 0)


class _Replaced:
    """Replace a pattern in a text, and remember where each part of the result comes from.

    A replacement must be shorter than what it replaces.
    """

    def __init__(self, source: str, pattern: Pattern[str], replace: Callable[[Match[str]], str]) -> None:
        # Of each part: where it begins in the text, where it begins and ends in the source.
        self._positions: List[int] = []
        self._sources: List[Span] = []
        pieces: List[str] = []
        size = at = 0
        for found in [*pattern.finditer(source), None]:
            start, end = found.span() if found else (len(source), len(source))
            replacement = replace(found) if found else ""
            for piece, span in ((source[at:start], (at, start)), (replacement, (start, end))):
                if piece:
                    self._positions.append(size)
                    self._sources.append(span)
                    pieces.append(piece)
                    size += len(piece)
            at = end
        self.text = "".join(pieces)
        self._positions.append(size)

    def source(self, start: int, end: int) -> Span:
        """Return where in the source a part of the text comes from. A replacement comes from its whole match."""
        first = bisect_right(self._positions, start) - 1
        last = bisect_left(self._positions, end) - 1
        return self._offset(first, start, 0), self._offset(last, end, 1)

    def _offset(self, part: int, position: int, side: int) -> int:
        span = self._sources[part]
        is_unchanged = span[1] - span[0] == self._positions[part + 1] - self._positions[part]
        return span[0] + position - self._positions[part] if is_unchanged else span[side]
