"""Percent-encoded text inside a string: a URL, JSON or an e-mail address that was encoded once more than its place
asks.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

from smartsandbox.anonymize.leaves import Pointer
from smartsandbox.anonymize.walk import Walk

_LOOKS = re.compile(r"(?=[^%]*%(?:7B|5B|3A%2F|40|22|20))[^\s\"<>{}]+", re.IGNORECASE)


def rewrite_percent(text: str, pointer: Pointer, scope: tuple[int, ...], walk: Walk, depth: int) -> str | None:
    """Visit what percent-encoded text says; None if it is a URL with a bare scheme, or not so encoded."""
    if "://" in text or text.startswith("/") or not _LOOKS.fullmatch(text):
        return None
    decoded = unquote(text, errors="replace")
    changed = walk.string(decoded, pointer, scope, depth)
    return text if changed == decoded else quote(changed or "", safe="", errors="replace")
