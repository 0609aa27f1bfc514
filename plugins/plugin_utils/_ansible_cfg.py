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
from ansible.utils.display import Display
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors import lookup as errors
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._retrieval import options

SECTION = "sysdig_token"
OPTIONS = {**options.OPTIONS, **options.LOOKUP_OPTIONS}


def section(text: str, path: str) -> dict[str, str]:
    """Return the options of the section in ``text``, which is the content of the file ``path``.

    Quotes are removed, and relative paths begin at the directory of the file, as in other sections. An unknown name is
    shown in a warning.

    Raises:
        OptionError: the section has a secret.
    """
    parser = configparser.ConfigParser(inline_comment_prefixes=(";",))  # as Ansible has it
    parser.read_string(text)
    stated = {}
    for name in parser[SECTION].keys() - parser.defaults().keys() if parser.has_section(SECTION) else ():
        option = OPTIONS.get(name)
        if option is None:
            known = [known for known, option in OPTIONS.items() if not option.secret]
            Display().warning(str(errors.unknown_in_ansible_cfg(name, path, known)))
        elif option.secret:
            raise errors.secret_in_ansible_cfg(name, path, option.variables("monitor"))
        elif value := unquote(parser.get(SECTION, name, raw=True)):
            stated[name] = resolve_path(value, basedir=path) if option.type == "path" else value
    return stated
