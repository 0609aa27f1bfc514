# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes what a callback may see of each task's result, one JSON object per line, for the tests to read."""

from __future__ import annotations

import json
import os

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: task_results
type: aggregate
short_description: Write the task results to a file
description: Appends one JSON object per task and host to the file that E(TASK_RESULTS_FILE) names.
author: The ibmcloud.sysdig contributors (!UNKNOWN)
requirements: []
options: {}
"""


class CallbackModule(CallbackBase):
    """One line for each end of a task on a host."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "task_results"

    def _write(self, status, result):
        line = {
            "status": status,
            "task": result.task_name,
            "action": result._task.action,
            "host": result._host.get_name(),
            "result": result._result,
        }
        with open(os.environ["TASK_RESULTS_FILE"], "a", encoding="utf-8") as file:
            file.write(json.dumps(line, default=str) + "\n")

    def v2_runner_on_ok(self, result):
        self._write("ok", result)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._write("failed", result)

    def v2_runner_on_skipped(self, result):
        self._write("skipped", result)

    def v2_runner_on_unreachable(self, result):
        self._write("unreachable", result)
