"""Opening a capture file: bounded, through gzip where it was packed, and to UTF-8 where it was saved as UTF-16."""

from __future__ import annotations

import codecs
import gzip
import zlib
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, cast

from smartsandbox.packs.errors import UnreadableError

MAX_DOCUMENT = 1 << 30
"""The most bytes of one JSON or YAML document that are held in memory."""

_GZIP_MAGIC = b"\x1f\x8b"


def open_capture(path: Path) -> BinaryIO:
    """The file's bytes, unpacked if it is gzip. Reading may raise OSError, EOFError or zlib.error."""
    with path.open("rb") as stream:
        packed = stream.read(2) == _GZIP_MAGIC
    return cast("BinaryIO", gzip.open(path, "rb")) if packed else path.open("rb")


def read_head(path: Path, size: int) -> bytes:
    """The first `size` bytes as `read_document` would give them; fewer if the file is short or damaged."""
    with path.open("rb") as stream:
        head = stream.read(size)
    if head.startswith(_GZIP_MAGIC):
        with suppress(zlib.error):
            # Without the checksum at its end, so that a file with a wrong one is still known for what it is.
            head = zlib.decompressobj(31).decompress(head[:-8], size)
    return to_utf8(head)


def read_document(path: Path) -> bytes:
    """The whole file as UTF-8 without a byte-order mark. Raises UnreadableError if it is too large or badly packed."""
    try:
        with open_capture(path) as stream:
            data = stream.read(MAX_DOCUMENT + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UnreadableError(str(path), "the gzip file is damaged or cut short") from error
    if len(data) > MAX_DOCUMENT:
        raise UnreadableError(str(path), f"larger than {MAX_DOCUMENT >> 20} MiB: split the capture")
    return to_utf8(data)


def to_utf8(data: bytes) -> bytes:
    """Undo the byte-order marks that editors and shells put in front; other bytes stay."""
    if data.startswith(codecs.BOM_UTF8):
        return data[len(codecs.BOM_UTF8) :]
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace").encode("utf-8", "replace")
    return data
