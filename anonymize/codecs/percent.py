"""Percent-encoded text inside a string: a URL, JSON, base64 or an e-mail address that was encoded once more than its
place asks.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

from smartsandbox.anonymize.leaves import Pointer
from smartsandbox.anonymize.walk import Walk

_LOOKS = re.compile(r"(?=[^%]*%[0-9A-Fa-f]{2})[^\s\"<>{}]+")
_TELLING = re.compile(r"[^%]*%(?:7B|5B|3A%2F|40|22|20)", re.IGNORECASE)
"""Begins like text that was encoded on purpose, whatever it says; other text must prove to be in a further code."""


def rewrite_percent(text: str, pointer: Pointer, scope: tuple[int, ...], walk: Walk, depth: int) -> str | None:
    """Visit what percent-encoded text says; None if it is a URL with a bare scheme, or not so encoded."""
    if "%" not in text or "://" in text or text.startswith("/") or not _LOOKS.fullmatch(text):
        return None
    decoded = unquote(text, errors="replace")
    if decoded == text:
        return None
    changed = walk.encoded(decoded, pointer, scope, depth)
    if changed is None:
        if not _TELLING.match(text):
            return None
        changed = walk.leaf(decoded, pointer, scope)
    return text if changed == decoded else quote(changed or "", safe="", errors="replace")
