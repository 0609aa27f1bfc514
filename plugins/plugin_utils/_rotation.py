# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Rotate an access key: which one is old, which one is new, and whether an agent runs with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import rotation as errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import SysdigError
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.phrases import abbreviated, rotate_again
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval import access_keys, manage_access_key
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.access_keys import AccessKey
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.retrieve_access_key import ListedKeys

SHORTEST = 4  # characters by which an access key may be named: as many as messages show


class Rotation(NamedTuple):
    """Hold the two keys, and whether the new one was created just now. In check mode there may be no new one yet."""

    old: str
    new: str | None
    is_created: bool

    def __repr__(self) -> str:
        return "Rotation(...)"


def begin(listed: ListedKeys, named_old: str, is_dry_run: bool) -> Rotation:
    """Find the old and the new access key, and create the new one if there is none.

    ``named_old`` is the old key or its first characters, or empty: then it is the only enabled key.

    Raises:
        SysdigError: it is not certain which key is which, or no key can be created.
    """
    fitting = sorted(manage_access_key.fitting_keys(listed), key=lambda key: key.created)
    old = _old_key(listed, fitting, named_old)
    others = [key for key in fitting if key.value != old.value]
    if others and not all(key.created for key in (old, *others)):
        raise errors.undated_keys()
    newer = [key for key in others if key.created > old.created]
    if len(newer) > 1:
        raise errors.several_newer_keys(old.value, [key.value for key in newer])
    if newer:
        _must_be_chosen(listed.keys, newer[0])
        return Rotation(old.value, newer[0].value, is_created=False)
    if is_dry_run:
        manage_access_key.refuse_to_create(listed)
        return Rotation(old.value, None, is_created=True)
    new = manage_access_key.create_fitting_key(listed)
    _must_be_chosen([*listed.keys, new], new)
    return Rotation(old.value, new.value, is_created=True)


def finish(listed: ListedKeys, old: str, new: str) -> bool:
    """Disable the old access key, and return whether it was enabled.

    Raises:
        SysdigError: the new key is not enabled, or the old one cannot be disabled.
    """
    states = {key.value: key.is_enabled for key in listed.keys}
    if not states.get(new):
        raise errors.new_key_disabled(new)
    if not states.get(old):
        return False
    access_keys.disable_key(listed.sysdig, old)
    return True


def why_unproven(status: Mapping[str, Any], path: str, service: str, is_expected: bool) -> SysdigError | None:
    """Return why it is not certain that an agent runs with the new key, or None.

    Args:
        status: what the module ``agent_status`` returns.
        path: of the agent's configuration.
        service: the agent's service.
        is_expected: whether the host has an entry of an agent. One without must only not have the old key.
    """
    for which, name in (("old", "the old"), ("new", "the new")):
        if status["holders"][which]:
            return errors.held_elsewhere(name, status["holders"][which])
    if not is_expected and status["key"] in (None, "other"):
        return None if status["exists"] or not status["processes"] else errors.no_configuration(path)
    if not status["exists"]:
        return errors.no_configuration(path)
    if status["key"] != "new":
        found = {"old": "the old access key", "other": "another access key"}
        return errors.key_elsewhere(path, found.get(status["key"], "no access key that can be read"))
    return _why_not_running(status, path, service)


def _why_not_running(status: Mapping[str, Any], path: str, service: str) -> SysdigError | None:
    processes, ports = status["processes"], status["ports"]
    if not processes:
        return errors.not_running(service)
    restarted = [process for process in processes if process["started_at"] > status["written_at"]]
    if not restarted:
        return errors.not_restarted(service, path)
    if not any(port in ports for process in restarted for port in process["ports"]):
        return errors.not_connected(ports)
    return None


def slice_of(variables: Mapping[str, Any]) -> str:
    """Return the name of the AWX job template that this job is a slice of, or an empty string.

    AWX tells no job that it is one. It makes a workflow of the slices, with the name of their job template.
    """
    for tool in ("awx", "tower"):
        name = variables.get(f"{tool}_job_template_name")
        if name and variables.get(f"{tool}_workflow_job_name") == name:
            return str(name)
    return ""


def says_begun(rotation: Rotation) -> str:
    """Say which access keys a rotation is about."""
    old, new = abbreviated(rotation.old), abbreviated(rotation.new or "")
    if rotation.new is None:
        return f"A new access key would be created; the old one is {old}."
    made = "was created" if rotation.is_created else "exists already"
    return f"The new access key {new} {made}; the old one is {old}."


def says_rolled_out(old: str, new: str, is_whole: bool) -> str:
    """Say that agents run with the new key, all of them or those of some hosts, and what to do next."""
    still = f"The old one {abbreviated(old)} is not disabled by this playbook run."
    if is_whole:
        done = f"Every agent runs with the new access key {abbreviated(new)}."
        return f"{done} {still} To disable it, {rotate_again(old, is_to_disable=True)}."
    done = f"The agents of these hosts run with the new access key {abbreviated(new)}; others were not looked at."
    return f"{done} {still} For all hosts, {rotate_again(old)}, without --limit or slices."


def says_done(old: str, new: str) -> str:
    """Say that the rotation is done."""
    return f"Every agent runs with the new access key {abbreviated(new)}. The old one {abbreviated(old)} is disabled."


def _old_key(listed: ListedKeys, fitting: list[AccessKey], named: str) -> AccessKey:
    if not named:
        if not fitting:
            raise errors.nothing_to_rotate()
        if len(fitting) > 1:
            raise errors.several_keys([key.value for key in fitting])
        return fitting[0]
    found = [key for key in listed.keys if key.value == named]
    if not found and len(named) >= SHORTEST:
        found = [key for key in listed.keys if key.value.startswith(named)]
        found = [key for key in found if key.is_enabled] or found
    if not found:
        raise errors.unknown_old_key(named, [key.value for key in listed.keys])
    if len(found) > 1:
        raise errors.ambiguous_old_key([key.value for key in found])
    wanted = manage_access_key.team_of_keys(listed)
    if found[0].team_id != wanted:
        raise errors.other_team(found[0].value, found[0].team_id, wanted)
    return found[0]


def _must_be_chosen(keys: Iterable[AccessKey], new: AccessKey) -> None:
    """Refuse a new key that agents would not get, because the retrieval prefers another one."""
    chosen = access_keys.choose_key(list(keys), new.team_id)
    if chosen.value != new.value:
        raise errors.not_chosen(new.value, chosen.value)
