"""Undoing content codings: gzip, deflate, br and zstd, also one upon another, with a bound on what comes out.

A body that cannot be undone stays as it was recorded, with a note. Recorders often store the plain body under a header
that still says gzip; that is recognised and kept.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable

from smartsandbox.packs.model import Headers

MAX_BODY = 256 * 1024 * 1024

PLAIN_ALREADY = "body was already decoded under a Content-Encoding header"
UNDECODABLE = "undecodable body: kept as recorded"
TOO_LARGE = "body over the decoding limit: kept as recorded"
UNKNOWN_CODING = "unknown content coding: body kept as recorded"

_GZIP_MAGIC = b"\x1f\x8b"
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"


class TooLargeError(Exception):
    """More bytes come out than the limit allows."""


def content_codings(headers: Headers) -> list[str]:
    """The codings in the order they were applied, lower case, without "identity"."""
    values = (value for name, value in headers if name.lower() == "content-encoding")
    names = [part.strip().lower() for value in values for part in value.split(",")]
    return [name for name in names if name not in ("", "identity")]


def decode_body(body: bytes, headers: Headers, notes: list[str], limit: int = MAX_BODY) -> bytes:
    """The body with all its codings undone, or as it is with a note why not. Never raises."""
    codings = content_codings(headers)
    if not body or not codings:
        return body
    if any(name not in _DECODERS for name in codings):
        notes.append(UNKNOWN_CODING)
        return body
    plain = body
    try:
        for name in reversed(codings):
            plain = _DECODERS[name](plain, limit)[0]
    except TooLargeError:
        notes.append(TOO_LARGE)
        return body
    except ValueError:
        notes.append(PLAIN_ALREADY if _is_text(body) else UNDECODABLE)
        return body
    return plain


def undo_coding(name: str, body: bytes, limit: int) -> bytes:
    """One coding undone, strictly. Raises ValueError if it is unknown, damaged, cut short, or other bytes follow it,
    TooLargeError if more than `limit` bytes come out."""
    if name not in _DECODERS:
        raise ValueError("unknown coding")
    plain, rest = _DECODERS[name](body, limit)
    if rest:
        raise ValueError("bytes after the end")
    return plain


def decode_if_coded(body: bytes, headers: Headers, notes: list[str]) -> bytes:
    """For recorders that normally store the plain body: decode only where the bytes say so themselves."""
    return decode_body(body, headers, notes) if body.startswith((_GZIP_MAGIC, _ZSTD_MAGIC)) else body


def _is_text(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _inflate(body: bytes, limit: int, wbits: int) -> tuple[bytes, bytes]:
    """One stream, and what follows it. Raises ValueError if the stream is damaged or cut short."""
    stream = zlib.decompressobj(wbits)
    try:
        plain = stream.decompress(body, limit + 1)
    except zlib.error as error:
        raise ValueError("not this coding") from error
    if len(plain) > limit:
        raise TooLargeError
    if not stream.eof:
        raise ValueError("cut short")
    return plain, stream.unused_data


def _gunzip(body: bytes, limit: int) -> tuple[bytes, bytes]:
    plain, rest = _inflate(body, limit, 31)
    parts = [plain]
    while rest.startswith(_GZIP_MAGIC):  # a gzip body may be several members in a row
        plain, rest = _inflate(rest, limit - sum(map(len, parts)), 31)
        parts.append(plain)
    return b"".join(parts), rest


def _deflate(body: bytes, limit: int) -> tuple[bytes, bytes]:
    # "deflate" means a zlib stream, but servers that send a raw one are common (RFC 9110, section 8.4.1.2).
    try:
        return _inflate(body, limit, 15)
    except ValueError:
        return _inflate(body, limit, -15)


def _brotli(body: bytes, limit: int) -> tuple[bytes, bytes]:
    import brotli

    stream = brotli.Decompressor()
    parts: list[bytes] = []
    size = 0
    step = 16  # a few bytes of brotli can stand for megabytes, and the decoder gives all of them at once
    try:
        for start in range(0, len(body), step):
            parts.append(stream.process(body[start : start + step]))
            size += len(parts[-1])
            if size > limit:
                raise TooLargeError
        finished = stream.is_finished()
    except brotli.error as error:
        raise ValueError("not brotli") from error
    if not finished:
        raise ValueError("cut short")
    return b"".join(parts), b""


def _zstd(body: bytes, limit: int) -> tuple[bytes, bytes]:
    import zstandard

    stream, rest = zstandard.ZstdDecompressor(max_window_size=1 << 27).decompressobj(), b""
    parts: list[bytes] = []
    size = 0
    try:
        for start in range(0, len(body), 4096):
            parts.append(stream.decompress(body[start : start + 4096]))
            size += len(parts[-1])
            if size > limit:
                raise TooLargeError
            if stream.eof:
                rest = stream.unused_data + body[start + 4096 :]
                break
    except zstandard.ZstdError as error:
        raise ValueError("not zstd") from error
    if not stream.eof:
        raise ValueError("cut short")
    return b"".join(parts), rest


_DECODERS: dict[str, Callable[[bytes, int], tuple[bytes, bytes]]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
