# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Render the template of a planned file, the role's or one of the user's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.module_utils.common.text.converters import to_text
from ansible.plugins.loader import lookup_loader
from ansible.release import __version__ as ansible_version
from ansible.utils.unsafe_proxy import wrap_var
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import entries as errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._redact import redact
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.planned_file import PlannedFile

# Up to 2.18 the template lookup makes data of what looks like data; from 2.19 on it does not, and the option is
# deprecated.
_TEXT_ONLY = {"convert_data": False} if tuple(map(int, ansible_version.split(".")[:2])) < (2, 19) else {}


class Renderer:
    """Render for one host, whose variables are ``task_vars``. ``role_path`` is where the role's templates are."""

    def __init__(self, loader: Any, templar: Any, task_vars: Mapping[str, Any], role_path: str) -> None:
        self._lookup = lookup_loader.get("ansible.builtin.template", loader=loader, templar=templar)
        self._task_vars = task_vars
        self._role_path = role_path

    def render(self, file: PlannedFile) -> str:
        """Return the text that the file is to have, or to have merged into it.

        Raises:
            EntryError: the template is missing or fails.
        """
        # What a service said is no template, nor what was one already. Before ansible-core 2.19 it has to be marked so.
        seen = {"sysdig": file.result, "entry": wrap_var(dict(file.entry))}
        try:
            (text,) = self._lookup.run(
                [file.template], variables=self._variables(file), template_vars=seen, **_TEXT_ONLY
            )
            return str(to_text(text, nonstring="simplerepr"))
        except Exception as error:  # whatever a template of the user may do
            failure = file.result.failure or errors.cannot_render(
                file.template, redact(to_text(error), file.result.secrets)
            )
        # Raised only here: Ansible would add the traceback of an exception that is being handled, with its message.
        former_file = file.path if file.result.failure else None
        raise errors.in_entry(failure, file.label).with_facts(former_file=former_file)

    def _variables(self, file: PlannedFile) -> dict[str, Any]:
        """Return what a template sees beside our variables: nothing for the role's own, which is much faster."""
        if not file.template_is_users:
            return {"ansible_search_path": [self._role_path]}
        # Templates of the role must not be found instead of the user's of the same name.
        paths = [path for path in self._task_vars.get("ansible_search_path", []) if path != self._role_path]
        inventory = self._task_vars.get("inventory_dir")
        return {**self._task_vars, "ansible_search_path": [*paths, *([inventory] if inventory else [])]}
