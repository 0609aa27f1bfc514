# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What runs on hosts, on Python 3.6. With the real AnsibleModule: tests/integration/test_oldest_host.py."""

from __future__ import annotations

import ast
import base64
import json
import os
import subprocess

import pytest
from config_files_module import COLLECTIONS
from matrix.environment import installed_python

PYTHON = installed_python("3.6")
COLLECTION = COLLECTIONS / "ansible_collections" / "ibmcloud" / "sysdig"
MODULES = COLLECTION / "plugins" / "modules"
COMPILE = "import sys; [compile(open(path, encoding='utf-8').read(), path, 'exec') for path in sys.argv[1:]]"

# What the modules use of AnsibleModule: that of the ansible-core in this environment needs a newer Python.
BASIC = """
import json, shutil, sys

class AnsibleModule:
    def __init__(self, argument_spec, supports_check_mode):
        params = json.load(sys.stdin)
        self.check_mode, self._diff = params.pop("check"), True
        self.params = self._with_defaults(argument_spec, params)

    def _with_defaults(self, spec, params):
        values = {name: params.get(name, option.get("default")) for name, option in spec.items()}
        for name, option in spec.items():
            if "options" in option:
                values[name] = [self._with_defaults(option["options"], item) for item in values[name]]
        return values

    def selinux_enabled(self):
        return False

    def get_bin_path(self, name):
        return shutil.which(name)

    def exit_json(self, **result):
        print(json.dumps(result))
        sys.exit(0)

    def fail_json(self, **result):
        self.exit_json(failed=True, **result)
"""

pytestmark = pytest.mark.skipif(PYTHON is None, reason="Python 3.6 is not installed here")


def imports(path):
    """The collection's own files that a file imports, however deep, and itself."""
    found, waiting = set(), [path]
    while waiting:
        file = waiting.pop()
        if file in found:
            continue
        found.add(file)
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                name = (node.module or "").removeprefix("ansible_collections.ibmcloud.sysdig.").replace(".", "/")
                imported = (file.parents[node.level - 1] if node.level else COLLECTION) / f"{name}.py"
                waiting += [imported] if imported.exists() else []
    return sorted(map(str, found))


def run(module, tmp_path, **params):
    """Run a module on Python 3.6 and return its result."""
    stand_in = tmp_path / "library" / "ansible" / "module_utils"
    stand_in.mkdir(parents=True, exist_ok=True)
    (stand_in / "basic.py").write_text(BASIC)
    done = subprocess.run(
        [PYTHON, "-m", f"ansible_collections.ibmcloud.sysdig.plugins.modules.{module}"],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{COLLECTIONS}:{tmp_path / 'library'}", "LC_ALL": "C.UTF-8"},
        input=json.dumps({"check": False, **params}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    return json.loads(done.stdout)


def test_config_files_and_all_that_it_imports_compiles():
    files = imports(MODULES / "config_files.py")

    assert {path.rpartition("module_utils/")[2].partition("/")[0] for path in files} >= {"_files", "_redact.py"}
    subprocess.run([PYTHON, "-c", COMPILE, *files], check=True)


def test_agent_status_and_all_that_it_imports_compiles():
    files = imports(MODULES / "agent_status.py")

    assert {path.rpartition("/")[2] for path in files} >= {"_agent.py", "agent_status.py", "files.py"}
    subprocess.run([PYTHON, "-c", COMPILE, *files], check=True)


def test_agent_status_looks_at_processes_and_files(tmp_path):
    config, other = tmp_path / "dragent.yaml", tmp_path / "env"
    config.write_text("customerid: new-key\ncollector_port: 7443\n")
    other.write_text("KEY=old-key\n")
    own = {"path": str(config), "service": "no-such-service", "seconds": 0.0, "files": [str(other), str(config)]}

    result = run("agent_status", tmp_path, new_key="new-key", old_key="old-key", **own)

    assert result == {
        "changed": False,
        "exists": True,
        "key": "new",
        "written_at": config.stat().st_mtime,
        "ports": [7443],
        "processes": [],
        "holders": {"new": [], "old": [str(other)]},
    }


def test_agent_status_names_a_file_that_it_cannot_read(tmp_path):
    result = run("agent_status", tmp_path, path=str(tmp_path), service="none", new_key="new", old_key="old")

    assert result["failed"]
    assert str(tmp_path) in result["msg"]


def test_config_files_compares_checks_and_writes(tmp_path):
    path = tmp_path / "new" / "file"
    content = base64.b64encode(b"content\n").decode()
    files = [{"path": str(path), "content": content, "secret": True, "validate": "grep -q content %s"}]

    results = [run("config_files", tmp_path, files=files) for _run in range(2)]

    assert [result["changed"] for result in results] == [True, False]
    assert path.read_text() == "content\n"


@pytest.mark.parametrize("module", ["sysdig_token", "sysdig_access_key"])
def test_a_module_that_retrieves_says_which_python_it_needs(tmp_path, module):
    result = run(module, tmp_path)

    assert result["failed"]
    assert f"{module} needs Python 3.8 or newer, and {PYTHON} is Python 3.6." in result["msg"]
    assert "delegate_to: localhost" in result["msg"]
