# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Define the errors that the whole collection raises: a step, a problem, a remedy.

Runs on Python 3.6: the module that writes files on hosts raises them too.
"""

import re
from contextlib import contextmanager
from typing import Any, Callable, Dict, Iterable, Iterator, Optional, TypeVar

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
        is_missing_credential: whether there is no credential to log in with.
    """

    is_refusal = False
    is_missing_credential = False

    def __init__(self, step: str, problem: str, remedy: str, **facts: Any) -> None:
        super().__init__(step)
        self.step = step
        self._problem = printable(problem)
        self._remedy = printable(remedy)
        self.facts = {
            name: printable(value) if isinstance(value, str) else value
            for name, value in facts.items()
            if value is not None
        }

    @property
    def problem(self) -> str:
        """What is wrong, as a sentence."""
        return _OPTION.sub(r"\1", self._problem)

    @property
    def remedy(self) -> str:
        """What to do now, as a sentence."""
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

    def redacted(self: "Error", secrets: Iterable[str]) -> "Error":
        """Return this error with ``secrets`` masked in all that it says, also where they are cut."""
        redacted = self._copy()
        redacted._problem = _redacted(self._problem, secrets)
        redacted._remedy = _redacted(self._remedy, secrets)
        redacted.facts = {
            name: _redacted(value, secrets) if isinstance(value, str) else value for name, value in self.facts.items()
        }
        return redacted

    def as_dict(self) -> Dict[str, Any]:
        """Return plain data, for ``from_dict``."""
        return {
            "step": self.step,
            "problem": self._problem,
            "remedy": self._remedy,
            "facts": self.facts,
            "is_refusal": self.is_refusal,
            "is_missing_credential": self.is_missing_credential,
        }

    def _copy(self: "Error") -> "Error":
        copy = type(self).__new__(type(self))
        copy.__dict__.update(self.__dict__)
        return copy


@contextmanager
def redacted_errors(secrets: Iterable[str]) -> Iterator[None]:
    """Mask ``secrets``, and what is added to them meanwhile, in every SysdigError that leaves the context."""
    try:
        yield
    except SysdigError as error:
        raise error.redacted(secrets) from None


def from_dict(data: Dict[str, Any]) -> SysdigError:
    """Rebuild the error that ``as_dict`` described; its class is not kept, because nobody looks at it that late."""
    error = SysdigError(data["step"], data["problem"], data["remedy"], **data["facts"])
    error.is_refusal = data["is_refusal"]
    error.is_missing_credential = data["is_missing_credential"]
    return error


def _redacted(text: str, secrets: Iterable[str]) -> str:
    redacted = redact(text, secrets, parts=True)
    # A service may have put the marks of an option into a secret, and they are not shown.
    plain = _OPTION.sub(r"\1", redacted)
    shown = redact(plain, secrets, parts=True)
    return redacted if shown == plain else shown


def _renamed(text: str, name_of: Callable[[str], Optional[str]]) -> str:
    return _OPTION.sub(lambda match: name_of(match.group(1)) or match.group(), text)


class OptionError(SysdigError):
    """Report wrong input; no call was made."""

    def __init__(self, option: str, problem: str, remedy: str) -> None:
        super().__init__(OPTIONS, problem, remedy, option=option)


class TransportError(SysdigError):
    """Report that no usable response came."""


class UnreachableError(TransportError):
    """Report that no response came at all."""


class ServiceError(SysdigError):
    """Report what a service refused, or does not have."""
