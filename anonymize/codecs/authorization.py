"""Credentials, in an Authorization header or a string like its value: basic pairs are taken apart, bearer tokens looked
into, the scheme stays.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import NamedTuple

from smartsandbox.anonymize.codecs.base64 import decode_bytes
from smartsandbox.anonymize.leaves import Pointer
from smartsandbox.anonymize.walk import Walk

_SCHEME = re.compile(
    r"(basic|bearer|digest|token|ssws|apikey|api-key|negotiate|hawk|aws4-hmac-sha256|jwt)( +)(.*)", re.I
)
_IN_TEXT = re.compile(r"(basic|bearer)( +)([A-Za-z0-9_\-+/=.~]{8,})", re.I)


class Scheme(NamedTuple):
    """A header value in parts: the scheme in lower case, the text up to the credentials, and these."""

    name: str
    before: str
    credentials: str


def scheme_of(text: str) -> Scheme | None:
    """The parts of a header value; None without a known scheme."""
    match = _SCHEME.fullmatch(text)
    return None if match is None else Scheme(match[1].lower(), match[1] + match[2], match[3])


def rewrite_authorization(text: str, pointer: Pointer, scope: tuple[int, ...], walk: Walk, depth: int) -> str | None:
    """Visit the credentials of one header value. Without a known scheme the whole value is the credential."""
    scheme = scheme_of(text)
    if scheme is None:
        return walk.string(text, (*pointer, "(raw)"), scope, depth)
    inner = (*pointer, scheme.name)
    changed = _basic(scheme.credentials, inner, scope, walk, depth) if scheme.name == "basic" else None
    if changed is None:
        changed = walk.string(scheme.credentials, inner, scope, depth)
    return None if changed is None else f"{scheme.before}{changed}"


def rewrite_credentials(text: str, pointer: Pointer, scope: tuple[int, ...], walk: Walk, depth: int) -> str | None:
    """The same for any string; None unless it is a basic pair, or a bearer token that holds something."""
    match = _IN_TEXT.fullmatch(text)
    if match is None:
        return None
    scheme, gap, credentials = match.groups()
    name = scheme.lower()
    if name == "basic":
        changed = _basic(credentials, (*pointer, name), scope, walk, depth)
    else:
        changed = walk.encoded(credentials, (*pointer, name), scope, depth)
    return None if changed is None else f"{scheme}{gap}{changed}"


def _basic(credentials: str, pointer: Pointer, scope: tuple[int, ...], walk: Walk, depth: int) -> str | None:
    try:
        user, colon, password = decode_bytes(credentials.strip()).decode().partition(":")
    except (binascii.Error, ValueError):
        return None
    if not colon:
        return None
    new_user = walk.string(user, (*pointer, "user"), scope, depth) if user else user
    new_password = walk.string(password, (*pointer, "password"), scope, depth) if password else password
    if (new_user, new_password) == (user, password):
        return credentials
    return base64.b64encode(f"{new_user or ''}:{new_password or ''}".encode()).decode()
