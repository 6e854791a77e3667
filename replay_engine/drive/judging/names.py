"""Texts in which the values of one side are written as the other side calls them."""

from __future__ import annotations

import re
from collections.abc import Mapping

_IN_A_WORD = "[A-Za-z0-9]"


def renamed(text: str, names: Mapping[str, str], origins: Mapping[str, str]) -> str:
    """The text with each name, where it stands as a whole word, and each origin of a URL replaced."""
    found = names.get(text)
    if found is not None:
        return found
    for old, new in origins.items():
        if text.startswith(old):
            text = new + text[len(old) :]
    for old, new in names.items():
        if old in text:
            whole = rf"(?<!{_IN_A_WORD}){re.escape(old)}(?!{_IN_A_WORD})"
            text = re.sub(whole, new.replace("\\", r"\\"), text)
    return text


def composed(one: Mapping[str, str], other: Mapping[str, str]) -> dict[str, str]:
    """What the first side calls a recorded value, to what the other side calls it."""
    return {one.get(name, name): other.get(name, name) for name in (*one, *other)}
