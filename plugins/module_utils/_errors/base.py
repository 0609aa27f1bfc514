# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""The errors that the whole collection raises: a step, a problem, a remedy.

Runs on Python 3.6: the module that writes files on hosts raises them too.
"""

from typing import Any, Dict

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
        self.facts = {name: value for name, value in facts.items() if value is not None}

    def __str__(self) -> str:
        what_failed = "" if self.step == OPTIONS else f"{self.step} failed: "
        return f"{what_failed}{self.problem} {self.remedy}"

    @property
    def is_refusal(self) -> bool:
        """Whether a service has refused the credential, so that the same request will fail again."""
        return self.facts.get("status") in (400, 401, 403)

    def as_dict(self) -> Dict[str, Any]:
        """As plain data, for ``from_dict``."""
        return {"step": self.step, "problem": self.problem, "remedy": self.remedy, "facts": self.facts}


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
