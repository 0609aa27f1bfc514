# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A bare 403 is explained."""

from __future__ import annotations

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import services as errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import TOKEN

DENIED = errors.refused(TOKEN, "https://sysdig/api/token", 403, None, "Access is denied")


@pytest.mark.parametrize(
    ("iam_only", "said", "advised"),
    [
        (True, ["IAM_ONLY"], ["external_api_auth to ANY"]),
        (False, ["lacks a role"], ["Writer role"]),
        (None, ["IAM_ONLY", "lacks a role"], ["external_api_auth to ANY", "Writer role"]),
    ],
)
def test_a_denied_access_is_explained_by_what_could_be_seen_of_the_instance(iam_only, said, advised):
    error = errors.access_denied(DENIED, iam_only)

    assert "Access is denied" in error.problem
    assert [words for words in ("IAM_ONLY", "lacks a role") if words in error.problem] == said
    assert [words for words in ("external_api_auth to ANY", "Writer role") if words in error.remedy] == advised
    assert error.facts["status"] == 403
