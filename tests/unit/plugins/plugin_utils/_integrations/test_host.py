# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How often the module runs on a host, with what, and what happens when somebody else writes at the same time."""

from __future__ import annotations

import base64

import pytest
import yaml
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.entries import EntryError
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.host import ATTEMPTS, Host
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.merging import CREATED
from planning import ENV, PROMETHEUS, planned

YML = "/etc/prometheus/prometheus.yml"
MERGED = "remote_write:\n  - name: sysdig\n    url: https://w\n"


def encoded(text):
    return base64.b64encode(text.encode()).decode()


def render(file):
    if file.merge:
        return yaml.safe_dump({"remote_write": [{"name": file.name, "url": "https://w"}]})
    return f"content of {file.path}"


class Module:
    """The module on a host that has one file, and what it was called with."""

    def __init__(self, text=None, changed=False, refusals=()):
        self.text = text
        self.changed = changed
        self.refusals = list(refusals)
        self.calls = []

    def __call__(self, arguments):
        self.calls.append(arguments)
        if arguments["apply"] and self.refusals:
            return self.refusals.pop(0)
        reports = [{"path": file["path"], "changed": False} for file in arguments["files"]]
        for report in reports:
            if report["path"] == YML and self.text is not None and not arguments["apply"]:
                report.update(content=encoded(self.text), fingerprint=f"of {len(self.calls)}")
        return {"changed": self.changed or arguments["apply"], "files": reports, "services": {}}

    @property
    def applied(self):
        return [call["apply"] for call in self.calls]

    def file(self, call, path=YML):
        (found,) = [file for file in self.calls[call]["files"] if file["path"] == path]
        return found


def bring_about(module, *entries):
    return Host(module, render).bring_about(planned(list(entries)))


def test_files_that_are_written_need_one_call():
    module = Module()
    assert bring_about(module, ENV)["changed"]
    assert module.applied == [True]
    assert module.file(0, ENV["path"]) == {
        **{"path": ENV["path"], "state": "present", "merged": False, "secret": True},
        **{"content": encoded("content of /etc/default/a"), "service_action": "restarted"},
    }


def test_what_is_merged_already_needs_one_call_that_changes_nothing():
    module = Module(MERGED)
    result = bring_about(module, PROMETHEUS, ENV)
    assert module.applied == [False]
    assert not result["changed"]
    # Neither what the files hold nor what tells them from others is shown.
    assert [report.keys() for report in result["files"]] == [{"path", "changed"}] * 3


@pytest.mark.parametrize(("text", "changed"), [("global: {}\n", False), (MERGED, True)])
def test_what_differs_is_written_with_the_fingerprint_of_what_was_read(text, changed):
    module = Module(text, changed)
    assert bring_about(module, PROMETHEUS)["changed"]
    assert module.applied == [False, True]
    assert "content" not in module.file(0)
    assert module.file(1)["fingerprint"] == "of 1"
    assert "sysdig" in base64.b64decode(module.file(1)["content"]).decode()


def test_what_somebody_else_changed_in_between_is_read_and_merged_again():
    module = Module("global: {}\n", refusals=[{"failed": True, "msg": "changed", "outdated": [YML]}])
    assert not bring_about(module, PROMETHEUS).get("failed")
    assert module.applied == [False, True, False, True]
    assert module.file(3)["fingerprint"] == "of 3"


def test_that_ends_after_some_attempts():
    refusal = {"failed": True, "msg": "changed", "outdated": [YML]}
    module = Module("global: {}\n", refusals=[refusal] * 9)
    assert bring_about(module, PROMETHEUS) == refusal
    assert module.applied == [False, True] * ATTEMPTS


def test_what_somebody_else_changed_is_written_again_where_nothing_is_merged():
    """The module had to wait for another run, which wrote something else."""
    refusal = {"failed": True, "msg": "changed", "outdated": [ENV["path"]]}
    module = Module(refusals=[refusal])
    assert not bring_about(module, ENV).get("failed")
    assert module.applied == [True, True]

    module = Module(refusals=[refusal] * 9)
    assert bring_about(module, ENV) == refusal
    assert module.applied == [True] * ATTEMPTS


def test_another_failure_is_returned_at_once():
    module = Module("global: {}\n", refusals=[{"failed": True, "msg": "no"}])
    assert bring_about(module, PROMETHEUS) == {"failed": True, "msg": "no"}
    assert module.applied == [False, True]


def test_options_that_are_not_set_are_not_passed_on():
    module = Module()
    bring_about(module, {**ENV, "unsafe_writes": True, "validate_timeout": 5, "backup": "no"})
    assert module.file(0, ENV["path"])["unsafe_writes"] is True
    assert module.file(0, ENV["path"])["validate_timeout"] == 5
    assert "backup" not in module.file(0, ENV["path"])


def test_a_missing_configuration_is_an_error_and_nothing_is_written():
    module = Module()
    with pytest.raises(
        EntryError, match=rf"^Entry 1 \(prometheus\): there is no {YML} on this host\. Is prometheus inst"
    ):
        bring_about(module, PROMETHEUS)
    assert module.applied == [False]


def test_one_that_is_to_be_created_is_deleted_when_its_last_part_goes():
    module = Module()
    bring_about(module, {**PROMETHEUS, "create": True})
    created = base64.b64decode(module.file(1)["content"]).decode()
    assert created.startswith(CREATED)

    module = Module(created)
    bring_about(module, {**PROMETHEUS, "create": True, "state": "absent"})
    assert module.file(1)["state"] == "absent"


def test_what_is_absent_already_needs_no_file():
    module = Module()
    assert not bring_about(module, {**PROMETHEUS, "state": "absent"})["changed"]
    assert module.applied == [False]


def test_a_file_that_is_not_text_is_an_error():
    class Binary(Module):
        def __call__(self, arguments):
            result = super().__call__(arguments)
            return {
                **result,
                "files": [{**file, "content": base64.b64encode(b"\xff").decode()} for file in result["files"]],
            }

    with pytest.raises(EntryError, match=rf"^Entry 1 \(prometheus\): {YML} is not text in UTF-8\."):
        bring_about(Binary(), PROMETHEUS)


class Masking(Module):
    """A module whose result Ansible has masked: ``secret`` is a secret of the run."""

    def __init__(self, text, secret):
        super().__init__(text)
        self._secret = secret

    def __call__(self, arguments):
        result = super().__call__(arguments)
        masked = [
            {name: str(value).replace(self._secret, "*" * 8) for name, value in file.items()}
            for file in result["files"]
        ]
        return {**result, "files": masked}


def test_a_secret_that_is_in_the_path_does_not_hide_what_the_file_holds():
    """Else it would be overwritten as one that is to be created."""
    module = Masking("global: {}\n", "prometheus")
    bring_about(module, {**PROMETHEUS, "create": True})
    assert base64.b64decode(module.file(1)["content"]).decode().startswith("global: {}\n")
    assert module.file(1)["fingerprint"] == "of 1"


@pytest.mark.parametrize("secret", ["Z2xvYmFs", encoded("global: {}\n")])
def test_a_secret_that_is_in_the_content_alters_nothing(secret):
    module = Masking("global: {}\n", secret)
    with pytest.raises(
        EntryError, match=rf"^Entry 1 \(prometheus\): {YML} cannot be read, because Ansible masks a part"
    ):
        bring_about(module, PROMETHEUS)
    assert module.applied == [False]


def test_several_names_are_merged_into_one_file_in_one_call():
    module = Module("global: {}\n")
    bring_about(module, PROMETHEUS, {**PROMETHEUS, "name": "b"})
    text = base64.b64decode(module.file(1)["content"]).decode()
    assert [element["name"] for element in yaml.safe_load(text)["remote_write"]] == ["sysdig", "b"]
