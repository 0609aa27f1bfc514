# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to the collection.
"""Check one value of an option at a time, and bring it into the one form that the rest of the code knows.

Every function raises OptionError when the value cannot be used, and passes None through where None is a value.
"""

from __future__ import annotations

import ipaddress
import os
import re
import socket
from typing import Any
from urllib.parse import urlsplit

from .._errors import options as errors
from .._redact import MASK
from . import endpoints
from .crn import ForeignService, Instance, is_guid, parse_crn
from .options import ACCESS_KEY_OPTIONS, OPTIONS

_TABLE = {**OPTIONS, **ACCESS_KEY_OPTIONS}
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x80-\x9f\u2028\u2029]")
_QUOTES = "'\"`\u2018\u2019\u201c\u201d\u00ab\u00bb"
_NO_TEXT = re.compile(r"[\ud800-\udfff]")  # what Python makes of bytes that are not UTF-8, and cannot be sent
_DOT_SEGMENT = re.compile(r"/(\.|%2e){1,2}(/|\Z)", re.IGNORECASE)  # moves what follows it to another path
_TRUE, _FALSE = ("1", "true", "yes", "on", "y", "t"), ("0", "false", "no", "off", "n", "f")
# Endings that documentation and other tools add to a base URL.
_URL_ENDINGS = {"url": ("/api",), "iam_url": ("/identity/token", "/identity")}


def text(option: str, value: Any) -> str | None:
    """Return text without white space around it, and without control characters, which could end a header or a line."""
    if value is None:
        return None
    written = str(value)
    if not written.strip():
        raise errors.blank(option)
    if _CONTROL.search(written):
        raise errors.control_character(option)
    if _NO_TEXT.search(written):
        raise errors.not_ascii(option)
    return written.strip()


def existing_path(option: str, value: Any) -> str | None:
    """Return the path of something that exists."""
    if value is None:
        return None
    expanded = path(option, value)
    if not os.path.exists(expanded):
        raise errors.unusable_file(option, expanded, "there is no such file or directory")
    return expanded


def path(option: str, value: Any) -> str:
    """Return a path, with the home directory in place of ``~``."""
    return os.path.expanduser(text(option, value) or "")


def secret(option: str, value: Any) -> str:
    """Return a key or token: text that goes into a header or form as it is."""
    written = text(option, value) or ""
    if is_quoted(written):
        raise errors.quoted(option)
    if not is_header_safe(written):
        raise errors.not_ascii(option)
    return written


def path_segment(option: str, value: str | None) -> str | None:
    """Return text that becomes one part of a URL's path, where a dot or two would mean another path."""
    if value in (".", ".."):
        raise errors.missing_option(option, f"{value} is no name")
    return value


def is_header_safe(value: str) -> bool:
    """Return whether a key or token has visible ASCII characters only, so that nothing is smuggled in with it."""
    return bool(value) and all("!" <= character <= "~" for character in value)


def is_quoted(value: str) -> bool:
    """Return whether there are quotation marks around a value, as people and some tools copy them along."""
    return len(value) > 1 and value[0] in _QUOTES and value[-1] in _QUOTES


def without_userinfo(url: str) -> str:
    """Return a URL for a message, with user name and password masked, also if it cannot be parsed."""
    return re.sub(r"\A(\w+://)?.*@", rf"\1{MASK}@", url, flags=re.DOTALL)


def instance(value: Any) -> Instance | None:
    """Return an instance, by GUID or by CRN."""
    value = text("instance_id", value)
    if value is None:
        return None
    if is_quoted(value):
        raise errors.quoted("instance_id")
    if is_guid(value.lower()):
        return Instance(value.lower())
    if not value.lower().startswith("crn:"):
        raise errors.malformed_instance(value, "a GUID is written like 01234567-89ab-cdef-0123-456789abcdef")
    try:
        return parse_crn(value)
    except ForeignService as error:
        services = [known.service for known in endpoints.PRODUCTS.values()]
        raise errors.foreign_crn(str(error), services) from None
    except ValueError as error:
        raise errors.malformed_instance(value, str(error)) from None


def region(value: str | None) -> str | None:
    """Return a region, listed or not."""
    if value is not None and not endpoints.is_region(value):
        raise errors.malformed_region(value, endpoints.REGIONS)
    return value


def base_url(option: str, value: str | None, allow_http: bool) -> str | None:
    """Return scheme and host (and path) of a service, without what people copy along."""
    if value is None:
        return None
    value = value.rstrip("/")
    for ending in _URL_ENDINGS.get(option, ()):
        if value.endswith(ending):
            value = value[: -len(ending)].rstrip("/")
    try:
        parts = urlsplit(value)
        host, _port = parts.hostname, parts.port
        (host or "").encode("idna")  # the length of its labels
    except ValueError:
        raise errors.malformed_url(option, without_userinfo(value), "its host or port cannot be read") from None
    if parts.scheme not in ("http", "https") or not host or re.search(r"[\s\\]", value):
        raise errors.malformed_url(option, without_userinfo(value), "it does not begin with https:// and a host")
    if _DOT_SEGMENT.search(parts.path):
        raise errors.malformed_url(option, value, "its path holds a . or .. between slashes")
    if parts.username is not None or parts.query or parts.fragment or "?" in value or "#" in value:
        problem = "it carries a user name, a query or a fragment"
        raise errors.malformed_url(option, f"{parts.scheme}://{host}...", problem)
    if parts.scheme == "http" and not allow_http and not is_loopback(host):
        raise errors.insecure_url(option, value)
    return value


def is_loopback(host: str) -> bool:
    """Return whether ``host`` is this machine, so that nobody can listen in between. A name is what it resolves to."""
    try:
        addresses = [host] if host != "localhost" else [found[4][0] for found in socket.getaddrinfo(host, None)]
        return all(ipaddress.ip_address(address).is_loopback for address in addresses)
    except (OSError, ValueError):
        return False


def choice(option: str, value: Any) -> str:
    """Return one of the values that the table allows."""
    choices = _TABLE[option].choices or ()
    if value not in choices:
        raise errors.not_a_choice(option, value, choices)
    return str(value)


def integer(option: str, value: Any) -> int:
    """Return a whole number within the limits of its option."""
    return whole_number(option, value, *_TABLE[option].limits)


def whole_number(option: str, value: Any, at_least: int, at_most: int) -> int:
    """Return a whole number, which templates may write as 7.0."""
    written = re.fullmatch(r"([+-]?[0-9]{1,300})(\.0*)?", str(value).strip())
    number = int(written.group(1)) if written else at_least - 1
    if not at_least <= number <= at_most or isinstance(value, bool):
        raise errors.not_an_integer(option, value, at_least)
    return number


def typed(option: str, value: Any) -> Any:
    """Return a value in the type of its option: a number, a boolean, one of its choices, else as it is."""
    if _TABLE[option].choices is not None:
        return choice(option, value)
    return {"int": integer, "bool": boolean}.get(_TABLE[option].type, lambda _option, value: value)(option, value)


def boolean(option: str, value: Any) -> bool:
    """Return a boolean, written in one of Ansible's spellings."""
    spelled = str(value).strip().lower()
    if spelled not in _TRUE + _FALSE:
        raise errors.not_a_choice(option, value, ("true", "false"))
    return spelled in _TRUE
