# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""One row of the role's table of types (``roles/sysdig_integrations/vars/main/types.yml``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._yaml.merge import MergeRules


@dataclass(frozen=True)
class IntegrationType:
    """What is particular about a type; a column that a row leaves out has the default here.

    ``options``: options of an entry that only some types take. ``path``, ``validate``, ``service``,
    ``service_action``: what an entry of this type has unless it says otherwise; a type without ``path`` requires one.
    ``token_path``: the file beside ``path`` that holds the token, for types that keep it in a file of its own.
    ``template``: in the role's ``templates``; a type without one requires the option ``src``. ``merge``: how the
    rendered template is merged into a file that belongs to others; without it the whole file is ours. ``secret``: the
    file (not the token file) holds a secret. ``group``: of the program that reads the files. ``mappings``:
    those of ``options`` that are mappings. ``endpoint``: the endpoint of the instance that the type cannot do without,
    unless the entry gives ``endpoint_option``. ``access_key_option``: the type needs the access key, unless the entry
    gives this option. Both options are written like ``settings.collector``. ``variables``: by product,
    names of environment variables and the key of the result that each of them holds.
    """

    options: tuple[str, ...] = ()
    path: str = ""
    token_path: str = ""
    template: str = ""
    merge: MergeRules | None = None
    secret: bool = True
    group: str = ""
    validate: str = ""
    service: str = ""
    service_action: str = "none"
    mappings: tuple[str, ...] = ()
    endpoint: str = ""
    endpoint_option: str = ""
    access_key_option: str = ""
    variables: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> IntegrationType:
        """A row as it is in the table. Raises TypeError for a column that does not exist."""
        columns = {column.name for column in fields(cls)}
        if not columns.issuperset(row):
            raise TypeError(f"unknown columns: {', '.join(sorted(set(row) - columns))}")
        values = _with_tuples(row)
        if row.get("merge") is not None:
            values["merge"] = MergeRules(**_with_tuples(row["merge"]))
        return cls(**values)


def _with_tuples(row: Mapping[str, Any]) -> dict[str, Any]:
    """YAML's lists made immutable."""
    return {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
