"""Compressed bytes: gzip, zlib and Zstandard by their first bytes, raw deflate and Brotli, which have none, by trial.

What comes out is bounded over the whole exchange; what will not be undone to its last byte is not taken apart. Bytes
that changed inside, or that carry a time, a name or a comment, are compressed again without, always at the same level.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from typing import Any

from smartsandbox.anonymize.leaves import Pointer
from smartsandbox.anonymize.walk import MAX_DEPTH, Scope, Walk
from smartsandbox.packs.codings import TooLargeError, undo_coding

_LEVEL = 6
_BROTLI_QUALITY, _ZSTD_LEVEL = 5, 3
_SHORTEST = 10
_PRINTABLE = re.compile(rb"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]{9,}")
_TRIED = ("deflate", "br")
_STORED, _RESERVED = 0, 3
_GZIP, _ZSTD = b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd"


def _deflated(raw: bytes, wbits: int) -> bytes:
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, wbits)
    return packer.compress(raw) + packer.flush()


def _brotli(raw: bytes) -> bytes:
    import brotli

    packed: bytes = brotli.compress(raw, quality=_BROTLI_QUALITY)
    return packed


def _zstd(raw: bytes) -> bytes:
    import zstandard

    packed: bytes = zstandard.ZstdCompressor(level=_ZSTD_LEVEL).compress(raw)
    return packed


_PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda raw: _deflated(raw, 31),
    "x-gzip": lambda raw: _deflated(raw, 31),
    "deflate": lambda raw: _deflated(raw, 15),
    "raw-deflate": lambda raw: _deflated(raw, -15),
    "br": _brotli,
    "zstd": _zstd,
}
"""How a coding is done again. A zlib stream is "deflate", as HTTP calls it, and the bare one "raw-deflate"."""


def pack(coding: str, raw: bytes) -> bytes:
    """Compress; equal bytes give equal bytes. Raises KeyError for an unknown coding."""
    return _PACKERS[coding](raw)


def coding_of(raw: bytes) -> str | None:
    """What the first bytes say: gzip, zstd or deflate (a zlib stream); None if they say nothing."""
    if raw.startswith(_GZIP):
        return "gzip"
    if raw.startswith(_ZSTD):
        return "zstd"
    is_zlib = len(raw) >= _SHORTEST and raw[0] & 0x8F == 0x08 and (raw[0] << 8 | raw[1]) % 31 == 0
    return "deflate" if is_zlib else None


def unpack(coding: str, raw: bytes, walk: Walk) -> bytes | None:
    """Decompress within what the exchange has room for; None if it is damaged, goes on after its end or is too much."""
    room = walk.shared.room
    try:
        plain = undo_coding(coding, raw, room)
    except TooLargeError:
        walk.shared.room = 0
        return None
    except ValueError:
        return None
    walk.shared.room = room - len(plain)
    return plain


def rewrite_labelled(
    raw: bytes, coding: str, content_type: str, pointer: Pointer, scope: Scope, walk: Walk, depth: int
) -> bytes | None:
    """Visit what bytes of a known coding hold; None if they cannot be undone."""
    plain = unpack(coding, raw, walk) if coding in _PACKERS and depth < MAX_DEPTH else None
    if plain is None:
        return None
    changed = walk.body(plain, content_type, (*pointer, f"({coding})"), scope, depth + 1)
    return raw if changed == plain and is_bare(raw) else pack(_written(coding, raw), changed)


def rewrite_compressed(
    raw: bytes, content_type: str, pointer: Pointer, scope: Scope, walk: Walk, depth: int
) -> bytes | None:
    """Visit what bytes hold whose first bytes say how they are compressed; None if none do or they are damaged."""
    coding = coding_of(raw)
    return rewrite_labelled(raw, coding, content_type, pointer, scope, walk, depth) if coding else None


def rewrite_unlabelled(raw: bytes, pointer: Pointer, scope: Scope, walk: Walk, depth: int) -> bytes | None:
    """The same for a raw deflate or Brotli stream. It is taken for one only if text comes out, or another stream."""
    if len(raw) < _SHORTEST or depth >= MAX_DEPTH:
        return None
    for coding in _TRIED:
        if coding == "deflate" and (raw[0] >> 1) & 3 in (_STORED, _RESERVED):
            continue
        plain = unpack(coding, raw, walk)
        if plain is not None and (coding_of(plain) or _is_text(plain)):
            changed = walk.body(plain, "", (*pointer, f"({coding})"), scope, depth + 1)
            return raw if changed == plain else pack(_written(coding, raw), changed)
    return None


def is_bare(raw: bytes) -> bool:
    """False where a name, a comment, a time or something behind the first stream may stand beside what is compressed.

    `raw` was undone before, within bounds.
    """
    if raw.startswith(_GZIP):
        return raw[3:8] == b"\0\0\0\0\0" and not _behind(zlib.decompressobj(31), raw)
    if raw.startswith(_ZSTD):
        import zstandard

        return not _behind(zstandard.ZstdDecompressor().decompressobj(), raw)
    return True


def _behind(stream: Any, raw: bytes) -> bytes:
    """What stands behind the end of the first stream."""
    stream.decompress(raw)
    rest: bytes = stream.unused_data
    return rest


def _written(coding: str, raw: bytes) -> str:
    return "raw-deflate" if coding == "deflate" and coding_of(raw) != "deflate" else coding


def _is_text(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return _PRINTABLE.fullmatch(raw) is not None
