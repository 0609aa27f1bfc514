# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with an entry is one error, which names the entry and says what to do."""

from __future__ import annotations

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import OptionError
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.entries import EntryError
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.types import TYPES
from planning import ENV, PROMETHEUS, SECURE, planned

OTEL = {"type": "otel"}
# The entry, and how the error begins and ends.
WRONG = [
    ("text", "Entry 1: it is not a mapping.", "Write it as keys and values, such as `type: grafana`."),
    ({}, "Entry 1: type is missing.", f"Give one of {', '.join([*TYPES][:-1])} or template."),
    ({"type": "promtheus"}, "Entry 1: type='promtheus' is not one of prometheus, agent,", "Did you mean prometheus?"),
    ({"type": ["agent"]}, "Entry 1: type=\"['agent']\" is not one of", "Did you mean agent?"),
    ({**ENV, "pth": "/x"}, "Entry 1 (env_file): pth is not an option of this type.", "Did you mean path?"),
    ({**ENV, "team": "SRE"}, "Entry 1 (env_file): team is not an option of this type.", "Did you mean team_id?"),
    ({**ENV, "remote_write": {}}, "Entry 1 (env_file): remote_write is not an option of this type.", ""),
    ({**ENV, "create": True}, "Entry 1 (env_file): create is not an option of this type.", ""),
    ({"type": "env_file"}, "Entry 1 (env_file): path is missing.", "Give the path of the file to write as path."),
    (
        {"type": "token_file", "path": ""},
        "Entry 1 (token_file): path is missing.",
        "Give the path of the file to write as path.",
    ),
    ({**ENV, "path": "etc/a"}, "path='etc/a' is not the absolute path of a file.", "Begin path with a slash."),
    ({**ENV, "path": "/etc/"}, "path='/etc/' is not the absolute path of a file.", ""),
    ({**ENV, "path": "/etc/a\nb"}, "path is not text in one line.", "Write path as text without line breaks."),
    ({**ENV, "path": ["/etc/a"]}, "path is not text in one line.", ""),
    ({"type": "template", "path": "/x"}, "Entry 1 (template): src is missing.", "Give the template to render as src."),
    ({**ENV, "state": "gone"}, "state='gone' is not one of present, absent.", "Correct state."),
    ({**ENV, "service_action": "kill"}, "service_action='kill' is not one of restarted, reloaded, none.", ""),
    ({**ENV, "mode": "u=rw"}, "mode='u=rw' is not a mode.", "Give mode as quoted octal digits, such as '0640'."),
    ({**ENV, "mode": 640}, "mode=640 is not a mode.", ""),
    ({**ENV, "mode": True}, "mode=True is not a mode.", ""),
    ({**ENV, "mode": "0999"}, "mode='0999' is not a mode.", ""),
    (
        {**ENV, "validate": "true"},
        "validate does not contain %s.",
        "Write %s where the command takes the file to check.",
    ),
    ({**ENV, "validate_timeout": 0}, "validate_timeout=0 is not a whole number from 1 on.", ""),
    ({**ENV, "validate_timeout": 1.5}, "validate_timeout='1.5' is not a whole number from 1 on.", ""),
    ({**ENV, "backup": "maybe"}, "backup='maybe' is not one of true, false.", ""),
    ({**ENV, "variables": ["A"]}, "variables is not a mapping.", "Write variables as keys and values."),
    ({**ENV, "variables": {"1A": "x"}}, "in variables, '1A' is not a name for a variable.", ""),
    ({**ENV, "variables": {"A-B": "x"}}, "in variables, 'A-B' is not a name for a variable.", ""),
    ({**ENV, "variables": {"A": "x\ny"}}, "in variables, the value of A has a line break", ""),
    ({**ENV, "variables": {"A": ["x"]}}, "in variables, the value of A is neither text nor a number.", ""),
    ({**ENV, "variables": {"A": {"from": "token", "b": 1}}}, "the value of A is neither text nor a number.", ""),
    ({**ENV, "variables": {"A": {"from": "tokn"}}}, "in variables, 'tokn' is not a key", "Did you mean token?"),
    ({**ENV, "variables": {"A": {"from": "endpoints"}}}, "in variables, 'endpoints' is not a key", ""),
    ({**ENV, "variables": {"A": {"from": "team_id"}}}, "in variables, team_id is not known for https://us-south", ""),
    ({**PROMETHEUS, "remote_write": "x"}, "remote_write is not a mapping.", ""),
    ({**PROMETHEUS, "remote_write": {"name": "a"}}, "remote_write.name is not an option.", "as name of the entry."),
    ({**PROMETHEUS, "name": "a/b"}, "name='a/b' cannot be used: only letters,", "Give another name."),
    ({**PROMETHEUS, "name": "../x"}, "name='../x' cannot be used", ""),
    ({**OTEL, "name": "a b"}, "name='a b' cannot be used", ""),
    ({**OTEL, "pipelines": "metrics"}, "pipelines is not a list of names.", "Write pipelines like [metrics]."),
    ({"type": "grafana", "name": "!"}, "name='!' cannot be used", ""),
    ({"type": "alloy", "name": "team-a"}, "name='team-a' cannot be used: only letters, digits and underscores", ""),
    ({**ENV, "preset": "agent"}, "preset='agent' is not one of agent_container, scanner.", "Correct preset."),
    ({**ENV, "preset": "scanner"}, "preset scanner is not for product monitor, but for secure.", "variables instead."),
    ({**ENV, "tags": "a:b"}, "tags are written for presets only.", "Give preset agent_container, or remove tags."),
    ({**ENV, "preset": "scanner", "tags": "a:b"}, "tags are written for presets only.", ""),
    ({"type": "grafana", "name": "x" * 41}, "cannot be used: it has no letters or digits, or too many for a uid", ""),
    ({**PROMETHEUS, "token_path": "/etc/prometheus/prometheus.yml"}, "token_path and path are the same file", ""),
    ({"type": "agent", "tags": 5}, "tags are neither a mapping nor a list nor text.", ""),
    ({"type": "agent", "tags": {"a:b": "c"}}, "in tags, the name 'a:b' has a colon", ""),
    ({"type": "agent", "tags": ["a"]}, "in tags, 'a' is not a name and a value.", ""),
]


@pytest.mark.parametrize(("entry", "problem", "remedy"), WRONG)
def test_what_is_wrong_is_said_in_one_line_with_a_remedy(entry, problem, remedy):
    with pytest.raises(EntryError) as refusal:
        planned([entry])
    said = str(refusal.value)
    assert said.startswith("Entry 1")
    assert problem in said
    assert said.endswith(remedy)
    assert said.endswith((".", "?"))
    assert "\n" not in said


def test_the_number_of_the_entry_and_the_option_are_said():
    said = r"^Entry 3 \(template\): src is missing\. Give the template to render as src\.$"
    with pytest.raises(EntryError, match=said) as refusal:
        planned([ENV, PROMETHEUS, {"type": "template", "path": "/x"}])
    assert refusal.value.facts == {"option": "src"}


def test_workload_protection_has_no_remote_write():
    with pytest.raises(
        EntryError, match=r"product secure at .* has no known remote_write endpoint\. Give remote_write\.url"
    ):
        planned(PROMETHEUS, SECURE)
    planned({**PROMETHEUS, "remote_write": {"url": "https://example.com"}}, SECURE)


def test_an_error_of_the_retrieval_names_the_entry():
    def refuse():
        raise OptionError("api_key", "api_key is wrong.", "Correct api_key.")

    with pytest.raises(EntryError, match=r"^Entry 1 \(agent\): api_key is wrong\. Correct api_key\.$"):
        planned({"type": "agent"}, access_key=refuse)
