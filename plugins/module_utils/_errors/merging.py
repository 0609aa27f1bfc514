# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Why a YAML file cannot be merged into, worded for the person who has to mend it.

Each function returns an error to raise: a problem and a remedy in one sentence, without its end, because the caller
says which file on which host. No value of the file is quoted, as it may be a secret.
"""

from __future__ import annotations


class YamlError(ValueError):
    """The text cannot be read, or not be edited safely. ``line`` counts from 1."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(f"line {line}: {reason}")
        self.reason = reason
        self.line = line


# --- Texts that cannot be read ----------------------------------------------------------------------------------------


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
    return YamlError(f"there are more than {levels} levels of nesting; take some out", line)


def second_document(line: int) -> YamlError:
    return YamlError("more than one document is in the file; leave only one, without a second `---`", line)


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


def from_anchor(name: str, line: int) -> YamlError:
    return YamlError(f"{name} comes from an anchor elsewhere in the file; write it out here", line)


def shared_by_anchor(line: int) -> YamlError:
    return YamlError("what has to change here is used elsewhere through an anchor; write it out there", line)


def lost_comment(line: int) -> YamlError:
    return YamlError("a comment is inside of what has to change, and would be lost; move it above", line)


def open_block_text(line: int) -> YamlError:
    return YamlError("the last line is part of a block of text (`|` or `>`) and lacks its line end; add it", line)


def uneditable(line: int) -> YamlError:
    return YamlError("this is written in a form that cannot be edited safely; write one key or element a line", line)
