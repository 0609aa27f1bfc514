# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Finds secrets in YAML by the names that they stand under, so that differences do not show them."""

from __future__ import annotations

import re

import yaml
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._secret_names import (
    is_open_name,
    is_open_value,
    is_secret_name,
    secret_behind,
)
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._yaml.nodes import LOADER, parse

# Neither a word in lower case nor a number, which may have another meaning elsewhere.
_UNMISTAKABLE = re.compile(r"(?![a-z]*\Z|[0-9]*\Z).{6,}|.{16,}")
# Keys of mappings in which ``key`` is the name of something. Elsewhere it may be the key to something.
_BESIDE_A_NAME = frozenset(
    (
        *(
            "value",
            "values",
            "action",
            "operator",
            "effect",
            "pattern",
            "regex",
            "key_regex",
            "match_type",
            "description",
        ),
        *("min_value", "max_value", "tag_name", "from", "from_attribute", "from_context", "converted_type", "default"),
    )
)


def secret_values(*texts: str) -> list[str]:
    """Return what the module config_files needs in ``secrets``, beside this run's, to mask differences of ``texts``.

    These are the values under names such as ``password``: each as it is written and where it stands, and also by itself
    if it has no other meaning.

    Raises:
        YamlError: a text cannot be read.
    """
    found: dict[str, None] = {}
    for text in texts:
        text = text.removeprefix("\ufeff")
        parse(text)
        search = _Search(text)
        search.visit(yaml.compose(text, Loader=LOADER), is_secret=False)
        found.update(search.found)
    return list(found)


class _Search:
    """Walks the nodes of one document. Behind an alias is the node of its anchor."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._visited: set[tuple[int, bool]] = set()
        self.found: dict[str, None] = {}

    def visit(self, node: yaml.Node | None, is_secret: bool) -> None:
        """Note the secrets in ``node``, which is itself one, or a list of some, if ``is_secret``."""
        if node is None or (id(node), is_secret) in self._visited:
            return
        self._visited.add((id(node), is_secret))
        if isinstance(node, yaml.ScalarNode) and is_secret and not is_open_value(node.value):
            self._note(node)
        elif isinstance(node, yaml.SequenceNode):
            for item in node.value:
                self.visit(item, is_secret)
        elif isinstance(node, yaml.MappingNode):
            scalars = {key.value: value.value for key, value in node.value if isinstance(key, yaml.ScalarNode)}
            for key, value in node.value:
                self.visit(key, is_secret=False)
                self.visit(value, _is_secret_pair(str(key.value), scalars, is_secret))

    def _note(self, node: yaml.ScalarNode) -> None:
        start = node.start_mark.index
        source = self._text[start : node.end_mark.index].rstrip()
        # From the line in which the value is, or if it is alone there, the name above it.
        line = self._text.rfind("\n", 0, len(self._text[:start].rstrip())) + 1
        self.found[secret_behind(self._text[line:start], source)] = None
        for part in node.value.splitlines():
            if _UNMISTAKABLE.fullmatch(part.strip()):
                self.found[part.strip()] = None


def _is_secret_pair(name: str, mapping: dict[str, object], below_secret: bool) -> bool:
    """Return whether the value under ``name`` of a mapping, which may itself stand below a secret name, is a secret."""
    if name in ("value", "values"):  # as in «name: PASSWORD, value: ...»
        label = mapping.get("name", mapping.get("key", mapping.get("header")))
        return below_secret or (isinstance(label, str) and is_secret_name(label))
    if name == "key":
        return not _BESIDE_A_NAME & mapping.keys()
    return is_secret_name(name) or (below_secret and not is_open_name(name))
