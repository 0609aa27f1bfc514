# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""What a difference between two texts may show: which line changed, but no secret, neither new nor old.

The new secrets are known. Those of others are not: whatever the file on the host held before, and what users put into
a template beside ours. So a value is also hidden for the name it stands under, and in a file that is all about a secret
every value is.
"""

import re
from typing import List, Tuple

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._redact import MASK, redact

PREVIOUS = MASK + " (previous)"
SHORTEST_SECRET = 8  # characters; words like `true` have to stay readable

# A name that ends like this has a secret as its value. One that goes on (token_url, credentials_file) has not.
_SECRET_NAME = (
    r"(?<![\w.-])[\"']?[\w.-]*(?:pass(?:word|wd|phrase)|tokens?|secrets?|credentials?|authorization|cookie|customer_?id|httpHeaderValue\d+"
    r"|(?<![a-z])key|(?:api|access|private)key)[\"']?"
)
_SECRET_PAIR = re.compile(
    r"(?P<name>" + _SECRET_NAME + r"\s*[:=][ \t]*)(?P<value>\"(?:[^\"\\]|\\.)*\"|'[^']*'|[^,}\s]+)", re.IGNORECASE
)
_SECRET_LINE = re.compile(r"^(?P<indent>[\s-]*)" + _SECRET_NAME + r"\s*:\s*(?P<value>.*)$", re.IGNORECASE)
_ANY_PAIR = re.compile(r"^(?P<name>[\s-]*(?:export )?[\"']?[\w.-]+[\"']?\s*[:=]\s*)")
_USER_IN_URL = re.compile(r"(?<=://)[^/\s@\"']+(?=@)")
_SECRET_IN_URL = re.compile(r"(?P<name>[?&][^=&\s]*(?:token|key|secret|password|signature)=)[^&\s\"']+", re.IGNORECASE)


def masked(before: str, after: str, secrets: List[str], all_secret: bool) -> Tuple[str, str]:
    """Both texts as a difference between them may be shown.

    ``secrets`` are the values that must never be seen. ``all_secret`` says that the file is all about a secret: only
    the names in it are shown. A line that both texts have is masked alike in both, so that only real differences show.
    """
    kept = set(after.splitlines())
    shown = [
        _mask(line, hidden or all_secret, secrets, MASK if line in kept else PREVIOUS)
        for line, hidden in _lines(before)
    ]
    return _joined(before, shown), _joined(
        after, [_mask(line, hidden or all_secret, secrets, MASK) for line, hidden in _lines(after)]
    )


def masked_words(said: str, content: str, secrets: List[str], all_secret: bool) -> str:
    """What a program said of a file with this content, as it may be shown.

    Of a file that is all about a secret, neither a line nor a value is repeated that is long enough to be one.
    """
    hidden = set(secrets)
    if all_secret:
        lines = [line.strip() for line in content.splitlines()]
        values = [_ANY_PAIR.sub("", line).strip("\"'") for line in lines]
        hidden |= {text for text in lines + values if len(text) >= SHORTEST_SECRET}
    return masked("", said, list(hidden), all_secret=False)[1]


def _joined(text: str, lines: List[str]) -> str:
    return "\n".join(lines) + ("\n" if text.endswith("\n") else "")


def _lines(text: str) -> List[Tuple[str, bool]]:
    """Each line, and whether it goes on with the value of a secret name above it."""
    found = []
    secret_indent = -1  # of the secret name whose lines these are; -1 outside
    is_block = False
    for line in text.splitlines():
        indent = len(line) - len(line.lstrip())
        inside = secret_indent >= 0 and (indent > secret_indent or not line.strip())
        # Below a name there may also be a mapping, whose own names decide. A block scalar has no names.
        found.append((line, inside and (is_block or not _ANY_PAIR.match(line))))
        if not inside:
            above = _SECRET_LINE.match(line)
            secret_indent = len(above["indent"]) if above else -1
            is_block = above is not None and above["value"].startswith(("|", ">"))
    return found


def _mask(line: str, hidden: bool, secrets: List[str], mask: str) -> str:
    """The line without the given secrets, and without values that must be secrets."""
    if hidden:
        return _name_only(line, mask)
    line = redact(line, secrets)
    line = _SECRET_IN_URL.sub(lambda found: found["name"] + mask, _USER_IN_URL.sub(mask, line))
    pair = _SECRET_PAIR.search(line)
    if pair is None or pair["value"][0] in "{[&*|>#":
        return line
    if "{" in line[: pair.start()]:
        return _SECRET_PAIR.sub(lambda found: found["name"] + mask, line)
    # Outside of braces a value goes on to the end of the line, whatever is in it.
    return line[: pair.start("value")] + mask


def _name_only(line: str, mask: str) -> str:
    """The line with the name at its beginning, if it has one, and nothing else."""
    if not line.strip():
        return line
    pair = _ANY_PAIR.match(line)
    return (pair["name"] if pair else line[: len(line) - len(line.lstrip())]) + mask
