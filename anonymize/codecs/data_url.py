"""Data URLs (RFC 2397): what they hold is a body of its own, whose media type they name."""

from __future__ import annotations

import base64
import binascii
import re
from urllib.parse import quote_from_bytes, unquote_to_bytes

from smartsandbox.anonymize.codecs.base64 import decode_bytes
from smartsandbox.anonymize.leaves import Pointer
from smartsandbox.anonymize.walk import Walk

_DATA = re.compile(
    r"(data:)((?:[\w.+\-]+/[\w.+\-]+)?(?:;[\w.\-]+=[\w.\-]+)*)(;base64)?,(\S*)", re.IGNORECASE | re.ASCII
)
_PLAIN = "text/plain"


def rewrite_data_url(text: str, pointer: Pointer, scope: tuple[int, ...], walk: Walk, depth: int) -> str | None:
    """Visit what a data URL holds; None if it is none. Its media type stays."""
    match = _DATA.fullmatch(text)
    raw = _content(match[4], is_base64=bool(match[3])) if match else None
    if match is None or raw is None:
        return None
    changed = walk.body(raw, match[2] or _PLAIN, pointer, scope, depth)
    if changed == raw:
        return text
    written = base64.b64encode(changed).decode() if match[3] else quote_from_bytes(changed, safe="")
    return f"{match[1]}{match[2]}{match[3] or ''},{written}"


def _content(text: str, is_base64: bool) -> bytes | None:
    plain = unquote_to_bytes(text)
    if not is_base64:
        return plain
    try:
        return decode_bytes(plain.decode("ascii"))
    except (binascii.Error, ValueError):
        return None
