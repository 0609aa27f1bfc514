# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Read the section ``[sysdig_token]`` of ansible.cfg as it is written.

Ansible reads anything that is not a yes as a no there, so that a misspelt ``validate_certs = ture`` would turn the
verification of certificates off. Here every value stays text, for the one parser of all options.
"""

from __future__ import annotations

import configparser

from ansible.config.manager import resolve_path
from ansible.parsing.quoting import unquote
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval import options

SECTION = "sysdig_token"


def section(text: str, path: str) -> dict[str, str]:
    """Return the options of the section in ``text``, which is the content of the file ``path``.

    Quotes are removed, and relative paths begin at the directory of the file, as Ansible does with its own options.
    """
    parser = configparser.ConfigParser(inline_comment_prefixes=(";",))  # as Ansible has it
    parser.read_string(text)
    stated = {}
    for name, value in parser.items(SECTION, raw=True):
        option = {**options.OPTIONS, **options.LOOKUP_OPTIONS}.get(name)
        if option is None or option.secret or not value:
            continue
        stated[name] = unquote(value)
        if option.type == "path":
            stated[name] = resolve_path(stated[name], basedir=path)
    return stated
