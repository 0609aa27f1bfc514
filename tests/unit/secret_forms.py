# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ways in which people write secrets into configurations. What must not show stands between « and »."""

from __future__ import annotations

import re

from ansible_collections.ibmcloud.sysdig.plugins.module_utils._redact import MASK

# {s} is a secret, {e} the same in escapes.
YAML_FORMS = {
    "plain": "password: «{s}»\n",
    "plain with a comment": "password: «{s}» # rotated by hand\n",
    "in a list": "remote_write:\n  - url: https://example.com\n    bearer_token: «{s}»\n",
    "behind a dash": "users:\n  - password: «{s}»\n    name: joe\n",
    "single quotes": "password: «'{s}'»\n",
    "double quotes": 'password: «"{s}"» # why\n',
    "escapes": 'password: «"{e}"»\n',
    "spaces before the colon": "password   : «{s}»\n",
    "name in quotes": '"bearer_token": «"{s}"»\n',
    "complex key": "? password\n: «{s}»\n",
    "anchor": "password: «&anchor {s}»\nother_password: *anchor\n",
    "anchor elsewhere": "x-common: «&pw {s}»\nbasic_auth:\n  password: *pw\n",
    "tag": "password: «!!str {s}»\n",
    "anchor and tag": "password: «&a !!str {s}»\n",
    "next line": "password:\n  «{s}»\n",
    "next line below a comment": "password: # in the vault\n  «{s}»\n",
    "next line after an empty one": "password:\n\n  «{s}»\n",
    "literal block": "password: «|\n  {s}»\nother: 1\n",
    "literal block with indicators": "password: «|2-\n    {s}»\nother: 1\n",
    "literal block of several lines": "password: «|\n  first line\n  key: {s}\n\n  last {s}»\nother: 1\n",
    "literal block with a comment": "password: «| # why\n  {s}»\nother: 1\n",
    "literal block before a comment": "password: «|\n  {s}»\n\n# about what follows\nother: 1\n",
    "folded block": "password: «>-\n  {s}\n\n  {s}»\nother: 1\n",
    "block in a list": "tokens:\n  - «|\n    {s}»\n  - «>\n    {s}»\nother: 1\n",
    "continuation": "password: «one\n  {s}\n  three»\nother: 1\n",
    "continuation in double quotes": 'password: «"one\n  {s}\n  three"»\nother: 1\n',
    "continuation in single quotes": "password: «'one\n  {s}'»\nother: 1\n",
    "continued by a backslash": 'password: «"one\\\n  {s}"»\nother: 1\n',
    "flow mapping": "basic_auth: {username: joe, password: «{s}»}\n",
    "flow mapping in quotes": 'basic_auth: {"username": "joe", "password": «"{s}"», "realm": "x"}\n',
    "flow mapping without spaces": 'basic_auth: {"username":"joe","password":«"{s}"»}\n',
    "flow mapping of two": "auth: {password: «{s}», token: «'{s}'», url: https://example.com}\n",
    "flow mapping over lines": "basic_auth: {\n  username: joe,\n  password: «{s}»,\n  }\n",
    "flow mapping with a header": "headers: {Authorization: «Bearer {s}», Accept: all}\n",
    "flow list": "tokens: [«{s}», «'{s}'»]\n",
    "flow list in quotes": 'api_keys: [«"{s}"»]\n',
    "flow list over lines": "tokens: [\n  «{s}»,\n  «'{s}'»\n]\n",
    "flow list of lists": "tokens: [[«{s}»], [«'{s}'»]]\n",
    "list": "tokens:\n  - «{s}»\n  - «'{s}'» # second\n",
    "list without indent": "tokens:\n- «{s}»\n- «{s}»\nother: 1\n",
    "list of lists": "tokens:\n  - - «{s}»\n    - «{s}»\n",
    "list of mappings": "tokens:\n  - value: «{s}»\n    name: joe\n  - {value: «{s}», name: ann}\n",
    "mapping": "tokens:\n  monitoring: «{s}»\n  tracing: «'{s}'»\n",
    "mapping of mappings": "credentials:\n  monitoring:\n    one: «{s}»\n",
    "mapping with open names": "authorization:\n  type: Bearer\n  credentials: «{s}»\n",
    "name and value": "env:\n  - name: SDC_TOKEN\n    value: «{s}»\n",
    "value and name": "env:\n  - value: «{s}»\n    name: SDC_TOKEN\n",
    "name and values": "headers:\n  - name: Authorization\n    values: [«{s}»]\n",
    "headers": "headers:\n  Authorization: «Bearer {s}»\n  X-Api-Key: «{s}»\n",
    "headers with lists": "http_headers:\n  X-Api-Key:\n    values: [«{s}»]\n",
    "merge key": "a: &a\n  password: «{s}»\nb:\n  <<: *a\n",
    "key": "api:\n  key: «{s}»\n",
    "variable in a list": "environment:\n  - SDC_TOKEN=«{s}»\n  - PATH=/bin\n",
    "comment": "# password: «{s}»\nother: 1\n",
    "comment behind a value": "other: 1 # token=«{s}»\n",
    "deep": "a:\n  - b:\n      - c: [{d: {e: {password: «{s}»}}}]\n",
    "JSON": '{"auth": {"password": «"{s}"», "user": "joe"}, "list": [{"token": «"{s}"»}]}\n',
    "byte order mark": "\ufeffpassword: «{s}»\nother: 1\n",
    "line ends of Windows": "password: «{s}»\r\nother: 1\r\n",
    "line ends of Windows in a block": "password: «|\r\n  {s}»\r\nother: 1\r\n",
}
# Where there is no parser: other formats, comments, and whatever a caller has not parsed.
LINE_FORMS = {
    "variable": "SDC_TOKEN=«{s}»",
    "exported variable": "export SDC_TOKEN=«'{s}'»",
    "variable with spaces": "  api_key = «{s}»",
    "ini": "password: «{s}»",
    "property": "sasl.password=«{s}»",
    "HCL": 'basic_auth { password = «"{s}"» }',
    "HCL in lines": '  password = «"{s}"»',
    "arrow": "token => «{s}»",
    "JSON": '{"password":«"{s}"»,"user":"joe"}',
    "JSON in lines": '  "bearer_token": «"{s}",»',
    "comment": "# password: «{s}»",
    "other comment": "; token=«{s}»",
    "comment behind a value": "SDC_URL=https://example.com # token: «{s}»",
    "comment behind an open value": "token: ${env:TOKEN} # password: «{s}»",
    "option": "ExecStart=/usr/bin/x --api-token=«{s}»",
    "header in an option": "curl -H 'Authorization: «Bearer {s}'»",
    "behind braces": "ExecStart=${BIN} --token=«{s},more»",
    "connection string": "connection: Endpoint=sb://example.com/;SharedAccessKey=«{s}»",
    "list": "tokens: «[{s}, x]»",
    "anchor": "password: «&x {s}»",
    "parameter of a URL": "url: https://example.com/write?team=1&token=«{s}»&a=b",
    "signature in a URL": "url: https://example.com/?sig=«{s}»",
    "user in a URL": "url: https://«me:{s}»@example.com/write",
    "token in a URL": "url: https://«{s}»@example.com/write",
    "password of a database": "DATA_SOURCE_NAME=postgresql://«me:{s}»@db:5432/x?sslmode=disable",
}


def plain(text: str) -> str:
    return text.replace("«", "").replace("»", "")


def expected(text: str) -> str:
    return re.sub("«.*?»", MASK, text, flags=re.DOTALL)
