"""Bodies: chooses how a message body is taken apart by its media type and by what it looks like.

A body in no known code is one leaf: plain text, a page or script as text, or an opaque media kind.
"""

from __future__ import annotations

import codecs
import re

from smartsandbox.anonymize.codecs.compression import coding_of, rewrite_compressed, rewrite_unlabelled
from smartsandbox.anonymize.codecs.form import rewrite_form, rewrite_nested_form
from smartsandbox.anonymize.codecs.json import rewrite_json
from smartsandbox.anonymize.codecs.lines import rewrite_events, rewrite_json_lines
from smartsandbox.anonymize.codecs.media import (
    BINARY,
    COMPRESSED,
    TEXT,
    filler,
    opaque_kind,
    rewrite_opaque,
    text_kind,
)
from smartsandbox.anonymize.codecs.multipart import boundary_of, rewrite_multipart, sniffed_boundary
from smartsandbox.anonymize.codecs.xml import rewrite_xml
from smartsandbox.anonymize.leaves import Kind, Pointer
from smartsandbox.anonymize.walk import MAX_DEPTH, Scope, Walk

MAX_BODY = 64 * 1024 * 1024
"""Bytes; a longer body is one opaque leaf."""

_EVENTS = "text/event-stream"
_CHARSET = re.compile(r'charset="?([\w\-]+)', re.IGNORECASE)
_NO_CHARSETS = frozenset(("idna", "mbcs", "oem", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"))
"""What Python calls text encodings and no message is in; some take quadratic time."""


def is_text_type(content_type: str) -> bool:
    """True if a body of that type that begins like JSON is tried for JSON before anything else."""
    media_type = media_type_of(content_type)
    return media_type != _EVENTS and not media_type.startswith("multipart/") and opaque_kind(media_type) is None


def media_type_of(content_type: str) -> str:
    """The type and subtype of a content type, lower case."""
    return content_type.partition(";")[0].strip().lower()


def rewrite_body(
    body: bytes, content_type: str, walk: Walk, pointer: Pointer = (), scope: Scope = (), depth: int = 0
) -> bytes:
    """Visit every leaf of a body; untouched bytes come back as they were, a dropped body as the filler of its kind."""
    if not body:
        return body
    media_type = media_type_of(content_type)
    if len(body) > MAX_BODY:
        return rewrite_opaque(body, opaque_kind(media_type) or BINARY, pointer, scope, walk)
    found = _divided(body, content_type, media_type, walk, pointer, scope, depth)
    if found is not None:
        return found
    text, encoding = _decode(body, content_type) if opaque_kind(media_type) is None else (None, "")
    if text is not None:
        return _text(body, text, encoding, media_type, walk, pointer, scope, depth)
    found = rewrite_unlabelled(body, pointer, scope, walk, depth) if opaque_kind(media_type) is None else None
    if found is not None:
        return found
    kind = COMPRESSED if coding_of(body) in ("gzip", "zstd") else opaque_kind(media_type) or BINARY
    return rewrite_opaque(body, kind, pointer, scope, walk)


def _divided(
    body: bytes, content_type: str, media_type: str, walk: Walk, pointer: Pointer, scope: Scope, depth: int
) -> bytes | None:
    """The parts of a multipart body, or what a compressed one holds; None if it is neither."""
    if depth >= MAX_DEPTH:
        return None
    boundary = boundary_of(content_type) if media_type.startswith("multipart/") else None
    boundary = boundary or (sniffed_boundary(body) if opaque_kind(media_type) is None else None)
    parts = rewrite_multipart(body, boundary, pointer, scope, walk, depth) if boundary else None
    if parts is not None:
        return parts
    inner_type = content_type if opaque_kind(media_type) is None else ""
    return rewrite_compressed(body, inner_type, pointer, scope, walk, depth)


def _text(
    body: bytes, text: str, encoding: str, media_type: str, walk: Walk, pointer: Pointer, scope: Scope, depth: int
) -> bytes:
    changed = _structured(text, media_type, walk, pointer, scope, depth)
    if changed is None:
        kind = text_kind(media_type)
        changed = walk.leaf(text, (*pointer, kind), scope, Kind.TEXT)
        if changed is None:
            return filler(kind)
    return body if changed == text else changed.encode(encoding, "replace")


def _structured(text: str, media_type: str, walk: Walk, pointer: Pointer, scope: Scope, depth: int) -> str | None:
    """The text rewritten by the code that it is in as a whole; None if it is in none."""
    if media_type == _EVENTS:
        return rewrite_events(text, pointer, scope, walk, depth)
    first = text.lstrip()[:1]
    if first in ("{", "[") or (media_type.endswith("json") and first):
        found = rewrite_json(text, pointer, scope, walk, depth)
        return rewrite_json_lines(text, pointer, scope, walk, depth) if found is None else found
    if media_type == "application/x-www-form-urlencoded":
        return rewrite_form(text, pointer, scope, walk, depth)
    if first == "<" and text_kind(media_type) != "(html)":
        return rewrite_xml(text, pointer, scope, walk, depth)
    found = rewrite_nested_form(text, pointer, scope, walk, depth) if not media_type else None
    return walk.encoded(text, pointer, scope, depth) if found is None and text_kind(media_type) == TEXT else found


def _decode(body: bytes, content_type: str) -> tuple[str | None, str]:
    """Text and the encoding to write it back in; no text if the bytes are not in the declared one nor in UTF-8."""
    declared = _CHARSET.search(content_type)
    candidates = ["utf-8-sig" if body.startswith(codecs.BOM_UTF8) else "utf-8", *([declared[1]] if declared else [])]
    for encoding in candidates:
        try:
            if codecs.lookup(encoding).name in _NO_CHARSETS:
                continue
            text = body.decode(encoding)
            if "\x00" not in text and text.encode(encoding) == body:
                return text, encoding
        except (UnicodeError, LookupError, ValueError):
            continue
    return None, ""
