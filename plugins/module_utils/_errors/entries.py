# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Word the errors and warnings of the role's variables and entries."""

from __future__ import annotations

from typing import Any, Callable, Iterable

from .base import OptionError, SysdigError
from .merging import YamlError
from .phrases import did_you_mean, either, shown

UNCHANGED = "Nothing was changed on this host."
ENVIRONMENT = "The role sees the environment of the process that runs Ansible, and `environment` of its task or play."


class EntryError(SysdigError):
    """Report what concerns one entry; the text begins with ``label``, such as «Entry 2 (prometheus)»."""

    def __init__(self, label: str, error: SysdigError) -> None:
        data = error.as_dict()
        super().__init__(data["step"], data["problem"], data["remedy"], **data["facts"])
        self.label = label

    def __str__(self) -> str:
        return f"{self.label}: {super().__str__()}" if self.label else super().__str__()


def in_entry(error: SysdigError, label: str, name_of: Callable[[str], str | None] = lambda name: None) -> EntryError:
    """Return ``error`` as one of an entry, with options called as ``name_of`` says."""
    named = EntryError(label, error.named(name_of))
    option = named.facts.get("option")
    if option is not None:
        named.facts["option"] = name_of(option) or option
    return named


def with_former_file(error: SysdigError, path: str, written: str) -> SysdigError:
    """Say of a failed retrieval that a file stays, with what was retrieved earlier. ``written`` is a date and time."""
    return error.explained("", f"{error.remedy} {path} stays as it was written at {written}.")


# --- Variables --------------------------------------------------------------------------------------------------------


def cannot_evaluate(variable: str, reason: str) -> OptionError:
    return OptionError(variable, f"{variable} cannot be evaluated: {reason.rstrip('.')}.", "Correct the expression.")


def short_token(length: int) -> OptionError:
    return OptionError(
        "token", f"O(token) has {length} characters, fewer than any API token.", "Copy it again, from end to end."
    )


def not_a_list(variable: str) -> OptionError:
    return OptionError(variable, f"{variable} is not a list.", "Begin each entry with a dash: `- type: prometheus`.")


def unknown_argument(name: str) -> OptionError:
    return OptionError(
        name,
        f"There is no option {name} for the role.",
        "Remove it from module_defaults, where group/ibmcloud.sysdig.all has it.",
    )


# --- An entry ---------------------------------------------------------------------------------------------------------


def not_an_entry() -> OptionError:
    return OptionError(
        "sysdig_integrations_list", "it is not a mapping.", "Write it as keys and values, such as `type: grafana`."
    )


def missing_type(types: Iterable[str]) -> OptionError:
    return OptionError("type", "type is missing.", f"Give one of {either(types)}.")


def unknown_type(value: Any, types: Iterable[str]) -> OptionError:
    types = list(types)
    return OptionError(
        "type",
        f"type={shown(value)} is not one of {', '.join(types)}.",
        f"Correct type.{did_you_mean(str(value), types)}",
    )


def unknown_option(name: str, options: Iterable[str], retrieval: Iterable[str]) -> OptionError:
    options = list(options)
    suggestion = did_you_mean(str(name), [*options, *retrieval])
    return OptionError(
        name,
        f"{name} is not an option of this type.",
        f"It has {', '.join(options)}, and the options of the retrieval.{suggestion}",
    )


def missing(option: str) -> OptionError:
    meanings = {"path": "the path of the file to write", "src": "the template to render"}
    return OptionError(option, f"{option} is missing.", f"Give {meanings.get(option, 'it')} as {option}.")


def not_one_line(option: str) -> OptionError:
    return OptionError(option, f"{option} is not text in one line.", f"Write {option} as text without line breaks.")


def not_absolute(option: str, value: str) -> OptionError:
    return OptionError(
        option, f"{option}={shown(value)} is not the absolute path of a file.", f"Begin {option} with a slash."
    )


def not_a_mapping(option: str) -> OptionError:
    return OptionError(option, f"{option} is not a mapping.", f"Write {option} as keys and values.")


def not_names(option: str) -> OptionError:
    return OptionError(option, f"{option} is not a list of names.", f"Write {option} like [metrics].")


def not_a_mode(option: str, value: Any) -> OptionError:
    return OptionError(
        option, f"{option}={shown(value)} is not a mode.", f"Give {option} as quoted octal digits, such as '0640'."
    )


def not_a_port(option: str, value: Any) -> OptionError:
    return OptionError(option, f"{option}={shown(value)} is not a port.", f"Give {option} as a number up to 65535.")


def no_placeholder(option: str) -> OptionError:
    return OptionError(option, f"{option} does not contain %s.", "Write %s where the command takes the file to check.")


def not_a_name(value: str, why: str) -> OptionError:
    return OptionError("name", f"name={shown(value)} cannot be used: {why}.", "Give another name.")


def name_in_mapping(option: str) -> OptionError:
    return OptionError(f"{option}.name", f"{option}.name is not an option.", "Give the name as name of the entry.")


def same_file(path: str) -> OptionError:
    return OptionError("token_path", f"token_path and path are the same file, {path}.", "Give another token_path.")


def not_tags() -> OptionError:
    return OptionError("tags", "tags are neither a mapping nor a list nor text.", "Write tags like {role: web}.")


def tag_with_colon(name: Any) -> OptionError:
    return OptionError("tags", f"in tags, the name {shown(name)} has a colon, which ends it.", "Give another name.")


def not_a_tag(tag: str) -> OptionError:
    return OptionError(
        "tags", f"in tags, {shown(tag)} is not a name and a value.", "Write it like role:web, without commas."
    )


def not_a_variable_name(name: Any, option: str = "variables") -> OptionError:
    return OptionError(
        option,
        f"in {option}, {shown(name)} is not a name for a variable.",
        "Use letters, digits and underscores, and no digit first.",
    )


def not_a_variable_value(name: str, option: str = "variables") -> OptionError:
    return OptionError(
        option,
        f"in {option}, the value of {name} is neither text nor a number.",
        "Give a plain value, or {from: KEY} with a key of the result, such as token.",
    )


def control_character_in_variable(name: str, option: str = "variables") -> OptionError:
    return OptionError(
        option,
        f"in {option}, the value of {name} has a line break or another control character.",
        "Remove it: such a file cannot hold one.",
    )


def no_character_in_variable(name: str, option: str = "variables") -> OptionError:
    return OptionError(
        option,
        f"in {option}, the value of {name} has a code that stands for no character.",
        "Remove it: systemd would refuse the file.",
    )


def unknown_key(key: str, keys: Iterable[str]) -> OptionError:
    keys = list(keys)
    return OptionError(
        "variables",
        f"in variables, {shown(key)} is not a key of the result.",
        f"The keys are {', '.join(keys)}.{did_you_mean(key, keys)}",
    )


def no_value(key: str, url: str) -> OptionError:
    return OptionError(
        "variables", f"in variables, {key} is not known for {url}.", "Give the value itself instead of {from: …}."
    )


def no_preset(preset: str, product: str, products: Iterable[str]) -> OptionError:
    return OptionError(
        "preset",
        f"preset {preset} is not for product {product}, but for {either(products)}.",
        "Give variables instead.",
    )


def tags_without_preset(presets: Iterable[str]) -> OptionError:
    return OptionError("tags", "tags are written for presets only.", f"Give preset {either(presets)}, or remove tags.")


def no_endpoint(product: str, url: str, endpoint: str, option: str) -> OptionError:
    return OptionError(option, f"product {product} at {url} has no known {endpoint} endpoint.", f"Give {option}.")


# --- Files ------------------------------------------------------------------------------------------------------------


def cannot_render(template: str, reason: str) -> OptionError:
    return OptionError("src", f"cannot render {template}: {reason.rstrip('.')}.", "Correct the template.")


def missing_configuration(path: str, service: str) -> OptionError:
    installed = f"Is {service} installed, and path right?" if service else "Is path right?"
    return OptionError(
        "path", f"there is no {path} on this host.", f"{installed} To have a new file written, set create: true."
    )


def cannot_merge(path: str, error: YamlError) -> OptionError:
    return OptionError("path", f"cannot merge into {path}, line {error.line}: {error.problem}", error.remedy)


def not_text(path: str) -> OptionError:
    return OptionError("path", f"{path} is not text in UTF-8.", "Save it in UTF-8, or correct path.")


def masked_content(path: str) -> OptionError:
    return OptionError(
        "path",
        f"{path} cannot be read, because Ansible masks a part of it that looks like a secret of this run.",
        "Use a longer token or key, which cannot be taken for other text.",
    )


def not_in_yaml(code: int) -> OptionError:
    return OptionError(
        "path", f"its options have the character U+{code:04X}, which YAML cannot hold.", "Remove that character."
    )


# --- Warnings ---------------------------------------------------------------------------------------------------------


def misspelt_variable(name: str, suggestion: str) -> OptionError:
    return OptionError(
        name, f"The variable {name} is not an option of the role, and has no effect.", f"Did you mean {suggestion}?"
    )


def sent_twice(path: str, name: str) -> OptionError:
    return OptionError(
        "name",
        f"in {path}, {name} sends to the same address. If it is for the same team, samples arrive twice.",
        "Remove it there, or give its name as name of the entry, which then replaces it.",
    )


def nothing_to_do() -> OptionError:
    return OptionError(
        "sysdig_integrations_list",
        "sysdig_integrations_list has no entry for a host, so the role does nothing there.",
        "Check its name, and which groups have it.",
    )
