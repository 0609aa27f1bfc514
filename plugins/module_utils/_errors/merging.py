# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Words the errors of YAML files that cannot be merged into.

Each function returns an error to raise. Its reason is a problem and a remedy in one sentence, without a period: the
caller adds the file and the host. No value of the file is quoted, because it may be a secret.
"""

from __future__ import annotations


class YamlError(ValueError):
    """The text cannot be parsed, or not be edited safely. ``line`` counts from 1."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(f"line {line}: {reason}")
        self.reason = reason
        self.line = line


# --- Texts that cannot be parsed --------------------------------------------------------------------------------------


def not_yaml(problem: str, line: int) -> YamlError:
    """``problem`` is what the parser says."""
    return YamlError(f"this is not valid YAML ({problem}); correct it", line)


def forbidden_character(character: str, line: int) -> YamlError:
    return YamlError(f"U+{ord(character):04X} is a character that YAML does not allow; remove it", line)


def unreadable_value(line: int) -> YamlError:
    return YamlError("a value is not what it looks like, such as a date that does not exist; put it in quotes", line)


def multiplying_aliases(line: int) -> YamlError:
    return YamlError("aliases refer to themselves or multiply what they stand for; write out their values", line)


def too_deep(levels: int, line: int) -> YamlError:
    return YamlError(f"there are more than {levels} levels of nesting; use fewer", line)


def second_document(line: int) -> YamlError:
    return YamlError("there is more than one document in the file; keep one, without a second `---`", line)


# --- Texts that are not the configuration that they have to be --------------------------------------------------------


def not_a_configuration(line: int) -> YamlError:
    return YamlError("the file is not a mapping of keys and values; check that its path is right", line)


def missing_section(name: str, line: int) -> YamlError:
    """``name`` is a path with dots, ``line`` that of what it should be in."""
    return YamlError(f"{name} is not there to be added to; write it here, or name one that exists", line)


def wrong_shape(name: str, found: str, required: str, line: int) -> YamlError:
    """``found`` and ``required`` are shapes, such as «a list»."""
    return YamlError(f"{name} is not {required} but {found}; write it out here as {required}, or remove it", line)


# --- Texts that cannot be edited safely -------------------------------------------------------------------------------


def from_anchor(step: str | int, line: int) -> YamlError:
    """``step`` is a key, or the position of a list element."""
    name = step if isinstance(step, str) else "a list element"
    return YamlError(f"{name} comes from an anchor elsewhere in the file; write it out here", line)


def shared_by_anchor(line: int) -> YamlError:
    return YamlError("what has to change here is also used elsewhere, through an anchor; write it out there", line)


def lost_comment(line: int) -> YamlError:
    return YamlError("a comment inside of what has to change would be lost; move it above", line)


def unterminated_block(line: int) -> YamlError:
    return YamlError("the last line belongs to a block of text (`|` or `>`) and has no line end; add one", line)


def uneditable(line: int) -> YamlError:
    return YamlError(
        "this is written in a form that cannot be edited safely; write each key and element on its own line", line
    )
