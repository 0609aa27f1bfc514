# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Define the errors that the whole collection raises: a step, a problem, a remedy.

Runs on Python 3.6: the module that writes files on hosts raises them too.
"""

import re
from contextlib import contextmanager
from typing import Any, Callable, Dict, Iterable, Iterator, Optional, Tuple, TypeVar

from .._redact import redact
from .phrases import printable

OPTIONS = "Options"
IAM_LOGIN = "IAM login"
INSTANCE = "Instance lookup"
TEAM = "Team lookup"
TOKEN = "Token retrieval"
CHECK = "Token check"
ACCESS_KEY = "Access key retrieval"

_OPTION = re.compile(r"O\((\w+)\)")
Error = TypeVar("Error", bound="SysdigError")


class SysdigError(Exception):
    """Report a failure as sentences that say what is wrong and what to do.

    Sentences write the name of an option as Ansible's documentation does, O(api_key), so that ``named`` can replace it
    by the name that the user wrote. ``problem``, ``remedy`` and ``str()`` show plain names.

    Attributes:
        step: one of the constants of this file.
        facts: what a playbook may look at: ``url``, ``status`` (int), ``code`` (the service's own), ``option``,
            ``request_id`` (the service's own).
        is_refusal: whether a service refused the credential, so that asking again soon is no use.
    """

    is_refusal = False

    def __init__(self, step: str, problem: str, remedy: str, **facts: Any) -> None:
        super().__init__(step)
        self.step = step
        self._problem = printable(problem)
        self._remedy = printable(remedy)
        self.facts = {name: _cleaned(value, printable) for name, value in facts.items() if value is not None}

    @property
    def problem(self) -> str:
        """Say what is wrong, in a sentence."""
        return _OPTION.sub(r"\1", self._problem)

    @property
    def remedy(self) -> str:
        """Say what to do now, in a sentence."""
        return _OPTION.sub(r"\1", self._remedy)

    def __str__(self) -> str:
        what_failed = "" if self.step == OPTIONS else f"{self.step} failed: "
        request_id = self.facts.get("request_id")
        return f"{what_failed}{self.problem} {self.remedy}" + (f" Request ID: {request_id}." if request_id else "")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"

    def named(self: "Error", name_of: Callable[[str], Optional[str]]) -> "Error":
        """Return this error with options called as ``name_of`` says. None leaves an option as it is."""
        renamed = self._copy()
        renamed._problem = _renamed(self._problem, name_of)
        renamed._remedy = _renamed(self._remedy, name_of)
        return renamed

    def explained(self: "Error", meaning: str, remedy: str) -> "Error":
        """Return this error with a sentence on what it means (or an empty one), and another remedy."""
        explained = self._copy()
        explained._problem = printable(f"{self._problem} {meaning}".rstrip())
        explained._remedy = printable(remedy)
        return explained

    def with_facts(self: "Error", **facts: Any) -> "Error":
        """Return this error with further facts; those that are None are left out."""
        completed = self._copy()
        known = {name: _cleaned(value, printable) for name, value in facts.items() if value is not None}
        completed.facts = {**self.facts, **known}
        return completed

    def redact(self, secrets: Iterable[str]) -> None:
        """Mask ``secrets`` in everything that this error says."""

        def masked(text: str) -> str:
            marked = redact(text, secrets, parts=True)
            # A service may have put the marks of an option into a secret, and they are not shown.
            plain = _OPTION.sub(r"\1", marked)
            shown = redact(plain, secrets, parts=True)
            return marked if shown == plain else shown

        self._problem, self._remedy = masked(self._problem), masked(self._remedy)
        self.facts = {name: _cleaned(value, masked) for name, value in self.facts.items()}

    def as_dict(self) -> Dict[str, Any]:
        """Return plain data, for ``from_dict``."""
        return {
            "step": self.step,
            "problem": self._problem,
            "remedy": self._remedy,
            "facts": self.facts,
            "is_refusal": self.is_refusal,
        }

    def _copy(self: "Error") -> "Error":
        copy = type(self).__new__(type(self))
        copy.__dict__.update(self.__dict__)
        return copy


def _cleaned(value: Any, clean: Callable[[str], str]) -> Any:
    return clean(value) if isinstance(value, str) else value


@contextmanager
def redacted_errors(secrets: Iterable[str]) -> Iterator[None]:
    """Mask ``secrets``, and those that are added to them meanwhile, in a SysdigError that leaves the context."""
    try:
        yield
    except SysdigError as error:
        error.redact(secrets)
        raise


def from_dict(data: Dict[str, Any]) -> SysdigError:
    """Rebuild the error that ``as_dict`` described; its class is not kept, because nobody looks at it that late."""
    error = SysdigError(data["step"], data["problem"], data["remedy"], **data["facts"])
    error.is_refusal = data["is_refusal"]
    return error


def _renamed(text: str, name_of: Callable[[str], Optional[str]]) -> str:
    return _OPTION.sub(lambda match: name_of(match.group(1)) or match.group(), text)


class OptionError(SysdigError):
    """Report wrong input; no call was made.

    ``in_template`` is a further remedy, for a value that a playbook gave.
    """

    def __init__(self, option: str, problem: str, remedy: str, in_template: str = "") -> None:
        super().__init__(OPTIONS, problem, f"{remedy} {in_template}".rstrip(), option=option)
        self._remedy_elsewhere = printable(remedy)

    def traced(self, origin: Callable[[str], Optional[Tuple[str, str]]]) -> "OptionError":
        """Return this error with the names that options have where their values were found.

        ``origin`` returns that name and where it is, for example ("IC_API_KEY", "environment of the control node"),
        or None for an option that was given directly.
        """

        def with_place(option: str) -> Optional[str]:
            found = origin(option)
            return "{} ({})".format(*found) if found else None

        def without_place(option: str) -> Optional[str]:
            found = origin(option)
            return found[0] if found else None

        traced = self._copy()
        traced._problem = _renamed(self._problem, with_place)
        remedy = self._remedy_elsewhere if origin(self.facts["option"]) else self._remedy
        traced._remedy = _renamed(remedy, without_place)
        return traced


class TransportError(SysdigError):
    """Report that no usable response came."""


class UnreachableError(TransportError):
    """Report that no response came at all."""


class ServiceError(SysdigError):
    """Report what a service refused, or does not have."""
