# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Strategies: what a careless user, a broken service or an attacker may put in the place of a value."""

from __future__ import annotations

from hypothesis import strategies as st

# Pieces that mean something to one of the readers: HTTP, URLs, shells, systemd, YAML, Jinja, terminals.
PIECES = (
    *("\r\n", "\n", "\r", "\t", "\0", "\x1b[31m", "\x7f", "\x85", "\u2028", "\ufeff", "\uffff", "\ud800", "\udcf6"),
    *("..", ".", "/", "//", "\\", "%2e%2e", "%2F", "%0d%0a", "%", "?", "#", "&", "=", ";", "@", ":", "[", "]"),
    *("$", "${HOME}", "$(id)", "`id`", '"', "'", "\\n", " ", " #", ": ", "- ", "&a", "*a", "!!int", "|", ">", "~"),
    *("{{ 7 * 7 }}", "{% raw %}", "{#", "}}", "Bearer ", "X-Injected: 1", "ü", "☃", "😀", "null", "true", "1e3"),
)
text = st.one_of(
    st.text(st.characters(exclude_categories=())),
    st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=6).map("".join),
)

# Names that some answer of a service has a meaning for.
KEYS = (
    *("access_token", "expires_in", "errors", "errorCode", "errorMessage", "code", "reason", "message"),
    *("resources", "next_url", "name", "crn", "state", "parameters", "external_api_auth", "token", "key"),
    *("teams", "id", "products", "user", "currentTeam", "customerAccessKeys", "accessKey", "enabled"),
)
_scalars = st.none() | st.booleans() | st.integers() | st.just(10**400) | st.floats() | text
json_data = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS) | text, inner, max_size=4),
    max_leaves=12,
)
bodies = json_data | st.binary(max_size=40)
statuses = st.sampled_from([200, 200, 200, 204, 302, 400, 401, 403, 404, 418, 429, 500])


def objects(**known):
    """JSON objects that have some of these keys, with the value that the service would give or with another."""
    return st.fixed_dictionaries({}, optional={name: value | json_data for name, value in known.items()})


def lists_of(elements):
    """JSON lists with some of these elements and some others."""
    return st.lists(elements | json_data, max_size=4)
