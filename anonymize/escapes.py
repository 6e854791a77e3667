"""Escapes that a text may be written in without being taken apart: percent, HTML and JSON.

Whoever searches a text for a value must look through them too.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator
from urllib.parse import quote, unquote, unquote_plus, unquote_to_bytes

_JSON_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|\\([/\"\\])")
_URL_SAFE = "/:?#[]@!$&'()*+,;=-._~{}|<> "

Code = Callable[[str], str]


def _unescape_json(text: str) -> str:
    return _JSON_ESCAPE.sub(lambda match: chr(int(match[1], 16)) if match[1] else match[2], text)


def _escape_json(text: str) -> str:
    return json.dumps(text)[1:-1]


def _percent(text: str) -> str:
    return quote(text, safe=_URL_SAFE, errors="replace")


def percent_decoded(text: str, plus: bool = False) -> str | bytes:
    """Percent escapes undone, with `plus` for a space; bytes where that is not UTF-8, so that nothing is lost."""
    spaced = text.replace("+", " ") if plus else text
    if "%" not in spaced:
        return spaced
    raw = unquote_to_bytes(spaced.encode("utf-8", "surrogatepass"))
    try:
        return raw.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return raw


def percent_text(text: str, plus: bool = False) -> str:
    """The same as text: bytes that are not UTF-8 in hexadecimal."""
    value = percent_decoded(text, plus)
    return value.hex() if isinstance(value, bytes) else value


ESCAPES: tuple[tuple[str, Code, Code], ...] = (
    # a character that every text so escaped holds, how to undo it, how to do it again
    ("%", lambda text: unquote(text, errors="replace"), _percent),
    ("+", lambda text: unquote_plus(text, errors="replace"), lambda text: _percent(text).replace(" ", "+")),
    ("&", html.unescape, html.escape),
    ("\\", _unescape_json, _escape_json),
)


def unescaped(text: str) -> Iterator[tuple[str, Code]]:
    """What the text says with one kind of escape undone, where that changes it, and how to escape it again."""
    for mark, undo, redo in ESCAPES:
        if mark in text:
            plain = undo(text)
            if plain != text:
                yield plain, redo
