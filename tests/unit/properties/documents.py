# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Generates YAML documents in many styles, with comments that differ from each other."""

from __future__ import annotations

import yaml
from hostile import text
from hypothesis import assume
from hypothesis import strategies as st

_scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    text.filter(str.isprintable),
    st.just("two lines\n# and no comment\n"),
)
_names = st.sampled_from(["name", "url", "global", "job_name", "on", "x y", "#no", "ü"]) | st.text(
    "ab: #'\"-", min_size=1, max_size=6
)


def data(names=_names):
    """Generate the data of a document: anything, below keys that are text."""
    return st.recursive(
        _scalars,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
        max_leaves=10,
    )


class _Dumper(yaml.SafeDumper):
    """Indents dashes and writes block scalars, as many people do."""

    dashes_indented = False

    def increase_indent(self, flow=False, indentless=False):
        super().increase_indent(flow, indentless and not self.dashes_indented)

    def represent_str(self, data):
        return self.represent_scalar("tag:yaml.org,2002:str", data, "|" if "\n" in data else None)


_Dumper.add_representer(str, _Dumper.represent_str)


@st.composite
def written(draw, content):
    """Write ``content`` (a strategy for data) as text. Return the text and the comments in it."""
    said = draw(content)
    dumper = type("Dumper", (_Dumper,), {"dashes_indented": draw(st.booleans())})
    lines = yaml.dump(
        said,
        Dumper=dumper,
        sort_keys=False,
        default_flow_style=draw(st.sampled_from([False, False, None, True])),
        default_style=draw(st.sampled_from([None, None, '"', "'"])),
        indent=draw(st.integers(2, 6)),
        width=draw(st.sampled_from([20, 80, 10_000])),
        allow_unicode=draw(st.booleans()),
        explicit_start=draw(st.booleans()),
    ).splitlines()
    comments = []
    for number in draw(st.sets(st.integers(0, len(lines)), max_size=4)):
        comment = f"# comment {number:02}."
        indent = " " * draw(st.integers(0, 6))
        if number < len(lines) and draw(st.booleans()):
            lines[number] += f" {comment}"
        elif number < len(lines):
            lines[number] = f"{indent}{comment}\n{lines[number]}"
        else:
            lines.append(indent + comment)
        comments.append(comment)
    end = draw(st.sampled_from(["\n", "\n", "\r\n"]))
    document = end.join("\n".join(lines).split("\n")) + draw(st.sampled_from([end, end, ""]))
    try:
        # What was inserted inside of a scalar is not a comment.
        assume(yaml.safe_load(document) == said)
    except (yaml.YAMLError, ValueError, LookupError):
        assume(False)
    return document, comments
