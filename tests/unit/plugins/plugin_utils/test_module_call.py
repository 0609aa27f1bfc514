# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a module with secrets prints is shown by no connection, and its arguments are in no syslog."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._module_call import run_quietly


@pytest.mark.parametrize("former", [False, True])
@pytest.mark.parametrize("fails", [False, True])
def test_no_log_counts_for_the_connection_while_the_module_runs(former, fails):
    context, seen = SimpleNamespace(no_log=former), []

    def execute(module, module_args, task_vars):
        seen.append((module, module_args, task_vars, context.no_log))
        if fails:
            raise OSError("the connection broke off")
        return {"changed": False}

    action = SimpleNamespace(_connection=SimpleNamespace(_play_context=context, _shell=None), _execute_module=execute)
    try:
        assert run_quietly(action, "module", {"a": 1}, {"b": 2}) == {"changed": False}
    except OSError:
        assert fails

    assert seen == [("module", {"a": 1}, {"b": 2, "ansible_no_target_syslog": True}, True)]
    assert context.no_log is former
