# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans and renders on the controller, then has the module config_files compare and write on the host."""

from __future__ import annotations

import base64
import dataclasses
import json
from typing import Any

import yaml
from ansible.errors import AnsibleActionFail
from ansible.module_utils.common.text.converters import to_text
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase
from ansible.plugins.loader import lookup_loader
from ansible.release import __version__ as ansible_version
from ansible.utils.unsafe_proxy import wrap_var
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.merging import YamlError
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.pending_services import stronger
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._redact import redact
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.entry import PlanError
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.plan import PlannedFile, plan
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.types import IntegrationType
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._yaml.merge import merge, remove
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._yaml.secrets import secret_values

PENDING = "sysdig_integrations_services"
# The whole of a file that had to be created, once what was merged into it is taken out again.
CREATED = "# Created by the Ansible role ibmcloud.sysdig.sysdig_integrations.\n"
PASSED_ON = (
    *("path", "secret", "owner", "group", "mode", "consumer_group", "validate"),
    *("service", "service_action"),
)
# Up to 2.18 the template lookup makes data of what looks like data; from 2.19 on it does not, and the option is
# deprecated.
TEXT_ONLY = {"convert_data": False} if tuple(map(int, ansible_version.split(".")[:2])) < (2, 19) else {}


class ActionModule(ActionBase):
    """The action ``ibmcloud.sysdig.integrations``."""

    TRANSFERS_FILES = False
    _supports_check_mode = True
    _supports_async = False
    _supports_diff = True

    def run(self, tmp: None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Bring the host to what the entries say, with one call of the module if it is so already."""
        super().run(tmp, task_vars)
        self._variables = task_vars or {}
        _validated, arguments = self.validate_argument_spec(
            {
                "entries": {"type": "list", "elements": "raw", "required": True},
                "types": {"type": "dict", "required": True},
                "sysdig": {"type": "dict", "default": {}, "no_log": False},
                "access_key": {"type": "str", "default": "", "no_log": True},
                "pending_services": {"type": "dict", "default": {}},
                "pending_directory": {"type": "str", "default": ""},
                "told": {"type": "list", "elements": "str", "default": []},
                "show_secrets": {"type": "bool", "default": False, "no_log": False},
            }
        )
        # Plain values: Ansible's own kinds of text, which carry where they come from, cannot be written as YAML.
        arguments = json.loads(json.dumps(arguments, default=str))
        self._result = arguments["sysdig"]
        if arguments["access_key"]:
            self._result["access_key"] = arguments["access_key"]
        self._show_secrets = arguments["show_secrets"]
        self._others_secrets: list[str] = []
        self._services = {name: arguments[name] for name in ("pending_directory",)}
        self._services["notified"] = arguments["told"]
        try:
            types = {name: IntegrationType.from_row(row) for name, row in arguments["types"].items()}
            files = plan(arguments["entries"], types, self._result)
        except PlanError as error:
            raise AnsibleActionFail(f"{error} Nothing was changed on this host.") from None
        nothing: dict[str, Any] = {"changed": False, "files": [], "services": {}}
        outcome = self._bring_about(files) if files or arguments["told"] else nothing
        # Beside those of these files, the services that earlier tasks noted and no handler has seen to.
        services = outcome["services"]
        for service, action in arguments["pending_services"].items():
            services[service] = stronger(services.get(service, ""), action)
        return {**outcome, "ansible_facts": {PENDING: services}}

    def _bring_about(self, files: list[PlannedFile]) -> dict[str, Any]:
        """Compare, and write if anything differs. What is merged must be read first, and comes with the comparison."""
        contents = {file.path: self._render(file) for file in files if file.merge is None and file.state == "present"}
        merging = {file.path for file in files if file.merge}
        if merging:
            compared = self._call(files, contents, apply=False)
            present = {
                item["path"]: _decoded(item["path"], item.pop("content"))
                for item in compared["files"]
                if "content" in item
            }
            merged = self._merge(files, present)
            if not compared["changed"] and merged == present:
                return compared
            contents.update(merged)
            self._others_secrets = secret_values(*present.values(), *merged.values())
        return self._call(files, contents, apply=True)

    def _render(self, file: PlannedFile) -> str:
        """The template of a file, rendered with the result as ``sysdig`` and the entry as ``entry``."""
        own_role = self._task._role._role_path if self._task._role else None
        variables = dict(self._variables)
        if file.template_is_users:
            # Templates of the role must not be found instead of the user's of the same name.
            variables["ansible_search_path"] = [
                path for path in variables.get("ansible_search_path", []) if path != own_role
            ]
        lookup = lookup_loader.get("ansible.builtin.template", loader=self._loader, templar=self._templar)
        # What a service said is no template, nor what was one already. Before ansible-core 2.19 it has to be marked so.
        values = wrap_var({"sysdig": self._result, "entry": dict(file.entry)})
        try:
            (text,) = lookup.run([file.template], variables=variables, template_vars=values, **TEXT_ONLY)
            return str(to_text(text, nonstring="simplerepr"))
        except Exception as error:  # whatever a template of the user may do
            reason = redact(to_text(error), self._secrets())
        # Raised only here: Ansible would add the traceback of an exception that is being handled, with its message.
        raise AnsibleActionFail(
            f"{file.label}: cannot render {file.template}: {reason}. Nothing was changed on this host."
        )

    def _merge(self, files: list[PlannedFile], present: dict[str, str]) -> dict[str, str]:
        """The new text of every file that is merged into. A file that is not there has none, unless it is to come."""
        texts = dict(present)
        for file in files:
            if file.merge is None or (file.state == "absent" and file.path not in texts):
                continue
            change = merge if file.state == "present" else remove
            try:
                fragment = yaml.safe_load(self._render(file))
                texts[file.path] = change(texts.get(file.path, CREATED), fragment, file.merge)
            except YamlError as error:
                host = self._variables.get("inventory_hostname")
                raise AnsibleActionFail(
                    f"{file.label}: cannot merge into {file.path} on {host}, line {error.line}: {error.reason}."
                    " Correct the file by hand. Nothing was changed on this host."
                ) from None
            except yaml.reader.ReaderError as error:
                raise AnsibleActionFail(
                    f"{file.label}: its options have the character U+{error.character:04X}, which YAML cannot hold."
                    " Nothing was changed on this host."
                ) from None
        return texts

    def _call(self, files: list[PlannedFile], contents: dict[str, str], apply: bool) -> dict[str, Any]:
        """Run the module with all files, those that several entries merge into once."""
        arguments = dict(
            files=[_module_arguments(file, contents) for file in {file.path: file for file in files}.values()],
            apply=apply,
            **self._services,
            secrets=[] if self._show_secrets else self._secrets() + self._others_secrets,
            show_secrets=self._show_secrets,
        )
        returned: dict[str, Any] = self._execute_module(
            "ibmcloud.sysdig.config_files", module_args=arguments, task_vars=self._variables
        )
        returned.pop("invocation", None)
        if returned.get("failed"):
            raise AnsibleActionFail(returned.pop("msg", "config_files failed"), result=returned)
        return returned

    def _secrets(self) -> list[str]:
        secrets = [self._result[name] for name in ("token", "access_key") if self._result.get(name)]
        # Some templates write a dollar sign twice.
        return secrets + [secret.replace("$", "$$") for secret in secrets if "$" in secret]


def _module_arguments(file: PlannedFile, contents: dict[str, str]) -> dict[str, Any]:
    """One element of the module's option ``files``."""
    arguments = {key: value for key, value in dataclasses.asdict(file).items() if key in PASSED_ON and value != ""}
    arguments["backup"] = boolean(file.backup)
    arguments["merged"] = file.merge is not None
    # Taking our part out of a file does not delete it, unless it was created for that part.
    gone = file.state == "absent" if file.merge is None else contents.get(file.path) == CREATED
    arguments["state"] = "absent" if gone else "present"
    if file.path in contents:
        arguments["content"] = base64.b64encode(contents[file.path].encode()).decode()
    return arguments


def _decoded(path: str, content: str) -> str:
    try:
        return base64.b64decode(content).decode("utf-8")
    except UnicodeDecodeError:
        raise AnsibleActionFail(f"{path} is not text in UTF-8. Nothing was changed on this host.") from None
