"""Header lines from any recorder, made fit for the trace: text without surrogates or line breaks, in wire order.

Recorders write headers as pairs, objects, maps to one value or maps to lists, as text or bytes. HTTP/2 pseudo-headers
are read (`pseudo_headers`) and then left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from smartsandbox.packs.model import Headers

RawLines = list[tuple[Any, Any]]

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def is_token(text: str) -> bool:
    """True if the text may stand as a method or a header name (RFC 9110, section 5.6.2)."""
    return _TOKEN.fullmatch(text) is not None


def clean_text(value: str | bytes) -> str:
    """Text that Arrow and JSON can hold: bytes as UTF-8, or Latin-1 where they are not; surrogates undone likewise."""
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            return value.decode("latin-1")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return _without_surrogates(value)
    return value


def one_line(value: str | bytes) -> str:
    """Clean text without control characters and line breaks, as a reason phrase must be."""
    return _CONTROL.sub("", clean_text(value).replace("\n", " ")).strip()


def _without_surrogates(value: str) -> str:
    try:
        return value.encode("utf-8", "surrogateescape").decode("latin-1")
    except UnicodeEncodeError:
        # Pairs written as two escapes are one character; what stays alone has none.
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def header_lines(lines: Iterable[tuple[Any, Any]], notes: list[str]) -> Headers:
    """The lines in order. A value with line breaks becomes one line each, which is how browsers write repeated headers.

    Lines whose name is not a token or whose value is not text are left out, with a note.
    """
    kept: list[tuple[str, str]] = []
    for raw_name, raw_value in lines:
        name, value = _text(raw_name).strip(), _scalar(raw_value)
        if name.startswith(":"):
            continue
        if not is_token(name):
            notes.append("header line left out: its name is not a token")
        elif value is None:
            notes.append("header line left out: its value is not text")
        else:
            kept.extend((name, _CONTROL.sub("", part).strip()) for part in value.split("\n"))
    return tuple(kept)


def pseudo_headers(lines: Iterable[tuple[Any, Any]]) -> dict[str, str]:
    """The HTTP/2 pseudo-headers by lower-case name, ":authority" and its like."""
    pairs = ((_text(name).strip().lower(), _scalar(value)) for name, value in lines)
    return {name: value for name, value in pairs if name.startswith(":") and value is not None}


def _text(value: Any) -> str:
    return clean_text(value) if isinstance(value, str | bytes) else ""


def _scalar(value: Any) -> str | None:
    if isinstance(value, str | bytes):
        return clean_text(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return str(value)
