"""Multipart bodies: part names and file names are leaves, part contents are bodies of their own."""

from __future__ import annotations

import re
from collections.abc import Callable

from smartsandbox.anonymize.keynames import is_value_key
from smartsandbox.anonymize.leaves import VALUE, Pointer
from smartsandbox.anonymize.walk import Walk

RewritePart = Callable[[bytes, str, Pointer, tuple[int, ...]], bytes]

_BOUNDARY = re.compile(r'boundary="?([^";,]+)"?', re.IGNORECASE)
_NAME = re.compile(rb'(?<![a-zA-Z])name="?([^";\r\n]*)"?', re.IGNORECASE)
_FILENAME = re.compile(rb'(filename\*?="?)([^";\r\n]*)', re.IGNORECASE)
_KNOWN_HEADERS = frozenset(
    (b"", b"content-disposition", b"content-type", b"content-transfer-encoding", b"content-length")
)
"""A part with other headers is not taken apart, as nothing would decide what they say."""

_TYPE = re.compile(rb"^content-type:[ \t]*([^\r\n]*)", re.IGNORECASE | re.MULTILINE)


def boundary_of(content_type: str) -> bytes | None:
    """The boundary that a multipart content type names."""
    match = _BOUNDARY.search(content_type)
    return match[1].strip().encode("latin-1", "replace") if match else None


def rewrite_multipart(
    body: bytes, boundary: bytes, pointer: Pointer, scope: tuple[int, ...], walk: Walk, part: RewritePart
) -> bytes | None:
    """Visit every part; None if the boundary does not divide the body into parts with headers."""
    pieces = body.split(b"--" + boundary)
    if len(pieces) < 3 or pieces[0].strip() or pieces[-1].strip() != b"--":
        return None
    rewritten = [_part(piece, pointer, (*scope, walk.new_scope()), walk, part) for piece in pieces[1:-1]]
    if None in rewritten:
        return None
    return (b"--" + boundary).join([pieces[0], *(piece for piece in rewritten if piece is not None), pieces[-1]])


def _part(piece: bytes, pointer: Pointer, scope: tuple[int, ...], walk: Walk, part: RewritePart) -> bytes | None:
    gap = b"\r\n\r\n" if b"\r\n\r\n" in piece else b"\n\n"
    head, found, content = piece.partition(gap)
    if not found:
        return None
    if any(line and line.partition(b":")[0].strip().lower() not in _KNOWN_HEADERS for line in head.split(b"\n")):
        return None
    named = _NAME.search(head)
    name = named[1].decode("utf-8", "replace") if named else "(unnamed)"
    inner = (*pointer, VALUE if is_value_key(name) else name)
    head = _FILENAME.sub(lambda match: match[1] + _file_name(match[2], inner, scope, walk), head)
    typed = _TYPE.search(head)
    end = b"\r\n" if content.endswith(b"\r\n") else b"\n" if content.endswith(b"\n") else b""
    content_type = typed[1].decode("latin-1") if typed else "text/plain"
    return head + gap + part(content[: len(content) - len(end)], content_type, inner, scope) + end


def _file_name(raw: bytes, pointer: Pointer, scope: tuple[int, ...], walk: Walk) -> bytes:
    value = raw.decode("utf-8", "replace")
    changed = walk.leaf(value, (*pointer, "filename"), scope)
    return raw if changed == value else re.sub(rb'[";\r\n]', b"_", (changed or "").encode())
