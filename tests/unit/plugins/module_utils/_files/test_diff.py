# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Differences show what changes, and no secret: neither ours, nor a former one, nor those of others."""

from __future__ import annotations

import re

import pytest
import yaml
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.merging import YamlError
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._files.diff import PREVIOUS, masked, masked_words
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._redact import MASK
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._secret_names import (
    is_open_name,
    is_secret_name,
    secret_behind,
)
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._yaml.secrets import secret_values
from secret_encodings import ENCODINGS
from secret_forms import LINE_FORMS, YAML_FORMS, expected, plain

NEW, OLD = "new-token-1234", "old-token-9876"
BEFORE = "# Kept by the SRE team.\nglobal:\n  scrape_interval: 15s\n"
AFTER = "rule_files: [rules.yml] # theirs\n"

# Secrets of others: short and long ones, words, numbers, and what YAML or Base64 has a meaning for.
SECRETS = ["hunter2", "prometheus", "1234", "dG9rZW4tMTIzNA==", "pa:ss@word", "a-long-secret-with-many-characters"]
NAMES = [
    *("password", "passwd", "passphrase", "pass", "db_pass", "pwd", "token", "bearer_token", "apiToken", "tokens"),
    *("secret", "client_secret", "clientSecret", "credentials", "credential", "Authorization", "Cookie", "customerid"),
    *("customerId", "customer_id", "api_key", "apikey", "apiKey", "X-Api-Key", "access_key", "AccessKey", "secret_key"),
    *("private_key", "license_key", "sharedKey", "some_key", "SDC_TOKEN", "SECURE_API_TOKEN", "httpHeaderValue1"),
    *("sasl.password", "password2", "signature", "secret_access_key", "account_key", "encryption_key"),
]
OPEN_NAMES = [
    *("credentials_file", "bearer_token_file", "password_file", "key_file", "token_url", "tokenPath", "secret_name"),
    *("monkey", "bypass", "compass", "keyboard", "secretary", "job_name", "public_key", "routing_key", "tokenizer"),
    *("url", "username", "team", "path", "api_key_id", "passed", "keep", "customer", "authentication", "key"),
]


def filled(form: str, secret: str) -> str:
    escapes = "".join(f"\\x{ord(char):02x}" for char in secret)
    text = form.replace("{s}", secret).replace("{e}", escapes)
    return text if text.startswith(("\ufeff", "{")) else BEFORE + text + AFTER


def is_yaml(text: str) -> bool:
    try:
        yaml.safe_load(text)
    except yaml.YAMLError:
        return False
    return True


YAML_CASES = [
    pytest.param(filled(form, secret), secret, id=f"{name}: {secret}")
    for name, form in YAML_FORMS.items()
    for secret in SECRETS
    if is_yaml(plain(filled(form, secret)))
]


def test_there_are_many_forms():
    assert len(YAML_CASES) > 300


@pytest.mark.parametrize(("form", "secret"), YAML_CASES)
def test_secrets_of_others_in_yaml_are_hidden_and_nothing_else(form, secret):
    text, shown = plain(form), expected(form)
    known = secret_values(text)

    assert masked(text, text, known, all_secret=False) == (shown, shown)
    for other in ("", AFTER, f"{text}more: 1\n"):
        assert masked(other, text, known, all_secret=False)[1] == shown
        before = masked(text, other, known, all_secret=False)[0]
        assert before.replace(PREVIOUS, MASK) == shown
        assert (PREVIOUS in before) == (text not in other)


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("form", LINE_FORMS.values(), ids=LINE_FORMS)
def test_secrets_of_others_in_lines_are_hidden_by_their_names(form, secret):
    form = f"first: 1\n{form}\nlast: 2\n".replace("{s}", secret)
    text, shown = plain(form), expected(form)

    assert masked(text, text, [], all_secret=False) == (shown, shown)
    assert masked("", text, [], all_secret=False)[1] == shown
    assert masked(text, "", [], all_secret=False)[0].replace(PREVIOUS, MASK) == shown


@pytest.mark.parametrize("character", "/@#?%&'")
def test_no_part_of_a_password_in_a_url_shows(character):
    shown = masked("", f"url: https://me:hunt{character}er2@example.com/x\n", [], all_secret=False)[1]

    assert "er2" not in shown
    assert "example.com/x" in shown


SHOWN = [
    "credentials_file: /etc/prometheus/sysdig-token",
    "authorization:\n  type: Bearer\n  credentials_file: /etc/prometheus/sysdig-token",
    "bearer_token_file: /etc/token",
    "key_file: /etc/key.pem",
    "token_url: https://example.com/token",
    "monkey: yes",
    "scrape_interval: 15s # password rotation",
    "url: https://example.com/write?team=SRE#token",
    "url: https://example.com:8080/path@x",
    "relabel_configs:\n- source_labels: [__name__]",
    "job_name: secrets-exporter",
    "team: SRE",
    "# The password is rotated every Monday, by https://example.com/rotate",
    "password: ${env:PROM_PASSWORD}",
    "password: ${file:/etc/otel/password} # from the vault",
    "password: ''",
    "password:",
    "token: null",
    "bearer_token: true",
    "secrets: []",
    "secrets:\n  - name: monitoring\n    path: /run/secrets/monitoring",
    "secrets: {path: /run/secrets}",
    "actions:\n  - key: deployment.environment\n    value: production\n    action: insert",
    "matchExpressions:\n  - {key: team, operator: In, values: [a, b]}",
    "env:\n  - name: TEAM\n    value: SRE",
    "annotations:\n  - tag_name: team\n    key: team.name\n    from: pod",
    "groupbyattrs:\n  keys:\n    - host.name",
    "allowed_keys: [description, group]",
    "scrape_configs:\n  - job_name: token\n    params:\n      module: [password]",
    "text: 'a token, and: a key'",
    "password: *anchor",
    "expr: sum(rate(tokens_total[5m])) by (key)",
    "extensions: [bearertokenauth/sysdig]",
    "bearertokenauth/sysdig:\n  filename: /etc/otelcol-contrib/sysdig-token",
]


@pytest.mark.parametrize("text", SHOWN)
def test_what_is_no_secret_is_shown_as_it_is(text):
    text = f"x: &anchor null\n{text}\n"
    for known in (secret_values(text), []):
        assert masked(text, text + "\ny: 1", known, all_secret=False) == (text, text + "\ny: 1")


@pytest.mark.parametrize("name", NAMES)
def test_names_of_secrets(name):
    assert is_secret_name(name)
    assert not is_open_name(name)
    text = f"{name}: hunter2\n"
    assert masked(text, "", secret_values(text), all_secret=False)[0] == f"{name}: {PREVIOUS}\n"
    assert masked(text, "", [], all_secret=False)[0] == f"{name}: {PREVIOUS}\n"


@pytest.mark.parametrize("name", OPEN_NAMES)
def test_names_of_other_things(name):
    assert not is_secret_name(name)


def test_a_word_is_hidden_as_a_password_only():
    text = "basic_auth:\n  username: prometheus\n  password: prometheus\npath: /etc/prometheus\n"

    assert masked(text, text, secret_values(text), all_secret=False)[1] == text.replace(
        "password: prometheus", f"password: {MASK}"
    )


def test_what_cannot_be_mistaken_is_hidden_everywhere():
    text = "# was Hunter-2 before\npassword: Hunter-2\nother: 1 # Hunter-2, too\ncommand: x -p Hunter-2\n"

    assert masked(text, text, secret_values(text), all_secret=False)[1] == text.replace("Hunter-2", MASK)


def test_a_value_is_hidden_behind_its_context_only():
    assert masked("", "a: x\nb: x\nx: a: x\n", [secret_behind("\nb: ", "x")], all_secret=False)[1] == (
        f"a: x\nb: {MASK}\nx: a: x\n"
    )


def test_several_secrets_of_one_line_differ_one_by_one():
    """The context of the second is not the same in both texts."""
    before, after = "auth: {password: one, token: two}\n", "auth: {password: other, token: two}\n"

    shown = masked(before, after, secret_values(before, after), all_secret=False)

    assert shown == (
        f"auth: {{password: {PREVIOUS}, token: {PREVIOUS}}}\n",
        f"auth: {{password: {MASK}, token: {MASK}}}\n",
    )


def test_texts_that_cannot_be_read_are_refused():
    with pytest.raises(YamlError):
        secret_values("a: 1\n", "a: [")


@pytest.mark.parametrize("text", ["", "# nothing\n", "just text\n", "a: &a [*a]\n", "- 1\n", "[" * 50 + "]" * 50])
def test_texts_without_secrets_have_none(text):
    try:
        assert secret_values(text) == []
    except YamlError:
        assert "*a" in text


def test_a_rotated_secret_still_shows_as_a_difference():
    before, after = masked(f"a: 1\nbearer_token: {OLD}\n", f"a: 1\nbearer_token: {NEW}\n", [NEW], all_secret=False)
    assert before == "a: 1\nbearer_token: ******** (previous)\n"
    assert after == "a: 1\nbearer_token: ********\n"


@pytest.mark.parametrize("encoding", [name for name in ENCODINGS if not name.startswith("without")])
def test_the_new_secret_is_hidden_in_every_encoding(encoding):
    encoded = ENCODINGS[encoding](NEW)

    shown = masked("", f"plain: {encoded}\nother: 1\n", [NEW], all_secret=False)[1]

    assert encoded not in shown
    assert shown.endswith("\nother: 1\n")


# Files that are ours and about a secret. What is hidden is marked as above.
OWN_FILES = {
    "token": "«{s}»",
    "token with a line end": "«{s}»\n",
    "environment": """\
# Written by the Ansible role ibmcloud.sysdig.sysdig_integrations. Changes made here are lost.
SYSDIG_MONITOR_API_TOKEN=«{s}»
SYSDIG_MONITOR_URL=https://us-south.monitoring.cloud.ibm.com
export SDC_TOKEN=«'{s}'»
SDC_URL="https://us-south.monitoring.cloud.ibm.com"
SYSDIG_TEAM=SRE
SYSDIG_TEAM_ID=101
VERBOSE=true
WEBHOOK_URL=https://hooks.example.com/services/«T0123456789ab»/«B0123456789ab»
THEIRS=«whatever this is»
""",
    "grafana": """\
apiVersion: 1
prune: true
datasources:
  - name: "Sysdig"
    type: prometheus
    access: «proxy-or-what»
    url: "https://us-south.monitoring.cloud.ibm.com/prometheus"
    jsonData:
      httpHeaderName1: Authorization
    secureJsonData:
      httpHeaderValue1: «"Bearer {s}"»
""".replace("access: «proxy-or-what»", "access: proxy"),
    "template": """\
; an exporter of theirs
[exporter]
url = https://example.com/api
token = «{s}»
password = «theirs»
something = «theirs, maybe»

«theirs»
  «{s}»
«{s} {s}»
<!-- «{s}» -->
""",
}


@pytest.mark.parametrize(
    "secret", [NEW, "dG9rZW4tMTIzNDU2Nzg5MA==", "5f0c2b1e-98a7-4d3c-b6e5-0a1b2c3d4e5f", "abcdefg="]
)
@pytest.mark.parametrize("form", [form for name, form in OWN_FILES.items() if name != "template"])
def test_of_a_file_about_a_secret_names_addresses_and_comments_show(form, secret):
    former = {NEW: OLD, "abcdefg=": "hijklmn="}.get(secret, secret[::-1].lstrip("=") + "=" * secret.count("="))
    before, after = form.replace("{s}", former), form.replace("{s}", secret)

    shown = masked(plain(before), plain(after), [secret], all_secret=True)

    assert shown[1] == expected(after)
    assert shown[0].replace(PREVIOUS, MASK) == expected(before)
    assert [line for line in shown[0].split("\n") if PREVIOUS in line] == [
        re.sub("«.*?»", PREVIOUS, line) for line in before.split("\n") if former in line
    ]


def test_of_a_file_about_a_secret_only_names_are_shown_and_which_lines_change():
    """Whoever writes a template of their own may put other secrets beside ours, under any name or none."""
    before, after = masked(
        f"theirs\nexport A={OLD}\nB={OLD} {OLD}\n\nC=theirs\n{OLD}\n",
        f"theirs\nexport A={NEW}\nB={NEW}\n\nC=theirs\nwith {NEW} theirs\n",
        [NEW],
        all_secret=True,
    )
    gone = "******** (previous)"
    assert before == f"********\nexport A={gone}\nB={gone}\n\nC=********\n{gone}\n"
    assert after == "********\nexport A=********\nB=********\n\nC=********\n********\n"


@pytest.mark.parametrize(
    "line",
    [
        "{s}",
        "{s}=",
        "{s}==",
        "A={s}",
        "A={s}==",
        "# token {s}",
        "URL=https://example.com/{s}/x",
        "url: https://e.org/?t={s}",
        "user={s}",
        "name: {s}",
        "team = {s}",
        "[{s}]",
        "<token>{s}</token>",
        "me:{s}",
        "- {s}",
        "path: /x/{s}",
    ],
)
def test_a_former_token_is_hidden_wherever_a_template_has_put_it(line):
    shown = masked(line.replace("{s}", OLD), line.replace("{s}", NEW), [NEW], all_secret=True)

    assert OLD not in shown[0]
    assert NEW not in shown[1]
    assert PREVIOUS in shown[0]


def test_a_file_that_does_not_change_shows_no_difference():
    for form in OWN_FILES.values():
        text = form.replace("{s}", NEW)
        for all_secret in (True, False):
            before, after = masked(text, text, [NEW], all_secret=all_secret)
            assert before == after


def test_words_of_a_validator_show_no_secret():
    content = f"password: Hunter-2\nbearer_token: {NEW}\nother: prometheus\n"
    said = f"line 1: cannot use Hunter-2 as {NEW} of prometheus, at https://me:hunter2@example.com"

    assert masked_words(said, content, [NEW, *secret_values(content)], all_secret=False) == (
        f"line 1: cannot use {MASK} as {MASK} of prometheus, at https://{MASK}@example.com"
    )


def test_words_about_a_file_about_a_secret_show_no_value_of_it():
    content = f"URL=https://example.com\nTHEIRS=something else\n{OLD}\nSHORT=true\n"
    said = f"https://example.com is true for «something else» and {OLD}"

    assert masked_words(said, content, [], all_secret=True) == f"https://example.com is true for «{MASK}» and {MASK}"
