# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Masks secrets in the differences that Ansible shows, and in what a validator prints.

The new secrets are known. Others are not: what the file held before, and what users write beside ours. In YAML, the
control node finds those by the names of their keys (``secret_values``), because hosts have no YAML parser, and passes
them on together with the known ones. Here, names decide line by line: for other formats, and for comments.

Runs on Python 3.6.
"""

import re
from typing import Iterator, List, Tuple

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._redact import (
    MASK,
    MaskedSpan,
    Span,
    masked_spans,
    occurrences,
    redact,
)
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._secret_names import (
    CONTEXT_END,
    is_open_name,
    is_open_value,
    is_secret_name,
)

PREVIOUS = MASK + " (previous)"
SHORTEST_VALUE = 8  # characters of an unknown value that is masked in a validator's output; words stay readable
_PAIR = re.compile(r"(?<![\w.?&-])[\"']?(?P<name>[\w.-]{1,80})[\"']?[ \t]{0,20}(?:=>?|:)[ \t]*")
_VALUE_IN_BRACES = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'|[^,}]*")
# A mapping, a comment, the beginning of a list or block in other lines, an alias.
_NO_VALUE = re.compile(r"[{#]|\[+[ \t]*(?:#|\Z)|[|>][-+0-9]*[ \t]*(?:#|\Z)|\*\S*[ \t]*\Z")
# A value that is masked already, or a list with no other ones.
_MASKED = re.compile(
    r"[\"']?{0}[\"']?[ \t]*(?:[,}}\]#]|\Z)|\[(?:[\[\]\"', ]|{0})*(?<=\])".format(r"\*{8}(?: \(previous\))?")
)
# Up to an @, also beyond a slash in a password; but a port is not a password.
_USER_IN_URL = re.compile(r"(?<=://)(?:[^/\s\"']{1,200}|[^/\s:\"']{0,100}:(?![0-9]{1,5}(?:\W|\Z))[^\s\"@]{0,100})(?=@)")
_URL_PARAMETER = re.compile(r"[?&;](?P<name>[\w.-]{1,80})=(?P<value>[^&\s\"'<>]+)")

# In a file about a secret: a name and its value. Base64 may end with =, so a token must not be taken for a name.
_OWN_PAIR = re.compile(
    r"[\s-]*(?:export[ \t]+)?[\"']?(?P<name>[A-Za-z_][\w.-]{0,60})[\"']?[ \t]*(?:=(?!=*\s*\Z)|:(?=\s|\Z))"
)
_OWN_FRAME = re.compile(r"[#;].*|\[[A-Za-z][\w .-]*\]\Z|\W*\Z")  # a comment, the name of a section, punctuation
_URL = re.compile(r"\w+://")
_OPAQUE = re.compile(r"(?<![\w-])(?=[\w-]*[0-9])[\w-]{12,}")  # what may be a token, wherever it stands


def masked(before: str, after: str, secrets: List[str], all_secret: bool) -> Tuple[str, str]:
    """Return both texts as a difference between them may be shown.

    ``secrets`` are the values that must not show, also those of ``secret_behind``. ``all_secret`` says that the file is
    ours and about a secret: what else it holds only shows if its name or form says that it is not one. What both texts
    have is masked alike in both, so that only real differences show.
    """
    plain = [secret for secret in secrets if CONTEXT_END not in secret]
    pairs = [secret.split(CONTEXT_END, 1) for secret in secrets if CONTEXT_END in secret]
    shown = []
    for text in (before, after):
        spans: List[MaskedSpan] = []
        for context, value in pairs:
            mask = MASK if text is after or context + value in after else PREVIOUS
            spans += [(end - len(value), end, mask) for _start, end in occurrences(text, context + value)]
        shown.append(redact(masked_spans(text, spans), plain).split("\n"))
    kept = set(shown[1])
    before_lines = [_masked_line(line, all_secret, MASK if line in kept else PREVIOUS) for line in shown[0]]
    after_lines = [_masked_line(line, all_secret, MASK) for line in shown[1]]
    return "\n".join(before_lines), "\n".join(after_lines)


def masked_words(said: str, content: str, secrets: List[str], all_secret: bool) -> str:
    """Return what a program said of a file with this content, as it may be shown."""
    hidden = list(secrets)
    if all_secret:
        values = [line[start:end].strip("\"' \t\r") for line in content.split("\n") for start, end in _own_spans(line)]
        hidden += [value for value in values if len(value) >= SHORTEST_VALUE]
    return masked("", said, hidden, all_secret=False)[1]


def _masked_line(line: str, all_secret: bool, mask: str) -> str:
    spans = [*_named_spans(line), *_url_spans(line), *(_own_spans(line) if all_secret else ())]
    return masked_spans(line, [(start, end, mask) for start, end in spans])


def _named_spans(line: str) -> Iterator[Span]:
    """Yield where values of secret names are. Outside of braces, a value ends with the line."""
    line = line.rstrip()
    braces = at = 0
    for pair in _PAIR.finditer(line):
        braces += line.count("{", at, pair.start()) - line.count("}", at, pair.start())
        at, start, end = pair.start(), pair.end(), len(line)
        if not is_secret_name(pair.group("name")) or _NO_VALUE.match(line, start) or _MASKED.match(line, start):
            continue
        if braces > 0:
            in_braces = _VALUE_IN_BRACES.match(line, start)
            end = in_braces.end() if in_braces else end
        comment = line.find(" #", start, end)
        if not is_open_value(line[start : comment if comment >= 0 else end].strip("\"' \t")):
            yield start, end
            if end == len(line):
                return


def _url_spans(line: str) -> Iterator[Span]:
    for found in _USER_IN_URL.finditer(line):
        yield found.span()
    for found in _URL_PARAMETER.finditer(line):
        if is_secret_name(found.group("name")) or found.group("name").lower() in ("sig", "auth", "key", "code"):
            yield found.span("value")


def _own_spans(line: str) -> List[Span]:
    """Return what to hide of a line of a file that is about a secret."""
    pair = _OWN_PAIR.match(line)
    name, value = (pair.group("name"), line[pair.end() :]) if pair else ("", line)
    start, end = len(line) - len(value.lstrip()), len(line.rstrip())
    value = value.strip("\"' \t\r")
    shows = is_open_name(name) or is_open_value(value) or _URL.match(value) if pair else _OWN_FRAME.match(value)
    return [found.span() for found in _OPAQUE.finditer(line, start)] if shows else [(start, end)]
