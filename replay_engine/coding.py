"""Content codings (RFC 9110, 8.4.1): packs hold bodies decoded, the wire has them as they were sent.

Encoding the same bytes twice gives the same bytes: no time stamps, fixed levels.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable

from smartsandbox.packs.errors import SandboxError

Codec = tuple[Callable[[bytes], bytes], Callable[[bytes], bytes]]
"""Encode and decode."""

ERRORS = (ValueError, OSError, EOFError, zlib.error)


def _brotli_encode(body: bytes) -> bytes:
    import brotli

    return bytes(brotli.compress(body, quality=5))


def _brotli_decode(body: bytes) -> bytes:
    import brotli

    try:
        return bytes(brotli.decompress(body))
    except brotli.error as error:
        raise ValueError("not brotli") from error


def _zstd_encode(body: bytes) -> bytes:
    import zstandard

    return bytes(zstandard.ZstdCompressor(level=3).compress(body))


def _zstd_decode(body: bytes) -> bytes:
    import zstandard

    try:
        return bytes(zstandard.ZstdDecompressor().decompressobj().decompress(body))
    except zstandard.ZstdError as error:
        raise ValueError("not zstd") from error


def _gzip_encode(body: bytes) -> bytes:
    return gzip.compress(body, 6, mtime=0)


def _deflate_decode(body: bytes) -> bytes:
    """`deflate` means the zlib format; some senders leave its frame out."""
    try:
        return zlib.decompress(body)
    except zlib.error:
        return zlib.decompress(body, -zlib.MAX_WBITS)


CODECS: dict[str, Codec] = {
    "gzip": (_gzip_encode, gzip.decompress),
    "x-gzip": (_gzip_encode, gzip.decompress),
    "deflate": (lambda body: zlib.compress(body, 6), _deflate_decode),
    "br": (_brotli_encode, _brotli_decode),
    "zstd": (_zstd_encode, _zstd_decode),
}


def codings(header: str) -> tuple[str, ...]:
    """The names in a Content-Encoding value, in order of application; empty for none or identity."""
    names = (part.strip().lower() for part in header.split(","))
    return tuple(name for name in names if name not in ("", "identity"))


def known(header: str) -> bool:
    """True if every coding of a Content-Encoding value can be applied here."""
    return all(name in CODECS for name in codings(header))


def accepted(accept: str | None, header: str) -> bool:
    """True if an Accept-Encoding value takes every coding of a Content-Encoding value. No value takes none."""
    if accept is None:
        return not codings(header)
    weights = dict(_weight(part) for part in accept.lower().split(","))
    return all(weights.get(name, weights.get("*", 0.0)) > 0 for name in codings(header))


def _weight(part: str) -> tuple[str, float]:
    name, _, rest = part.partition(";")
    try:
        return name.strip(), float(rest.partition("=")[2]) if "q" in rest else 1.0
    except ValueError:
        return name.strip(), 0.0


def encode(body: bytes, header: str) -> bytes:
    """Apply the codings in order. Raises SandboxError for one that is not known."""
    for name in codings(header):
        if name not in CODECS:
            raise SandboxError(f"content coding {name!r} cannot be applied here; known are {', '.join(CODECS)}")
        body = CODECS[name][0](body)
    return body


def decode(body: bytes, header: str) -> bytes:
    """Undo the codings in reverse order. Raises one of ERRORS where the body is not so coded."""
    for name in reversed(codings(header)):
        if name not in CODECS:
            raise ValueError("unknown content coding")
        body = CODECS[name][1](body)
    return body
