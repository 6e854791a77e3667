"""The parts of a multipart body by name. The boundary, the order of the parts and the headers' case do not matter."""

from __future__ import annotations

import re
from typing import NamedTuple

_BOUNDARY = re.compile(r'boundary=(?:"([^"]+)"|([^";,\s]+))', re.IGNORECASE)
_NAME = re.compile(r'(?<![\w*])name="?([^";\r\n]*)', re.IGNORECASE)
_FILENAME = re.compile(r'(?<!\w)filename="?([^";\r\n]*)', re.IGNORECASE)
_KIND = re.compile(r"^content-type:\s*([^;\r\n]*)", re.IGNORECASE | re.MULTILINE)
_MAX_PARTS = 1000


class Part(NamedTuple):
    """One part; `kind` is its media type in lower case, `filename` None where it names none."""

    name: str
    filename: str | None
    kind: str
    content: bytes


def parts_of(content_type: str, body: bytes) -> list[Part] | None:
    """The parts in their order, or None for a body that the boundary does not divide."""
    boundary = _BOUNDARY.search(content_type)
    if boundary is None:
        return None
    mark = b"--" + (boundary[1] or boundary[2]).encode("latin-1", "replace")
    pieces = (b"\r\n" + body).split(b"\r\n" + mark)
    if not 3 <= len(pieces) <= _MAX_PARTS or pieces[0].strip() or pieces[-1][:2] != b"--":
        return None
    return [_part(piece) for piece in pieces[1:-1]]


def _part(piece: bytes) -> Part:
    head, found, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
    if not found:
        head, content = b"", piece.strip()
    text = head.decode("utf-8", "replace")
    name, filename, kind = _NAME.search(text), _FILENAME.search(text), _KIND.search(text)
    return Part(
        name[1] if name else "", filename[1] if filename else None, kind[1].strip().lower() if kind else "", content
    )
