"""Bodies in cassettes: text, bytes, or a map with the text and its encoding; sometimes the form's fields as a map.

Cassettes store the bytes of the wire, so a gzip body is usually still packed; recorders set to unpack leave the header
as it was, which `codings` recognises.
"""

from __future__ import annotations

from typing import Any

import orjson

from smartsandbox.packs.capture.bodies import BAD_BASE64, base64_bytes, charset_of, form_bytes, text_bytes
from smartsandbox.packs.capture.yaml_events import DamagedBinary
from smartsandbox.packs.codings import decode_body
from smartsandbox.packs.model import Headers, header

UNKNOWN_SHAPE = "body of an unknown shape left out"

# Ruby's names for bytes of no particular charset; the text then stands for itself.
_NO_CHARSET = frozenset(("ascii-8bit", "binary", "us-ascii", "utf-8", ""))


def message_body(recorded: Any, headers: Headers, notes: list[str]) -> bytes:
    """The plain bytes of a request's or response's body, however it was written down."""
    return decode_body(_stored(recorded, headers, notes), headers, notes)


def _stored(recorded: Any, headers: Headers, notes: list[str]) -> bytes:
    if isinstance(recorded, dict):
        return _from_map(recorded, headers, notes)
    if recorded is None or isinstance(recorded, str | bytes):
        return _bytes(recorded, "", notes)
    if isinstance(recorded, list) and all(isinstance(piece, str | bytes) for piece in recorded):
        return b"".join(_bytes(piece, "", notes) for piece in recorded)
    notes.append(UNKNOWN_SHAPE)
    return b""


def _from_map(recorded: dict[Any, Any], headers: Headers, notes: list[str]) -> bytes:
    fields = {str(key).removeprefix(":"): value for key, value in recorded.items()}
    if isinstance(fields.get("base64_string"), str):
        return base64_bytes(fields["base64_string"], notes)
    if "string" in fields:
        encoding = fields.get("encoding")
        return _bytes(fields["string"], encoding if isinstance(encoding, str) else "", notes)
    return _form(fields, headers, notes)


def _form(fields: dict[str, Any], headers: Headers, notes: list[str]) -> bytes:
    """vcrpy behind aiohttp keeps the form or JSON object that the client was given, not the bytes it made of it."""
    if not all(isinstance(value, str | None) for value in fields.values()):
        notes.append(UNKNOWN_SHAPE)
        return b""
    if "json" in (header(headers, "content-type") or ""):
        return orjson.dumps(fields)
    return form_bytes([(name, value or "") for name, value in fields.items()])


def _bytes(value: Any, encoding: str, notes: list[str]) -> bytes:
    if isinstance(value, DamagedBinary):
        notes.append(BAD_BASE64)
    if isinstance(value, bytes):
        return bytes(value)
    if not isinstance(value, str):
        notes.extend([UNKNOWN_SHAPE] if value is not None else [])
        return b""
    return (
        text_bytes(value) if encoding.lower() in _NO_CHARSET else text_bytes(value, charset_of(f"charset={encoding}"))
    )
