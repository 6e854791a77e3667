"""Keys for texts of any length: a short text is its own key, a long one is known by a digest of it."""

from __future__ import annotations

import hashlib

MAX_TEXT_KEY = 4096
"""Characters."""
_MARK = "\x00\x00"


def text_key(text: str) -> str:
    """The text, or if it is longer than MAX_TEXT_KEY a mark and its BLAKE2b digest: equal for equal texts only."""
    if len(text) <= MAX_TEXT_KEY:
        return text
    return _MARK + hashlib.blake2b(text.encode("utf-8", "surrogatepass")).hexdigest()
