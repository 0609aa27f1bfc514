# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which access key is old and which is new, when an agent is known to run with it, and what a slice of a job is."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import SysdigError
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval import access_keys
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.access_keys import AccessKey
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils import _rotation

OLD = AccessKey("aaaa-old-key-0000000", True, created=10)
NEW = AccessKey("bbbb-new-key-0000000", True, created=20)
NEWEST = AccessKey("cccc-newest-key-0000", True, created=30)
OF_TEAM = AccessKey("dddd-of-a-team-00000", True, team_id=7, created=40)
CREATED = AccessKey("eeee-created-0000000", True, created=50)
DISABLED = AccessKey("ffff-disabled-000000", False, created=5)
PATH, SERVICE = "/opt/draios/etc/dragent.yaml", "dragent"


@pytest.fixture
def calls(monkeypatch):
    """The calls that change a key, which are not made."""
    made = []
    monkeypatch.setattr(access_keys, "create_key", lambda sysdig: made.append("create") or CREATED)
    monkeypatch.setattr(access_keys, "disable_key", lambda sysdig, key: made.append(f"disable {key}"))
    return made


def listed(*keys, team_id=None, product="secure"):
    settings = SimpleNamespace(product=product, instance_id="guid", team_name=None)
    return SimpleNamespace(keys=list(keys), settings=settings, team_id=team_id, sysdig=None)


@pytest.mark.parametrize(
    ("keys", "named", "old", "new", "made"),
    [
        ([OLD], "", OLD, CREATED, ["create"]),
        ([OLD, DISABLED], "", OLD, CREATED, ["create"]),
        ([NEW, OLD], OLD.value, OLD, NEW, []),
        ([NEW, OLD], "aaaa", OLD, NEW, []),
        ([NEW, OLD], "bbbb", NEW, CREATED, ["create"]),
        ([OLD, OF_TEAM], "", OLD, CREATED, ["create"]),
        ([DISABLED, NEW], "ffff", DISABLED, NEW, []),
    ],
)
def test_the_keys_of_a_rotation(calls, keys, named, old, new, made):
    assert _rotation.begin(listed(*keys), named, is_dry_run=False) == (old.value, new.value, bool(made))
    assert calls == made


@pytest.mark.parametrize(
    ("keys", "named", "said"),
    [
        ([], "", "no access key that fits is enabled"),
        ([DISABLED], "", "no access key that fits is enabled"),
        ([NEW, OLD], "", "several access keys are enabled (the oldest first: aaaa..., bbbb...)"),
        ([OLD, NEW, NEWEST], "aaaa", "several enabled access keys are newer than aaaa...: bbbb..., cccc..."),
        ([OLD, NEW], "aaa", "no access key of the instance is or begins with"),
        ([OLD, NEW], "zzzz", "(it has aaaa..., bbbb...)"),
        ([OLD, OLD._replace(value="aaaa-other-000000000")], "aaaa", "several access keys of the instance begin like"),
        ([OLD, OF_TEAM], "dddd", "is of the team 7, and the entry of the agent is for no team"),
        ([OLD, NEW._replace(created=0)], "aaaa", "does not tell when each access key was created"),
        ([OLD, NEW._replace(limit=5)], "aaaa", "agents would get the access key aaaa..., not the new one bbbb..."),
    ],
)
def test_what_is_not_certain_is_refused_and_creates_nothing(calls, keys, named, said):
    with pytest.raises(SysdigError) as failed:
        _rotation.begin(listed(*keys), named, is_dry_run=False)

    assert said in str(failed.value)
    assert calls == []


def test_a_team_has_a_key_made_by_hand_or_an_error(calls):
    newer = OF_TEAM._replace(value="gggg-of-the-team-000", created=60)

    assert _rotation.begin(listed(OLD, OF_TEAM, newer, team_id=7), "dddd", False)[:2] == (OF_TEAM.value, newer.value)
    with pytest.raises(SysdigError, match="no access key of the team 7 can be created"):
        _rotation.begin(listed(OLD, OF_TEAM, team_id=7), "", False)
    assert calls == []


def test_a_team_of_monitor_does_not_matter_to_its_keys(calls):
    assert _rotation.begin(listed(OLD, team_id=7, product="monitor"), "", False).new == CREATED.value


def test_check_mode_creates_nothing(calls):
    rotation = _rotation.begin(listed(OLD), "", is_dry_run=True)

    assert (rotation, calls) == ((OLD.value, None, True), [])
    assert _rotation.says_begun(rotation) == "A new access key would be created; the old one is aaaa...."


def test_the_old_key_is_disabled_once_and_only_if_the_new_one_is_enabled(calls):
    assert _rotation.finish(listed(OLD, NEW), OLD.value, NEW.value)
    assert calls == [f"disable {OLD.value}"]
    assert not _rotation.finish(listed(OLD._replace(is_enabled=False), NEW), OLD.value, NEW.value)
    assert not _rotation.finish(listed(NEW), OLD.value, NEW.value)
    for keys in ([OLD], [OLD, NEW._replace(is_enabled=False)]):
        with pytest.raises(SysdigError, match="is not enabled any more"):
            _rotation.finish(listed(*keys), OLD.value, NEW.value)
    assert len(calls) == 1


def status(**changed):
    """What a host says whose agent runs with the new key."""
    proven = {
        "exists": True,
        "key": "new",
        "written_at": 100.0,
        "ports": [6443],
        "processes": [
            {"pid": 1, "started_at": 50.0, "ports": []},
            {"pid": 2, "started_at": 100.5, "ports": [443, 6443]},
        ],
        "holders": {"new": [], "old": []},
    }
    return {**proven, **changed}


GONE = {"exists": False, "key": None, "written_at": None, "processes": []}


@pytest.mark.parametrize(
    ("changed", "is_expected", "said"),
    [
        ({}, True, None),
        ({}, False, None),
        ({"key": "old"}, True, f"{PATH} has the old access key"),
        ({"key": "old"}, False, f"{PATH} has the old access key"),
        ({"key": "other"}, True, f"{PATH} has another access key"),
        ({"key": "other"}, False, None),
        ({"key": None}, True, f"{PATH} has no access key that can be read"),
        (GONE, True, f"there is no {PATH}"),
        (GONE, False, None),
        ({**GONE, "processes": [{"pid": 1, "started_at": 1.0, "ports": [6443]}]}, False, f"there is no {PATH}"),
        ({"processes": []}, True, "no process of the service dragent runs"),
        ({"written_at": 101.0}, True, f"the service dragent was started before {PATH} was written"),
        ({"ports": [7443]}, True, "no lasting connection to its collector (port 7443)"),
        (
            {
                "processes": [
                    {"pid": 1, "started_at": 50.0, "ports": [6443]},
                    {"pid": 2, "started_at": 101, "ports": []},
                ]
            },
            True,
            "no lasting connection",
        ),
        ({"holders": {"new": ["/etc/default/agent"], "old": []}}, True, "/etc/default/agent has the new access key"),
        ({"holders": {"new": [], "old": ["/etc/x"]}}, False, "/etc/x has the old access key"),
    ],
)
def test_an_agent_is_known_to_run_with_the_new_key_or_why_not(changed, is_expected, said):
    error = _rotation.why_unproven(status(**changed), PATH, SERVICE, is_expected)

    assert (error is None) if said is None else (said in error.problem)


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, ""),
        ({"awx_job_template_name": "Rotate"}, ""),
        ({"awx_job_template_name": "Rotate", "awx_workflow_job_name": "Nightly"}, ""),
        ({"awx_job_template_name": "Rotate", "awx_workflow_job_name": "Rotate"}, "Rotate"),
        ({"tower_job_template_name": "Rotate", "tower_workflow_job_name": "Rotate"}, "Rotate"),
    ],
)
def test_a_slice_is_a_job_of_a_workflow_with_its_templates_name(variables, expected):
    assert _rotation.slice_of(variables) == expected
