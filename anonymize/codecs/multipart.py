"""Multipart bodies: part names and file names are leaves, part contents are bodies of their own, taken out of the
transfer and content codings that the part's headers name and put back into them.
"""

from __future__ import annotations

import re

from smartsandbox.anonymize.codecs.compression import rewrite_labelled
from smartsandbox.anonymize.codecs.media import COMPRESSED, rewrite_opaque
from smartsandbox.anonymize.codecs.transfer import decode_transfer, encode_transfer
from smartsandbox.anonymize.keynames import is_value_key
from smartsandbox.anonymize.leaves import KEY, VALUE, Kind, Pointer
from smartsandbox.anonymize.walk import Walk

_BOUNDARY = re.compile(r'boundary="?([^";,]+)"?', re.IGNORECASE)
_FIRST_LINE = re.compile(rb"--([^\r\n]{1,70})\r?\ncontent-[a-z\-]+:", re.IGNORECASE)
_NAME = re.compile(rb'((?<![a-zA-Z])name="?)([^";\r\n]*)', re.IGNORECASE)
_FILENAME = re.compile(rb'(filename\*?="?)([^";\r\n]*)', re.IGNORECASE)
_LENGTH = re.compile(rb"^(content-length:[ \t]*)\d+", re.IGNORECASE | re.MULTILINE)
_KNOWN_HEADERS = frozenset(
    (
        b"",
        b"content-disposition",
        b"content-type",
        b"content-encoding",
        b"content-transfer-encoding",
        b"content-length",
    )
)
"""A part with other headers is not taken apart, as nothing would decide what they say."""


def boundary_of(content_type: str) -> bytes | None:
    """The boundary that a multipart content type names."""
    match = _BOUNDARY.search(content_type)
    return match[1].strip().encode("latin-1", "replace") if match else None


def sniffed_boundary(body: bytes) -> bytes | None:
    """The boundary that a body without a content type begins with, if it begins with a part."""
    match = _FIRST_LINE.match(body) if body.startswith(b"--") else None
    return match[1].strip() if match else None


def rewrite_nested_multipart(text: str, pointer: Pointer, scope: tuple[int, ...], walk: Walk, depth: int) -> str | None:
    """A multipart body inside a string; None if it does not begin with a boundary and a part."""
    raw = text.encode("utf-8", "surrogatepass")
    boundary = sniffed_boundary(raw)
    changed = rewrite_multipart(raw, boundary, pointer, scope, walk, depth) if boundary else None
    return None if changed is None else text if changed == raw else changed.decode("utf-8", "replace")


def rewrite_multipart(
    body: bytes, boundary: bytes, pointer: Pointer, scope: tuple[int, ...], walk: Walk, depth: int
) -> bytes | None:
    """Visit every part; None if the boundary does not divide the body into parts with known headers."""
    pieces = body.split(b"--" + boundary)
    if len(pieces) < 3 or pieces[0].strip() or pieces[-1].strip() != b"--":
        return None
    divided = [_divided(piece) for piece in pieces[1:-1]]
    if None in divided:
        return None
    rewritten = (_part(*found, pointer, (*scope, walk.new_scope()), walk, depth) for found in divided if found)
    return (b"--" + boundary).join([pieces[0], *rewritten, pieces[-1]])


def _divided(piece: bytes) -> tuple[bytes, bytes, bytes] | None:
    """Head, gap and content; None without headers, or with one that nothing decides about."""
    gap = b"\r\n\r\n" if b"\r\n\r\n" in piece else b"\n\n"
    head, found, content = piece.partition(gap)
    if not found or any(line.partition(b":")[0].strip().lower() not in _KNOWN_HEADERS for line in head.split(b"\n")):
        return None
    return head, gap, content


def _part(
    head: bytes, gap: bytes, content: bytes, pointer: Pointer, scope: tuple[int, ...], walk: Walk, depth: int
) -> bytes:
    named = _NAME.search(head)
    name = named[2].decode("utf-8", "replace") if named else "(unnamed)"
    is_value = named is not None and (is_value_key(name) or walk.keys_are_values(pointer))
    if is_value:
        head = _NAME.sub(lambda match: match[1] + _text(match[2], (*pointer, KEY), scope, walk, Kind.KEY), head, 1)
    inner = (*pointer, VALUE if is_value else name)
    head = _FILENAME.sub(lambda match: match[1] + _text(match[2], (*inner, "filename"), scope, walk, Kind.STRING), head)
    end = b"\r\n" if content.endswith(b"\r\n") else b"\n" if content.endswith(b"\n") else b""
    old = content[: len(content) - len(end)]
    new = _content(old, head, inner, scope, walk, depth)
    return (head if new == old else _LENGTH.sub(rb"\g<1>%d" % len(new), head)) + gap + new + end


def _content(content: bytes, head: bytes, pointer: Pointer, scope: tuple[int, ...], walk: Walk, depth: int) -> bytes:
    transfer = _header(head, b"content-transfer-encoding").lower()
    plain = decode_transfer(content, transfer)
    if plain is None:
        transfer, plain = "", content
    media_type = _header(head, b"content-type") or "text/plain"
    coding = _header(head, b"content-encoding").lower()
    if coding in ("", "identity"):
        changed = walk.body(plain, media_type, pointer, scope, depth + 1)
    else:
        found = rewrite_labelled(plain, coding, media_type, pointer, scope, walk, depth)
        changed = rewrite_opaque(plain, COMPRESSED, pointer, scope, walk) if found is None else found
    return content if changed == plain else encode_transfer(changed, transfer)


def _header(head: bytes, name: bytes) -> str:
    found = re.search(rb"^" + name + rb":[ \t]*([^\r\n]*)", head, re.IGNORECASE | re.MULTILINE)
    return found[1].decode("latin-1").strip() if found else ""


def _text(raw: bytes, pointer: Pointer, scope: tuple[int, ...], walk: Walk, kind: Kind) -> bytes:
    value = raw.decode("utf-8", "replace")
    changed = walk.leaf(value, pointer, scope, kind)
    return raw if changed == value else re.sub(rb'[";\r\n]', b"_", (changed or "").encode())
