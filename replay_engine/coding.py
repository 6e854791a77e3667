"""Content codings (RFC 9110, 8.4.1): packs hold bodies decoded, the wire has them as they were sent.

Encoding the same bytes twice gives the same bytes: no time stamps, fixed levels. Decoding is that of the importers, so
that a live body and a recorded one are read alike.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable

from smartsandbox.packs.errors import SandboxError


def _brotli_encode(body: bytes) -> bytes:
    import brotli

    return bytes(brotli.compress(body, quality=5))


def _zstd_encode(body: bytes) -> bytes:
    import zstandard

    return bytes(zstandard.ZstdCompressor(level=3).compress(body))


def _gzip_encode(body: bytes) -> bytes:
    return gzip.compress(body, 6, mtime=0)


ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": _gzip_encode,
    "x-gzip": _gzip_encode,
    "deflate": lambda body: zlib.compress(body, 6),
    "br": _brotli_encode,
    "zstd": _zstd_encode,
}


def load_codecs() -> None:
    """Import every codec now, which takes some tens of milliseconds: no request on a schedule may wait for that."""
    for name in ENCODERS:
        decode(encode(b"-", name), name, 1)


def codings(header: str) -> tuple[str, ...]:
    """The names in a Content-Encoding value, in order of application; empty for none or identity."""
    names = (part.strip().lower() for part in header.split(","))
    return tuple(name for name in names if name not in ("", "identity"))


def known(header: str) -> bool:
    """True if every coding of a Content-Encoding value can be applied here."""
    return all(name in ENCODERS for name in codings(header))


def accepted(accept: str | None, header: str) -> bool:
    """True if an Accept-Encoding value takes every coding of a Content-Encoding value. No value takes none."""
    weights = _weights(accept)
    return all(weights.get(name, weights.get("*", 0.0)) > 0 for name in codings(header))


def chosen(accept: str | None, recorded: str) -> str:
    """The coding in which to send what was recorded in a coding: that one if an Accept-Encoding value takes it, else
    none (""), else, for a client that refuses plain bodies, the one it likes best. One unknown here stays as it is."""
    if not known(recorded) or accepted(accept, recorded):
        return recorded
    weights = _weights(accept)
    others = weights.get("*", 0.0)
    if weights.get("identity", 1.0 if others or "*" not in weights else 0.0) > 0:
        return ""
    best = max(ENCODERS, key=lambda name: weights.get(name, others))
    return best if weights.get(best, others) > 0 else ""


def _weights(accept: str | None) -> dict[str, float]:
    return dict(_weight(part) for part in accept.lower().split(",")) if accept else {}


def _weight(part: str) -> tuple[str, float]:
    name, _, rest = part.partition(";")
    try:
        return name.strip(), float(rest.partition("=")[2]) if "q" in rest else 1.0
    except ValueError:
        return name.strip(), 0.0


def encode(body: bytes, header: str) -> bytes:
    """Apply the codings in order. Raises SandboxError for one that is not known."""
    for name in codings(header):
        if name not in ENCODERS:
            raise SandboxError(f"content coding {name!r} cannot be applied here; known are {', '.join(ENCODERS)}")
        body = ENCODERS[name](body)
    return body


def decode(body: bytes, header: str, limit: int) -> bytes:
    """Undo the codings, up to `limit` bytes. A body that is not so coded, or too large, comes back as it is."""
    if not body or not codings(header):
        return body
    from smartsandbox.packs.codings import decode_body

    return decode_body(body, (("Content-Encoding", header),), [], limit)
