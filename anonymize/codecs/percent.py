"""Percent-encoded text: values in paths and queries, and inside a string a URL, JSON, base64 or an e-mail address that
was encoded once more than its place asks.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote, quote_from_bytes

from smartsandbox.anonymize.escapes import percent_decoded
from smartsandbox.anonymize.leaves import Pointer
from smartsandbox.anonymize.walk import Scope, Walk

_LOOKS = re.compile(r"(?=[^%]*%[0-9A-Fa-f]{2})[^\s\"<>{}]+")
_TELLING = re.compile(r"[^%]*%(?:7B|5B|3A%2F|40|22|20)", re.IGNORECASE)
"""Begins like text that was encoded on purpose, whatever it says; other text must prove to be in a further code."""


def rewrite_percent(text: str, pointer: Pointer, scope: tuple[int, ...], walk: Walk, depth: int) -> str | None:
    """Visit what percent-encoded text says; None if it is a URL with a bare scheme, or not so encoded."""
    if "%" not in text or "://" in text or text.startswith("/") or not _LOOKS.fullmatch(text):
        return None
    decoded = percent_decoded(text)
    if decoded == text or isinstance(decoded, bytes):
        return None
    changed = walk.encoded(decoded, pointer, scope, depth)
    if changed is None:
        if not _TELLING.match(text):
            return None
        changed = walk.leaf(decoded, pointer, scope)
    return text if changed == decoded else quote(changed or "", safe="", errors="replace")


def visit_escaped(
    raw: str, pointer: Pointer, scope: Scope, walk: Walk, depth: int, escape: Callable[[str], str], plus: bool = False
) -> str | None:
    """Visit a percent-encoded value; None if it is dropped. What is not UTF-8 inside is bytes and visited as a body."""
    value = percent_decoded(raw, plus)
    if isinstance(value, bytes):
        new = walk.body(value, "", (*pointer, "(bytes)"), scope, depth)
        return raw if new == value else quote_from_bytes(new, safe="")
    changed = walk.string(value, pointer, scope, depth)
    return raw if changed == value else None if changed is None else escape(changed)
