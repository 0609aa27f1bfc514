# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""The errors that the whole collection raises: a step, a problem, a remedy.

Runs on Python 3.6: the module that writes files on hosts raises them too.
"""

from contextlib import contextmanager
from typing import Any, Callable, Dict, Iterable, Iterator

from .._redact import redact
from .phrases import printable

OPTIONS = "Options"
IAM_LOGIN = "IAM login"
INSTANCE = "Instance lookup"
TEAM = "Team lookup"
TOKEN = "Token retrieval"
CHECK = "Token check"
ACCESS_KEY = "Access key retrieval"


class SysdigError(Exception):
    """A retrieval that failed.

    ``step`` is one of the constants of this file, ``problem`` and ``remedy`` are sentences, and ``facts`` holds what a
    playbook may want to look at: ``url``, ``status`` (int), ``code`` (the service's own), ``option``.
    """

    def __init__(self, step: str, problem: str, remedy: str, **facts: Any) -> None:
        super().__init__(step, problem, remedy)
        self.step = step
        self.problem = printable(problem)
        self.remedy = printable(remedy)
        self.facts = {name: _cleaned(value, printable) for name, value in facts.items() if value is not None}

    def __str__(self) -> str:
        what_failed = "" if self.step == OPTIONS else f"{self.step} failed: "
        return f"{what_failed}{self.problem} {self.remedy}"

    def redact(self, secrets: Iterable[str]) -> None:
        """Mask ``secrets`` in everything that this error says."""

        def masked(text: str) -> str:
            return redact(text, secrets, parts=True)

        self.problem, self.remedy = masked(self.problem), masked(self.remedy)
        self.facts = {name: _cleaned(value, masked) for name, value in self.facts.items()}
        self.args = (self.step, self.problem, self.remedy)

    def as_dict(self) -> Dict[str, Any]:
        """As plain data, for ``from_dict``."""
        return {"step": self.step, "problem": self.problem, "remedy": self.remedy, "facts": self.facts}


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
    """The error that ``as_dict`` described; its type is not kept, because nobody asks for it that late."""
    return SysdigError(data["step"], data["problem"], data["remedy"], **data["facts"])


class OptionError(SysdigError):
    """Wrong input; no call was made."""

    def __init__(self, option: str, problem: str, remedy: str) -> None:
        super().__init__(OPTIONS, problem, remedy, option=option)


class TransportError(SysdigError):
    """No usable answer came."""


class ServiceError(SysdigError):
    """A service answered, and said no."""
