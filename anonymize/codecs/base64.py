"""Base64 and base64url, only where they hold text: a random token that happens to decode to bytes is left alone.

Alphabet and padding of the original are kept.
"""

from __future__ import annotations

import base64
import binascii
import re

from smartsandbox.anonymize.leaves import Pointer
from smartsandbox.anonymize.walk import Walk

_LOOKS = re.compile(r"[A-Za-z0-9+/]{14,}={0,2}|[A-Za-z0-9_\-]{14,}={0,2}")
_PRINTABLE = re.compile(r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd]{9,}")
_ASCII_SHARE = 0.8


def decode_text(text: str) -> str | None:
    """The text inside, or None if this is not base64 of printable UTF-8 of nine characters or more."""
    if not _LOOKS.fullmatch(text):
        return None
    try:
        raw = decode_bytes(text)
        decoded = raw.decode()
    except (binascii.Error, ValueError):
        return None
    ascii_share = sum(char.isascii() for char in decoded) / max(1, len(decoded))
    return decoded if ascii_share >= _ASCII_SHARE and _PRINTABLE.fullmatch(decoded) else None


def decode_bytes(text: str) -> bytes:
    """Decode either alphabet, padded or not. Raises binascii.Error."""
    bare = text.rstrip("=")
    return base64.b64decode(bare.replace("-", "+").replace("_", "/") + "=" * (-len(bare) % 4), validate=True)


def encode_like(raw: bytes, original: str) -> str:
    """Encode with the alphabet and the padding that `original` has."""
    url_safe = "-" in original or "_" in original
    encoded = (base64.urlsafe_b64encode if url_safe else base64.b64encode)(raw).decode()
    padded = original.endswith("=") or len(original) % 4 == 0
    return encoded if padded else encoded.rstrip("=")


def rewrite_base64(text: str, pointer: Pointer, scope: tuple[int, ...], walk: Walk, depth: int) -> str | None:
    """Visit what base64 text holds; None if it holds no text."""
    decoded = decode_text(text)
    if decoded is None:
        return None
    changed = walk.string(decoded, pointer, scope, depth)
    return text if changed == decoded else encode_like((changed or "").encode("utf-8", "replace"), text)
