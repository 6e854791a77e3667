"""Media kinds that are not taken apart, and a small valid filler for each, put in the place of a dropped body."""

from __future__ import annotations

import base64

from smartsandbox.anonymize.leaves import Kind, Pointer
from smartsandbox.anonymize.walk import Walk

_PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
_GIF = "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
_WEBP = "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA=="

_FILLERS = {
    "(html)": b"<!doctype html><html><head><title>sandbox</title></head><body></body></html>",
    "(script)": b"/* sandbox */",
    "(style)": b"/* sandbox */",
    "(svg)": b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>',
    "(gif)": base64.b64decode(_GIF),
    "(webp)": base64.b64decode(_WEBP),
    "(image)": base64.b64decode(_PNG),
}

_EXACT = {
    "image/svg+xml": "(svg)",
    "image/gif": "(gif)",
    "image/webp": "(webp)",
    "application/pdf": "(document)",
    "application/zip": "(archive)",
    "application/gzip": "(archive)",
    "application/wasm": "(program)",
    "application/x-protobuf": "(binary)",
    "application/protobuf": "(binary)",
    "application/msgpack": "(binary)",
    "application/grpc": "(binary)",
    "application/vnd.ms-fontobject": "(font)",
}
_TEXT_EXACT = {
    "text/html": "(html)",
    "application/xhtml+xml": "(html)",
    "text/css": "(style)",
    "text/javascript": "(script)",
    "application/javascript": "(script)",
    "application/x-javascript": "(script)",
    "application/ecmascript": "(script)",
    "text/ecmascript": "(script)",
}
_FAMILIES = {"image": "(image)", "font": "(font)", "audio": "(audio)", "video": "(video)"}

BINARY = "(binary)"
COMPRESSED = "(compressed)"
"""Bytes that say they are compressed and cannot be undone: cut short, damaged or too large."""
TEXT = "(text)"


def opaque_kind(media_type: str) -> str | None:
    """The pointer token of a body that is never taken apart, by its media type; None for text that may be."""
    family = media_type.partition("/")[0]
    if "font-" in media_type or media_type.startswith("application/font"):
        return "(font)"
    if media_type.startswith("application/grpc"):
        return BINARY
    return _EXACT.get(media_type) or _FAMILIES.get(family)


def text_kind(media_type: str) -> str:
    """The pointer token of a text body that no codec takes apart: a page, a script, a style sheet or plain text."""
    return _TEXT_EXACT.get(media_type, TEXT)


def filler(kind: str) -> bytes:
    """What stands for a dropped body; empty where no small valid file says nothing."""
    return _FILLERS.get(kind, b"")


def rewrite_opaque(body: bytes, kind: str, pointer: Pointer, scope: tuple[int, ...], walk: Walk) -> bytes:
    """Visit a body as one leaf whose value is its kind: kept as it is, or replaced by the filler."""
    return filler(kind) if walk.leaf(kind, (*pointer, kind), scope, Kind.OPAQUE) is None else body
