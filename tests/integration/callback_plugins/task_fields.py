# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes what a callback may see of each task itself, before and after it ran, for the tests to search."""

from __future__ import annotations

import os

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: task_fields
type: aggregate
short_description: Write the arguments and fields of tasks to a file
description: Appends the arguments and all keywords of each task to the file that E(TASK_FIELDS_FILE) names.
author: The ibmcloud.sysdig contributors (!UNKNOWN)
requirements: []
options: {}
"""


class CallbackModule(CallbackBase):
    """The keywords of each task when it starts, and when it ends on a host."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "task_fields"
    CALLBACK_NEEDS_ENABLED = True

    def _write(self, what, fields):
        with open(os.environ["TASK_FIELDS_FILE"], "a", encoding="utf-8") as file:
            file.write(f"{what}: {dict(fields)!r}\n")

    def v2_playbook_on_task_start(self, task, is_conditional):
        self._write(f"{task.action} starts", {"args": task.args, "fields": task.dump_attrs()})

    def v2_runner_on_start(self, host, task):
        self._write(f"{task.action} starts on {host}", {"args": task.args, "fields": task.dump_attrs()})

    def v2_runner_on_ok(self, result):
        self._write(f"{result._task.action} ended", {"args": result._task.args, "fields": result._task_fields})

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._write(f"{result._task.action} failed", {"args": result._task.args, "fields": result._task_fields})
