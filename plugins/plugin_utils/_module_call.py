# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Run a module whose arguments and result hold secrets."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleConnectionFailure
from ansible.plugins.action import ActionBase
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.files import not_on_host, unknown_platform
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.interpreter import no_python


def run_quietly(
    action: ActionBase, module: str, arguments: dict[str, Any], task_vars: dict[str, Any]
) -> dict[str, Any]:
    """Run a module for an action, and return its result, which nobody else has shown or logged.

    With -vvv, a connection shows what a module prints unless the task has no_log, which would also hide a failure's
    message. Before ansible-core 2.19, a host's syslog gets all arguments that are not known to be secrets. A Windows
    host would only keep what it cannot run, so the result for one is a failure at once.
    """
    if _is_windows(action):
        error = no_python(module.rpartition(".")[2])
        return {"failed": True, "msg": str(error), "step": error.step, **error.facts}
    context = action._connection._play_context
    former = context.no_log
    context.no_log = True
    try:
        variables = {**task_vars, "ansible_no_target_syslog": True}
        return dict(action._execute_module(module, module_args=arguments, task_vars=variables))
    except AnsibleConnectionFailure:
        # The SSH connection says "error censored due to no log". A command without secrets fails with the reason.
        context.no_log = former
        action._low_level_execute_command("exit 0", sudoable=False)
        raise
    finally:
        context.no_log = former


def refuse_host_without_files(action: ActionBase) -> None:
    """Refuse a host to which no files can be written.

    Raises:
        FileError: it runs Windows, or Ansible runs modules for it on the control node, as for network devices.
    """
    if _is_windows(action):
        raise unknown_platform("Windows")
    if getattr(action._connection, "_remote_is_local", False):
        raise not_on_host(action._play_context.connection)


def _is_windows(action: ActionBase) -> bool:
    return bool(getattr(action._connection._shell, "_IS_WINDOWS", False))
