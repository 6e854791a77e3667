"""Bodies as recorders write them down: text in a named charset, base64, or form fields one by one."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import orjson

from smartsandbox.packs.capture.header_lines import clean_text

BAD_BASE64 = "body is not the base64 it says: kept as recorded"
FILE_MISSING = "an uploaded file was not recorded: its part is empty"
NO_BOUNDARY = "multipart body without a recorded boundary: one was made up"

_CHARSET = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9._:-]+)""", re.IGNORECASE)
_BOUNDARY = re.compile(r"""boundary\s*=\s*(?:"([^"]+)"|([^\s;"]+))""", re.IGNORECASE)
_MADE_UP = "smartsandbox-part"


def charset_of(content_type: str | None) -> str:
    """The charset that a media type names, "utf-8" if none."""
    match = _CHARSET.search(content_type or "")
    return match.group(1) if match else "utf-8"


def text_bytes(text: str, charset: str = "utf-8") -> bytes:
    """The bytes of recorded text: in its charset if that can hold it, else UTF-8. Surrogates give their bytes back."""
    try:
        return text.encode(charset)
    except (LookupError, UnicodeError, ValueError):
        pass
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return clean_text(text).encode("utf-8")


def base64_bytes(text: str, notes: list[str]) -> bytes:
    """Decoded base64, also URL-safe or unpadded. Text that is not base64 stays as it is, with a note.

    Polly.JS writes the pieces of a body as a JSON list of base64 (older: hexadecimal) texts; they are joined.
    """
    pieces = _pieces(text)
    try:
        return b"".join(map(_base64 if pieces is None else _base64_or_hex, [text] if pieces is None else pieces))
    except (binascii.Error, ValueError):
        notes.append(BAD_BASE64)
        return text_bytes(text)


def form_bytes(fields: Sequence[tuple[str, str]]) -> bytes:
    """An urlencoded form."""
    return urlencode([(clean_text(name), clean_text(value)) for name, value in fields]).encode("ascii")


def multipart_bytes(parts: Sequence[dict[str, Any]], content_type: str, notes: list[str]) -> bytes:
    """A multipart/form-data body of HAR's `params`, with the boundary that the media type names."""
    match = _BOUNDARY.search(content_type)
    if match is None:
        notes.append(NO_BOUNDARY)
    boundary = (match.group(1) or match.group(2)) if match else _MADE_UP
    lines = [_part(part, boundary, notes) for part in parts]
    return b"".join([*lines, text_bytes(f"--{boundary}--\r\n")])


def _part(part: dict[str, Any], boundary: str, notes: list[str]) -> bytes:
    name, file_name, kind = (str(part.get(key) or "") for key in ("name", "fileName", "contentType"))
    value = part.get("value")
    if file_name and value is None:
        notes.append(FILE_MISSING)
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"'
    head += f'; filename="{_quoted(file_name)}"' if file_name else ""
    head += f"\r\nContent-Type: {kind}" if kind else ""
    return text_bytes(head + "\r\n\r\n") + text_bytes("" if value is None else str(value)) + b"\r\n"


def _quoted(text: str) -> str:
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def _pieces(text: str) -> list[str] | None:
    if not text.startswith("["):
        return None
    try:
        pieces = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return pieces if isinstance(pieces, list) and all(isinstance(piece, str) for piece in pieces) else None


def _base64(text: str) -> bytes:
    packed = "".join(text.split()).replace("-", "+").replace("_", "/").rstrip("=")
    return base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True)


def _base64_or_hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return _base64(text)
