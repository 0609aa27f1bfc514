# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Differences of a file that belongs to others: every form of a secret in it is hidden, and nothing else."""

from __future__ import annotations

import re
import textwrap

import pytest
from role_plays import PROMETHEUS, REMOTE_WRITE, WRITE
from secret_forms import YAML_FORMS, expected, plain

# What stands for the whole of a document cannot be a part of one.
FORMS = {name: form for name, form in YAML_FORMS.items() if not name.startswith(("JSON", "byte order", "line ends"))}
HEAD = "# Kept by the SRE team, see https://wiki.example.com/prometheus\nglobal: {scrape_interval: 15s}\n"


def configuration() -> tuple[str, dict[str, str]]:
    """All forms in one file, each with a secret of its own, and these secrets by form."""
    text, secrets = HEAD, {}
    for number, (name, form) in enumerate(FORMS.items()):
        secrets[name] = f"Hunter-{number:02}-{'x' * (number % 4)}"
        # In escapes, a secret is not to be found by a search.
        form = form.replace("{s}", secrets[name]).replace("{e}", secrets[name])
        text += f"part_{number}:\n" + textwrap.indent(re.sub(r"([&*](?:anchor|pw|a))\b", rf"\g<1>{number}", form), "  ")
    return text, secrets


@pytest.mark.parametrize("arguments", [["--check"], []], ids=["check mode", "real run"])
def test_secrets_of_others_in_every_form_are_hidden_and_nothing_else(wire, playbook, etc, arguments):
    form, secrets = configuration()
    path = etc / "prometheus" / "prometheus.yml"
    path.write_text(plain(form))
    playbook.secrets |= secrets
    playbook.secret_files.add("etc/prometheus/prometheus.yml")

    run = wire([{**PROMETHEUS, "validate": ""}], "--diff", "-vvvvv", *arguments).succeeded()

    (diff,) = [
        each
        for result in run.results
        if result.task.endswith(WRITE)
        for each in result.result["diff"]
        if each["after_header"] == str(path)
    ]
    assert diff["before"] == expected(form)
    assert diff["after"].startswith(expected(form))
    assert REMOTE_WRITE in diff["after"]
