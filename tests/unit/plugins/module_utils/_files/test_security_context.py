# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SELinux contexts, with an AnsibleModule that has SELinux: no machine of these tests has a kernel with it."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.batch import HostFiles
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.pending_services import PendingServices
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.writing import Writer
from ansible_collections.ibmcloud.sysdig.plugins.modules.config_files import FILE_SPEC

OF_THE_FILE = ["system_u", "object_r", "prometheus_etc_t", "s0"]
OF_THE_POLICY = ["system_u", "object_r", "etc_t", "s0"]


class Module:
    """What is used of AnsibleModule. Notes the contexts that are set, and what lay at the destination then."""

    def __init__(self, *files, enabled=True):
        defaults = {name: option.get("default") for name, option in FILE_SPEC.items()}
        self.params = {"files": [{**defaults, **file} for file in files], "show_secrets": False, "secrets": []}
        self.enabled = enabled
        self.set = []

    def selinux_enabled(self):
        return self.enabled

    def selinux_context(self, path):
        assert Path(path).exists()
        return OF_THE_FILE

    def selinux_default_context(self, path):
        assert not Path(path).exists()
        return OF_THE_POLICY

    def set_context_if_different(self, path, context, changed):
        destination = next(file["path"] for file in self.params["files"] if Path(file["path"]).name in Path(path).name)
        self.set.append((context, Path(path).read_text(), Path(destination).exists()))
        return changed


def write(*files, **options):
    module = Module(*files, **options)
    pending = PendingServices("")
    Writer(module, pending).write(HostFiles(module, pending).files, {})
    return module.set


@pytest.fixture
def files(tmp_path):
    (tmp_path / "there").write_text("old")
    content = base64.b64encode(b"new").decode()
    return [{"path": str(tmp_path / name), "content": content} for name in ("there", "to come")]


def test_a_file_has_its_context_before_it_is_in_place(files, tmp_path):
    assert write(*files) == [(OF_THE_FILE, "new", True), (OF_THE_POLICY, "new", False)]
    assert [(tmp_path / name).read_text() for name in ("there", "to come")] == ["new", "new"]


def test_without_selinux_nothing_is_set(files):
    assert write(*files, enabled=False) == []
