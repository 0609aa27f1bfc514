# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Every error of a YAML file that cannot be merged into: its wording is here, and nowhere else.

Each function returns an error to raise. The caller adds which file it is. No value of the file is quoted, because it
may be a secret.
"""

from __future__ import annotations

from .base import SysdigError

MERGE = "Merge"


class YamlError(SysdigError):
    """Report a text that cannot be parsed, or not be edited safely. ``line`` counts from 1."""

    def __init__(self, line: int, problem: str, remedy: str) -> None:
        super().__init__(MERGE, problem, remedy)
        self.line = line

    def __str__(self) -> str:
        return f"line {self.line}: {self.problem} {self.remedy}"


# --- Texts that cannot be parsed --------------------------------------------------------------------------------------


def not_yaml(problem: str, line: int) -> YamlError:
    """``problem`` is what the parser says."""
    return YamlError(line, f"this is not valid YAML ({problem}).", "Correct it.")


def forbidden_character(character: str, line: int) -> YamlError:
    return YamlError(line, f"U+{ord(character):04X} is a character that YAML does not allow.", "Remove it.")


def unreadable_value(line: int) -> YamlError:
    return YamlError(
        line, "a value is not what it looks like, such as a date that does not exist.", "Put it in quotes."
    )


def multiplying_aliases(line: int) -> YamlError:
    return YamlError(line, "aliases refer to themselves or multiply what they stand for.", "Write out their values.")


def too_deep(levels: int, line: int) -> YamlError:
    return YamlError(line, f"there are more than {levels} levels of nesting.", "Use fewer.")


def second_document(line: int) -> YamlError:
    return YamlError(line, "there is more than one document in the file.", "Keep one, without a second `---`.")


# --- Texts that are not the configuration that they have to be --------------------------------------------------------


def not_a_configuration(line: int) -> YamlError:
    return YamlError(line, "the file is not a mapping of keys and values.", "Check that its path is right.")


def missing_section(name: str, line: int) -> YamlError:
    """``name`` is a path with dots, ``line`` that of what it should be in."""
    return YamlError(line, f"{name} is not there to be added to.", "Write it here, or name one that exists.")


def wrong_shape(name: str, found: str, required: str, line: int) -> YamlError:
    """``found`` and ``required`` are shapes, such as «a list»."""
    return YamlError(line, f"{name} is not {required} but {found}.", f"Write it out here as {required}, or remove it.")


# --- Texts that cannot be edited safely -------------------------------------------------------------------------------


def from_anchor(step: str | int, line: int) -> YamlError:
    """``step`` is a key, or the position of a list element."""
    name = step if isinstance(step, str) else "a list element"
    return YamlError(
        line,
        f"{name} comes from an anchor elsewhere in the file.",
        "Write it out here instead of the alias (*) or merge key (<<).",
    )


def shared_by_anchor(line: int) -> YamlError:
    return YamlError(
        line,
        "what has to change is used elsewhere too, through an anchor.",
        "Write the value out where the alias (*) is.",
    )


def lost_comment(line: int) -> YamlError:
    return YamlError(line, "a comment inside of what has to change would be lost.", "Move it above.")


def unterminated_block(line: int) -> YamlError:
    return YamlError(line, "the last line belongs to a block of text (`|` or `>`) and has no line end.", "Add one.")


def uneditable(line: int) -> YamlError:
    return YamlError(
        line,
        "this is written in a form that cannot be edited safely.",
        "Write each key and element on its own line.",
    )
