# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables of a host: evaluated when they are looked at, once, and plain; what is omitted is not given."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleError
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import OptionError
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._integrations.variables import Prefixed, Variables

OMIT = "__omit_place_holder__0123"


class Templar:
    """Looks expressions up in a table, as Ansible's own evaluates them."""

    def __init__(self, values):
        self.values = values
        self.evaluated = []

    def template(self, listed):
        (expression,) = listed
        self.evaluated.append(expression)
        value = self.values.get(expression, expression) if isinstance(expression, str) else expression
        if isinstance(value, Exception):
            raise value
        return [] if value is OMIT and "omits" in str(expression) else [value]


def test_each_is_evaluated_once_and_only_when_it_is_looked_at():
    templar = Templar({"{{ a }}": "value"})
    variables = Variables(templar, {"p_a": "{{ a }}", "p_b": "{{ b }}"})
    level = Prefixed(variables, "p_")

    assert [level.get("a"), level.get("a"), variables.get("p_a")] == ["value"] * 3
    assert templar.evaluated == ["{{ a }}"]


@pytest.mark.parametrize("raw", [None, "", "{{ omit }}", "{{ omits itself }}", "{{ empty }}", "{{ null }}"])
def test_what_is_not_given(raw):
    templar = Templar({"{{ omit }}": OMIT, "{{ omits itself }}": OMIT, "{{ empty }}": "", "{{ null }}": None})

    assert Variables(templar, {"a": raw, "omit": OMIT}).get("a") is None
    assert Variables(templar, {}).get("a") is None


@pytest.mark.parametrize("value", [False, 0, [], {}, "x"])
def test_what_is_given(value):
    assert Variables(Templar({}), {"a": value}).get("a") == value


def test_what_is_omitted_goes_at_any_depth():
    value = {"a": OMIT, "b": [OMIT, {"c": OMIT, "d": 1}], "e": f"beside {OMIT}", "f": None, "g": ""}

    assert Variables(Templar({}), {"a": value, "omit": OMIT}).get("a") == {
        **{"b": [{"d": 1}], "e": f"beside {OMIT}"},
        **{"f": None, "g": ""},
    }


def test_values_are_plain():
    class Text(str):
        """As Ansible's own kinds of text."""

    class Encrypted:
        """As a value that is encrypted in the file it stands in."""

        def __str__(self):
            return "decrypted"

    value = Variables(Templar({}), {"a": {"b": Text("text"), "c": Encrypted()}}).get("a")
    assert value == {"b": "text", "c": "decrypted"}
    assert value["b"].__class__ is str


def test_an_expression_that_fails_is_an_error_with_the_name_of_its_variable():
    templar = Templar({"{{ x }}": AnsibleError("'x' is undefined")})
    with pytest.raises(OptionError, match=r"^a cannot be evaluated: 'x' is undefined\. Correct the expression\.$"):
        Variables(templar, {"a": "{{ x }}"}).get("a")
