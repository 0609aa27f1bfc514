# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""From the entries that the user wrote to the files they mean. Knows nothing of Ansible, and touches nothing.

Whatever is wrong with an entry is found here, before anything is read or written on any host.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import entries as errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import SysdigError
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval.endpoints import equivalent_addresses
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations import environment_file
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.conflicts import settled
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.entry import Entry, label
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.planned_file import PlannedFile
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.program import program_of
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.result import Result
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.types import TAGS
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._yaml.merge import MergeRules

TOKEN_TEMPLATE = "token_file.j2"
LEFT_OUT = object()  # in the place of an entry that is not planned, so that others keep their numbers


def plan(entries: Sequence[Any], result_of: Callable[[Entry, str], Result]) -> list[PlannedFile]:
    """Return the files that ``entries`` mean, in the order in which they are to be written.

    ``result_of`` retrieves for an entry that is present, and its label.

    Raises:
        SysdigError: an entry is wrong, two contradict each other, or a retrieval failed. Then its fact ``former_file``
            is the path of what holds the token at present, if anything does.
    """
    files: list[PlannedFile] = []
    for number, given in enumerate(entries, start=1):
        if given is LEFT_OUT:
            continue
        name = label(number, given)
        try:
            files += _files(Entry(given), name, result_of)
        except errors.EntryError:
            raise
        except SysdigError as error:
            raise errors.in_entry(error, name) from None
    # A file that names the token file must not be there before it, nor after it.
    return sorted(settled(files), key=lambda file: file.owns_a_part == (file.state == "present"))


def _files(entry: Entry, name: str, result_of: Callable[[Entry, str], Result]) -> list[PlannedFile]:
    """Return the file that the entry is about, and before it the token file if the type has one."""
    kind = entry.type
    if kind.merge and kind.merge.match and entry.below(f"{kind.merge.list}.name") is not None:
        raise errors.name_in_mapping(kind.merge.list)
    result = _retrieved(entry, name, result_of) if entry.state == "present" else Result({})
    service = entry.options.get("service", kind.service)
    file = PlannedFile(
        label=name,
        path=entry.file_path,
        path_option="name" if "{name}" in kind.path and "path" not in entry.options else "path",
        name=entry.name if kind.merge or kind.joined else "",
        state=entry.state,
        template=kind.template or entry.required("src"),
        template_is_users=not kind.template,
        entry=_shown(entry, result),
        options=entry.particular(),
        origin=result.origin,
        result=result,
        merge=_merge_rules(entry, result),
        joined=kind.joined,
        create=entry.get("create"),
        secret=kind.secret,
        owner=entry.options.get("owner", ""),
        group=entry.options.get("group", ""),
        mode=entry.options.get("mode", ""),
        consumer_group="" if "group" in entry.options else kind.group,
        validate=entry.options.get("validate", kind.validate),
        validate_timeout=entry.get("validate_timeout"),
        unsafe_writes=entry.get("unsafe_writes"),
        backup=entry.get("backup"),
        service=service,
        service_action=entry.options.get("service_action", kind.service_action),
        # An environment file is read by what starts the program.
        reader="" if kind.presets or kind.joined else service,
        program=program_of(entry, result) if entry.state == "present" else None,
    )
    if "token_path" not in kind.options:
        return [file]
    return [_token_file(file, "token_path" if "token_path" in entry.options else "name"), file]


def _retrieved(entry: Entry, name: str, result_of: Callable[[Entry, str], Result]) -> Result:
    try:
        result = result_of(entry, name)
        option = entry.type.access_key_option
        if option and not entry.below(option):
            result["access_key"]  # raises what its retrieval raises, before a template looks at it
        return result
    except errors.EntryError as error:
        path = entry.token_path() if "token_path" in entry.type.options else entry.file_path
        raise error.with_facts(former_file=path) from None


def _merge_rules(entry: Entry, result: Result) -> MergeRules | None:
    """Return the rules of the type, with the addresses under which the same receiver may stand in the file already."""
    kind = entry.type
    if not kind.merge or not kind.merge.list or entry.state == "absent":
        return kind.merge
    url = entry.below(kind.endpoint_option) or result["endpoints"].get(kind.endpoint)
    return dataclasses.replace(kind.merge, same_urls=equivalent_addresses(str(url)) if url else ())


def _shown(entry: Entry, result: Result) -> dict[str, Any]:
    """Return the entry as its template sees it."""
    shown = {**entry.options, "path": entry.file_path, "state": entry.state}
    if "name" in entry.type.options:
        shown |= {"name": entry.get("name"), "id": entry.name}
    if "token_path" in entry.type.options:
        shown["token_path"] = entry.token_path()
    if entry.state == "present":
        _check_result(entry, result)
        if entry.type.presets:
            _check_tags(entry)
            shown["variables"] = _variables(entry, result)
    return shown


def _check_tags(entry: Entry) -> None:
    """Refuse tags that no variable would hold."""
    with_tags = [
        name
        for name, products in entry.type.presets.items()
        if any(TAGS in keys.values() for keys in products.values())
    ]
    if TAGS in entry.options and entry.options.get("preset", "") not in with_tags:
        raise errors.tags_without_preset(with_tags)


def _check_result(entry: Entry, result: Result) -> None:
    """Refuse an instance that has not what the type needs, unless the entry gives it."""
    endpoint, option = entry.type.endpoint, entry.type.endpoint_option
    if endpoint and not result["endpoints"].get(endpoint) and not entry.below(option):
        raise errors.no_endpoint(result["product"], result["url"], endpoint, option)


def _variables(entry: Entry, result: Result) -> dict[str, str]:
    """Return the variables of an environment file, each as it stands behind the equals sign."""
    own = entry.options.get("variables")
    chosen = {**_preset(entry, result), **(own or {})} if "preset" in entry.options or not own else own
    variables = {}
    for name, value in chosen.items():
        if isinstance(value, Mapping) and set(value) == {"from"}:
            value = result.value_of(str(value["from"]))
        environment_file.check(name, value)
        variables[name] = environment_file.quoted(environment_file.text(value))
    return variables


def _preset(entry: Entry, result: Result) -> dict[str, Any]:
    """Return the variables of the entry's preset, or of the product where it names none."""
    presets, name = entry.type.presets, entry.options.get("preset", "")
    if result["product"] not in presets[name]:
        raise errors.no_preset(name, result["product"], presets[name])
    keys = presets[name][result["product"]]
    return {
        variable: entry.options[TAGS] if key == TAGS else {"from": key}
        for variable, key in keys.items()
        if key != TAGS or TAGS in entry.options
    }


def _token_file(file: PlannedFile, path_option: str) -> PlannedFile:
    """Return the token file beside a configuration. Readers see a new token at once: no service is notified."""
    return dataclasses.replace(
        file,
        path=file.entry["token_path"],
        path_option=path_option,
        name="",
        template=TOKEN_TEMPLATE,
        entry={},
        options={},
        # Two entries may share the file if they have the same token, whatever else they differ in.
        result=Result({"token": file.result.get("token")}),
        merge=None,
        joined=False,
        create=False,
        secret=True,
        # The mode of the entry is that of the configuration, which may well be open to all.
        mode="",
        validate="",
        validate_timeout=None,
        service="",
        service_action="none",
        reader=file.service,
        program=None,
    )
