"""Header lines about how a message was cut up and coded. They are the protocol's, so policies keep them or are not even
asked; nothing that may say more stays in them.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from smartsandbox.anonymize.memo import Memo
from smartsandbox.packs.model import Request, Response, header

M = TypeVar("M", Request, Response)
Line = tuple[str, str]

BOUNDARY = "sandbox-boundary-4e1c7f92"
"""Stands for every boundary between parts: a recorded one is unique, and may be made from anything."""

_DROPPED = frozenset(("content-length", "transfer-encoding", "trailer"))
"""Lengths and chunks follow from the new bodies; trailers were not recorded."""
_WORD = r"(?:close|keep-alive|upgrade|te|http2-settings)"
_SETTING = r"(?:timeout|max)\s*=\s*\d{1,4}"
_CODING = r"(?:gzip|x-gzip|deflate|br|zstd|compress|identity|aws-chunked)"
_FORMS = {
    name: re.compile(rf"{item}(?:\s*,\s*{item})*", re.IGNORECASE)
    for name, item in (("connection", _WORD), ("keep-alive", _SETTING), ("content-encoding", _CODING))
}
"""What these lines hold in good traffic, though they may hold anything."""
_TYPE = "content-type"
_PARAMETER = re.compile(r";\s*([\w.\-*]+)\s*=\s*(\"(?:[^\"\\]|\\.)*\"|[^;\s]*)\s*")
_NUMBER = re.compile(r"\d{1,3}(?:\.\d{1,3})?")

LOOKED_AT = frozenset((*_DROPPED, *_FORMS, _TYPE))
"""The lines that are looked at here."""

IsPublic = Callable[[str], bool]
"""True for a text of words that say nothing about anybody."""


class Reframer:
    """Gives messages with nothing in these lines but what says nothing, and with a boundary that says nothing."""

    def __init__(self, is_public: IsPublic) -> None:
        self._is_public = is_public
        self._known: Memo[Line, Line | None] = Memo()

    def run(self, message: M) -> M:
        """The message; the same object where nothing changes."""
        headers = tuple([made for line in message.headers if (made := self._line(line)) is not None])
        if headers == message.headers:
            return message
        body, boundary = message.body, boundary_of(header(message.headers, _TYPE) or "")
        if boundary and f"--{BOUNDARY}".encode() not in body:
            body = body.replace(f"--{boundary}".encode(), f"--{BOUNDARY}".encode())
        return replace(message, headers=headers, body=body)

    def _line(self, line: Line) -> Line | None:
        if line[0].lower() not in LOOKED_AT:
            return line
        if line in self._known:
            return self._known[line]
        value = published(*line, self._is_public)
        return self._known.keep(line, None if value is None else line if value == line[1] else (line[0], value))


def published(name: str, value: str, is_public: IsPublic) -> str | None:
    """The value that is published of a line, None if the line is left out. Lines of other names stay."""
    lower = name.lower()
    if lower in _DROPPED:
        return None
    if lower == _TYPE:
        return plain_type(value, is_public)
    form = _FORMS.get(lower)
    return value if form is None or not value or form.fullmatch(value.strip()) else None


def plain_type(value: str, is_public: IsPublic) -> str:
    """A media type without parameters that may say something; unchanged if there are none."""
    kind, separator, _ = value.partition(";")
    if not separator:
        return value
    found = [(match[0], match[1].lower(), match[2].strip('"')) for match in _PARAMETER.finditer(value)]
    if "".join((kind, *(text for text, _, _ in found))) != value:
        found = [one for one in found if one[1] in ("charset", "boundary")]
    kept = [(text, name, held) for text, name, held in found if _says_nothing(name, held, is_public)]
    made = [f"; boundary={BOUNDARY}" if name == "boundary" else text for text, name, _ in kept]
    return "".join((kind, *made)).strip() if made or not found else kind.strip()


def boundary_of(content_type: str) -> str:
    """The boundary that a media type names; "" without one."""
    if not content_type.lower().startswith("multipart/"):
        return ""
    return next((m[2].strip('"') for m in _PARAMETER.finditer(content_type) if m[1].lower() == "boundary"), "")


def _says_nothing(name: str, value: str, is_public: IsPublic) -> bool:
    if name == "boundary":
        return True
    if name == "charset":
        return _is_charset(value)
    return is_public(name) and (not value or _NUMBER.fullmatch(value) is not None or is_public(value))


def _is_charset(value: str) -> bool:
    try:
        return bool(codecs.lookup(value))
    except (LookupError, ValueError):
        return False
