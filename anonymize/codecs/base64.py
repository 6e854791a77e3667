"""Base64 and base64url, only where they hold text or something compressed: a random token that happens to decode to
bytes is left alone.

Alphabet, padding and line length of the original are kept.
"""

from __future__ import annotations

import base64
import binascii
import re

from smartsandbox.anonymize.codecs.compression import rewrite_compressed, rewrite_unlabelled
from smartsandbox.anonymize.codecs.multipart import rewrite_multipart, sniffed_boundary
from smartsandbox.anonymize.leaves import Pointer
from smartsandbox.anonymize.walk import Walk

_LOOKS = re.compile(r"[A-Za-z0-9+/]{14,}={0,2}|[A-Za-z0-9_\-]{14,}={0,2}")
_LINES = re.compile(
    r"(?P<line>[A-Za-z0-9+/]{60,76})(?P<end>\r?\n)(?:[A-Za-z0-9+/]{60,76}\r?\n)*[A-Za-z0-9+/]{1,76}={0,2}\s*"
)
_PRINTABLE = re.compile(r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd]{9,}")
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""Of the bytes that stand in no printable text, those that say so without a decoding."""
_STANDARD = bytes.maketrans(b"-_", b"+/")
_PADDING = (b"", b"===", b"==", b"=")
_ASCII_SHARE = 0.8
_SHORTEST_PACKED = 24
"""Characters of base64; a shorter token is not tried for being compressed."""


def decode_text(text: str) -> str | None:
    """The text inside, or None if this is not base64 of printable UTF-8 of nine characters or more."""
    raw = _decoded(text)
    return None if raw is None else _printable(raw)


def holds_no_text(token: str) -> bool:
    """True if `decode_text` gives None for a text of letters, digits, "-" and "_" that is long enough for it."""
    try:
        raw = binascii.a2b_base64(token.encode().translate(_STANDARD) + _PADDING[len(token) & 3], strict_mode=True)
    except binascii.Error:
        return True
    return _CONTROL.search(raw) is not None or _printable(raw) is None


def decode_bytes(text: str) -> bytes:
    """Decode either alphabet, padded or not. Raises binascii.Error."""
    bare = text.rstrip("=")
    return binascii.a2b_base64(bare.encode("ascii").translate(_STANDARD) + _PADDING[len(bare) & 3], strict_mode=True)


def encode_like(raw: bytes, original: str) -> str:
    """Encode with the alphabet, the padding and the length of lines that `original` has."""
    url_safe = "-" in original or "_" in original
    encoded = (base64.urlsafe_b64encode if url_safe else base64.b64encode)(raw).decode()
    lines = _LINES.fullmatch(original)
    if lines is not None:
        width, end = len(lines["line"]), lines["end"]
        tail = end if original.endswith("\n") else ""
        return end.join(encoded[at : at + width] for at in range(0, len(encoded), width)) + tail
    padded = original.endswith("=") or len(original) % 4 == 0
    return encoded if padded else encoded.rstrip("=")


def rewrite_base64(text: str, pointer: Pointer, scope: tuple[int, ...], walk: Walk, depth: int) -> str | None:
    """Visit what base64 holds; None if it holds neither text nor anything compressed."""
    raw = _decoded(text)
    if raw is None:
        return None
    decoded = _printable(raw)
    if decoded is not None:
        changed = walk.string(decoded, pointer, scope, depth)
        return text if changed == decoded else encode_like((changed or "").encode("utf-8", "replace"), text)
    new = _packed(raw, pointer, scope, walk, depth) if len(text) >= _SHORTEST_PACKED else None
    return None if new is None else text if new == raw else encode_like(new, text)


def _packed(raw: bytes, pointer: Pointer, scope: tuple[int, ...], walk: Walk, depth: int) -> bytes | None:
    if raw.startswith(b"--"):  # perhaps a multipart body with a part that is not text
        boundary = sniffed_boundary(raw)
        return rewrite_multipart(raw, boundary, pointer, scope, walk, depth) if boundary else None
    found = rewrite_compressed(raw, "", pointer, scope, walk, depth)
    return rewrite_unlabelled(raw, pointer, scope, walk, depth) if found is None else found


def _decoded(text: str) -> bytes | None:
    """The bytes, or None if the text does not look like base64 or is not."""
    if not (_LOOKS.fullmatch(text) or ("\n" in text and _LINES.fullmatch(text))):
        return None
    try:
        return decode_bytes("".join(text.split()))
    except (binascii.Error, ValueError):
        return None


def _printable(raw: bytes) -> str | None:
    try:
        decoded = raw.decode()
    except UnicodeDecodeError:
        return None
    ascii_share = sum(char.isascii() for char in decoded) / max(1, len(decoded))
    return decoded if ascii_share >= _ASCII_SHARE and _PRINTABLE.fullmatch(decoded) else None
