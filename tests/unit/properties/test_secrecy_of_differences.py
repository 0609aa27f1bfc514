# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""However a configuration of others is written: a difference shows no secret in it, and everything else."""

from __future__ import annotations

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.diff import masked
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._yaml.secrets import secret_values
from documents import written
from hypothesis import given
from hypothesis import strategies as st

SECRET, OPEN, OTHER = ("password", "tokens", "X-Api-Key"), ("url", "team", "credentials_file"), ("rules", "on", "x y")
values = st.integers(0, 10**6).map(lambda number: f"Value-{number:07}")
configurations = st.dictionaries(
    st.sampled_from(SECRET + OPEN + OTHER),
    st.recursive(
        values,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(SECRET + OPEN + OTHER), inner),
        max_leaves=12,
    ),
)


def scalars(data, is_secret=False):
    """Every value, and whether it is a secret: by the nearest name that says so."""
    if isinstance(data, dict):
        for name, value in data.items():
            yield from scalars(value, name in SECRET or (is_secret and name in OTHER))
    elif isinstance(data, list):
        for value in data:
            yield from scalars(value, is_secret)
    else:
        yield data, is_secret


@given(
    configurations.flatmap(lambda data: written(st.just(data)).map(lambda document: (data, *document))), st.booleans()
)
def test_what_a_difference_shows_of_yaml(written_data, is_new):
    data, text, comments = written_data
    secrets = {value for value, is_secret in scalars(data) if is_secret}
    others = {value for value, is_secret in scalars(data) if not is_secret} - secrets

    texts = ("", text) if is_new else (text, "")
    shown = "".join(masked(*texts, secret_values(text), all_secret=False))

    assert {value for value in secrets if value in shown} == set()
    assert {value for value in others if value not in shown} == set()
    assert [comment for comment in comments if comment not in shown] == []
