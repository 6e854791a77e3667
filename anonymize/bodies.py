"""Bodies: chooses how a message body is taken apart by its media type and by what it looks like.

A body in no known code is one leaf: plain text, a page or script as text, or an opaque media kind.
"""

from __future__ import annotations

import codecs
import re

from smartsandbox.anonymize.codecs.form import rewrite_form, rewrite_nested_form
from smartsandbox.anonymize.codecs.json import rewrite_json
from smartsandbox.anonymize.codecs.lines import rewrite_events, rewrite_json_lines
from smartsandbox.anonymize.codecs.media import BINARY, filler, opaque_kind, text_kind
from smartsandbox.anonymize.codecs.multipart import boundary_of, rewrite_multipart
from smartsandbox.anonymize.codecs.xml import rewrite_xml
from smartsandbox.anonymize.leaves import Kind, Pointer
from smartsandbox.anonymize.walk import MAX_DEPTH, Walk

MAX_BODY = 64 * 1024 * 1024
"""Bytes; a longer body is one opaque leaf."""

_CHARSET = re.compile(r'charset="?([\w\-]+)', re.IGNORECASE)


def rewrite_body(
    body: bytes, content_type: str, walk: Walk, pointer: Pointer = (), scope: tuple[int, ...] = (), depth: int = 0
) -> bytes:
    """Visit every leaf of a body; untouched bytes come back as they were, a dropped body as the filler of its kind."""
    if not body:
        return body
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type.startswith("multipart/") and depth < MAX_DEPTH:
        parts = _multipart(body, content_type, walk, pointer, scope, depth)
        if parts is not None:
            return parts
    text, encoding = _decode(body, content_type) if opaque_kind(media_type) is None else (None, "")
    if text is None or len(body) > MAX_BODY:
        return _opaque(body, opaque_kind(media_type) or BINARY, walk, pointer, scope)
    return _text(body, text, encoding, media_type, walk, pointer, scope, depth)


def _multipart(
    body: bytes, content_type: str, walk: Walk, pointer: Pointer, scope: tuple[int, ...], depth: int
) -> bytes | None:
    boundary = boundary_of(content_type)
    if not boundary:
        return None

    def part(content: bytes, part_type: str, inner: Pointer, part_scope: tuple[int, ...]) -> bytes:
        return rewrite_body(content, part_type, walk, inner, part_scope, depth + 1)

    return rewrite_multipart(body, boundary, pointer, scope, walk, part)


def _text(
    body: bytes,
    text: str,
    encoding: str,
    media_type: str,
    walk: Walk,
    pointer: Pointer,
    scope: tuple[int, ...],
    depth: int,
) -> bytes:
    changed = _structured(text, media_type, walk, pointer, scope, depth)
    if changed is None:
        kind = text_kind(media_type)
        changed = walk.leaf(text, (*pointer, kind), scope, Kind.TEXT)
        if changed is None:
            return filler(kind)
    return body if changed == text else changed.encode(encoding, "replace")


def _structured(
    text: str, media_type: str, walk: Walk, pointer: Pointer, scope: tuple[int, ...], depth: int
) -> str | None:
    if media_type == "text/event-stream":
        return rewrite_events(text, pointer, scope, walk, depth)
    first = text.lstrip()[:1]
    if first in ("{", "[") or (media_type.endswith("json") and first):
        found = rewrite_json(text, pointer, scope, walk, depth)
        return rewrite_json_lines(text, pointer, scope, walk, depth) if found is None else found
    if media_type == "application/x-www-form-urlencoded":
        return rewrite_form(text, pointer, scope, walk, depth)
    if first == "<" and text_kind(media_type) != "(html)":
        return rewrite_xml(text, pointer, scope, walk, depth)
    return rewrite_nested_form(text, pointer, scope, walk, depth) if not media_type else None


def _opaque(body: bytes, kind: str, walk: Walk, pointer: Pointer, scope: tuple[int, ...]) -> bytes:
    return filler(kind) if walk.leaf(kind, (*pointer, kind), scope, Kind.OPAQUE) is None else body


def _decode(body: bytes, content_type: str) -> tuple[str | None, str]:
    """Text and the encoding to write it back in; no text if the bytes are not in the declared one nor in UTF-8."""
    declared = _CHARSET.search(content_type)
    candidates = ["utf-8-sig" if body.startswith(codecs.BOM_UTF8) else "utf-8", *([declared[1]] if declared else [])]
    for encoding in candidates:
        try:
            text = body.decode(encoding)
            if "\x00" not in text and text.encode(encoding) == body:
                return text, encoding
        except (UnicodeError, LookupError):
            continue
    return None, ""
