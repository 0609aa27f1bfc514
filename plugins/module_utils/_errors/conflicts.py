# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Word what is wrong between entries, and between calls of the role in one playbook run."""

from __future__ import annotations

from typing import Iterable

from .base import OptionError, SysdigError

LEDGER = "Note of the role's calls"  # a step


# --- Several entries --------------------------------------------------------------------------------------------------


def conflict(first: str, second: str, what: str, differences: Iterable[str], option: str) -> OptionError:
    """Say ``what`` both entries write, in what they differ, and the ``option`` that tells them apart."""
    return OptionError(
        option,
        f"{first} and {second} both write {what}, but not the same: {', '.join(differences)}.",
        f"Give one of them another {option}.",
    )


def different_parameters(first: str, second: str, path: str, option: str) -> OptionError:
    return OptionError(
        option,
        f"{first} and {second} both merge into {path}, but with different values of {option}.",
        f"Give both the same {option}.",
    )


def conflict_between_calls(label: str, earlier: str, what: str, differences: Iterable[str], option: str) -> OptionError:
    """Say ``what`` an entry and one of an ``earlier`` call of the role both write, and in what they differ."""
    return OptionError(
        option,
        f"{label} and {earlier} of an earlier call of the role in this playbook run both write {what},"
        f" but not the same: {', '.join(differences)}.",
        f"Give one of them another {option}.",
    )


# --- The ledger -------------------------------------------------------------------------------------------------------


def no_ledger(path: str, reason: str) -> SysdigError:
    return SysdigError(
        LEDGER,
        f"{path} on the control node, where the role notes what it writes, cannot be used: {reason}.",
        "Make room there, or name another directory in ANSIBLE_LOCAL_TEMP.",
    )


def services_not_noted(services: Iterable[str], error: SysdigError) -> SysdigError:
    """Say that the files are written, and the handlers will not find the ``services`` that read them."""
    names = ", ".join(services)
    return SysdigError(
        LEDGER,
        f"{error.problem} The files on this host were changed.",
        f"{error.remedy} Restart on this host: {names}." if names else error.remedy,
        rolled_back=False,
    )
