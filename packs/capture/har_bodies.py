"""The bodies of a HAR entry: `content` of the response, `postData` of the request.

HAR stores what the client saw, so content codings are already undone; only bytes that still carry a coding's own mark
are decoded again. `bodySize` and `size` are often wrong and are used only to notice a body that was not recorded.
"""

from __future__ import annotations

import re
from typing import Any

from smartsandbox.packs.capture.bodies import base64_bytes, charset_of, form_bytes, multipart_bytes, text_bytes
from smartsandbox.packs.codings import decode_if_coded
from smartsandbox.packs.model import Headers, header

AS_LATIN1 = "binary body written as text: its bytes were taken from the characters' numbers"
NO_RESPONSE_BODY = "response body not recorded"
NO_REQUEST_BODY = "request body not recorded"

_LATIN1 = re.compile(r"[\x00-\xff]*")
_C1 = re.compile(r"[\x80-\x9f]")
_BINARY_TYPE = re.compile(
    r"(image|audio|video|font)/|application/(octet-stream|grpc|.*protobuf|zip|pdf)", re.IGNORECASE
)


def response_body(content: Any, headers: Headers, notes: list[str]) -> bytes:
    """The bytes of a response's `content`; empty, with a note, where the writer left out a body that had a size."""
    if not isinstance(content, dict):
        return b""
    text = content.get("text")
    if not isinstance(text, str):
        if _positive(content.get("size")):
            notes.append(NO_RESPONSE_BODY)
        return b""
    return _recorded_bytes(content, text, headers, notes)


def request_body(post_data: Any, headers: Headers, notes: list[str]) -> bytes:
    """The bytes of a request's `postData`: its text, or else its params as the form that the media type names."""
    if not isinstance(post_data, dict):
        return b""
    text, params = post_data.get("text"), post_data.get("params")
    if isinstance(text, str) and text:
        return _recorded_bytes(post_data, text, headers, notes)
    parts = [part for part in params if isinstance(part, dict)] if isinstance(params, list) else []
    if not parts:
        if header(headers, "content-length") not in (None, "0"):
            notes.append(NO_REQUEST_BODY)
        return b""
    content_type = _media_type(post_data, headers)
    if content_type.lower().startswith("multipart/"):
        return multipart_bytes(parts, content_type, notes)
    return form_bytes([(_text(part.get("name")), _text(part.get("value"))) for part in parts])


def _recorded_bytes(holder: dict[str, Any], text: str, headers: Headers, notes: list[str]) -> bytes:
    if "base64" in (holder.get("encoding"), holder.get("_encoding")) or holder.get("_isBinary") is True:
        return decode_if_coded(base64_bytes(text, notes), headers, notes)
    media_type = _media_type(holder, headers)
    if _is_bytes_as_text(text, media_type):
        notes.append(AS_LATIN1)
        return text.encode("latin-1")
    return text_bytes(text, charset_of(media_type))


def _is_bytes_as_text(text: str, media_type: str) -> bool:
    """True if a writer without base64 put each byte down as the character of that number, as Chrome and mitmproxy do.

    Told by the control characters U+0080 to U+009F, which no text holds, or by a binary media type.
    """
    if text.isascii() or not _LATIN1.fullmatch(text) or "charset" in media_type.lower():
        return False
    return _C1.search(text) is not None or _BINARY_TYPE.match(media_type) is not None


def _media_type(holder: dict[str, Any], headers: Headers) -> str:
    declared = header(headers, "content-type")
    mime = holder.get("mimeType")
    if isinstance(mime, str) and ("boundary" in mime or not declared):
        return mime
    return declared or ""


def _positive(value: Any) -> bool:
    return isinstance(value, int | float) and value > 0


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)
