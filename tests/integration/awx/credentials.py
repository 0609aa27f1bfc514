# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shipped credential type, and AWX's own code that turns a credential into a job's environment."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import yaml
from awx_plugins.interfaces._temporary_private_credential_api import Credential
from awx_plugins.interfaces._temporary_private_inject_api import inject_credential

ROOT = Path(__file__).resolve().parents[3]
PROJECT = ROOT / "extensions" / "awx" / "project"


class Injected(NamedTuple):
    """What a job gets of a credential: its environment, the same as AWX stores it with the job, and arguments."""

    environment: dict[str, str]
    stored_environment: dict[str, str]
    arguments: list[str]


def shipped(name: str) -> Any:
    """Load a file that the playbook awx_setup reads."""
    return yaml.safe_load((ROOT / "playbooks" / "files" / "awx" / name).read_text(encoding="utf-8"))


def inject(inputs: dict[str, str], private_data_dir: Path) -> Injected:
    """Inject a credential of the shipped type; files, if there were any, would appear in ``private_data_dir``."""
    credential_type = SimpleNamespace(inputs=shipped("inputs.yml"), injectors=shipped("injectors.yml"))
    injected = Injected({}, {}, [])
    inject_credential(credential_type, Credential(inputs), *injected, str(private_data_dir))
    return injected
