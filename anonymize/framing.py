"""Header lines about how a message was cut up on the wire. No policy decides them, so none stays that may say more."""

from __future__ import annotations

import re

_DROPPED = frozenset(("content-length", "transfer-encoding", "trailer"))
"""Lengths and chunks follow from the new bodies; trailers were not recorded."""
_WORD = r"(?:close|keep-alive|upgrade|te|http2-settings)"
_SETTING = r"(?:timeout|max)\s*=\s*\d{1,4}"
_SAYS_NOTHING = {
    "connection": re.compile(rf"{_WORD}(?:\s*,\s*{_WORD})*", re.IGNORECASE),
    "keep-alive": re.compile(rf"{_SETTING}(?:\s*,\s*{_SETTING})*", re.IGNORECASE),
}
"""What these lines hold in good traffic; `Connection` may name any header, and both may hold anything."""


def is_published(name: str, value: str) -> bool:
    """False for a line that is left out of what is published; true for all that are not about framing."""
    lower = name.lower()
    if lower in _DROPPED:
        return False
    form = _SAYS_NOTHING.get(lower)
    return form is None or not value or form.fullmatch(value.strip()) is not None
