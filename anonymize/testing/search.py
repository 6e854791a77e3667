"""A search for planted values that tries every way of decoding on everything: slow, greedy, and independent of the
codecs and of the leak scan that it is there to catch.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pyarrow.parquet as pq

_MOST = 1 << 20
_DEPTH = 8
_BASE64 = re.compile(rb"[A-Za-z0-9+/_\-]{12,}")
_WRAP = re.compile(rb"=?(?<!\n)(?<!\r)\r?\n(?![\r\n])")
_HEX = re.compile(rb"[0-9a-fA-F]{24,}")
_JSON_ESCAPE = re.compile(rb'\\(?:u([0-9a-fA-F]{4})|(["\\/nrt]))')
_STREAM_STARTS = re.compile(rb"\x1f\x8b\x08|\x28\xb5\x2f\xfd")
_DELIMITER = re.compile(rb"[=/:,;#]|\r\n\r\n")
_SHORT = 8192
"""Bytes; in a shorter text a stream that nothing marks is looked for behind every delimiter."""
_HEAD = 8
"""Bytes; a Brotli stream gives less than a core of them before its ninth."""
_URL_SAFE = bytes.maketrans(b"-_", b"+/")


class Search:
    """Looks for the cores of planted values, which are lower-case bytes of one length."""

    def __init__(self, cores: Iterable[bytes]) -> None:
        self._cores = frozenset(cores)
        lengths = {len(core) for core in self._cores}
        if len(lengths) > 1:
            raise ValueError("cores must have one length")
        self._length = lengths.pop() if lengths else 1
        self._seen: set[bytes] = set()

    def in_bytes(self, data: bytes, depth: int = _DEPTH) -> set[bytes]:
        """The cores that stand in the data, or in what it decodes to in any order of codings up to `depth`.

        What was searched before is not searched again, so a core is reported where it is found first.
        """
        found: set[bytes] = set()
        waiting = [(data, depth)]
        while waiting:
            blob, left = waiting.pop()
            if blob in self._seen:
                continue
            self._seen.add(blob)
            found |= self._standing_in(blob)
            if left:
                waiting += [(inner, left - 1) for inner in _decoded(blob) if len(inner) >= self._length]
        return found

    def in_files(self, paths: Iterable[Path]) -> dict[str, set[bytes]]:
        """Cores by file name: in the raw bytes, and decoded from every value of Parquet files."""
        found: dict[str, set[bytes]] = {}
        for path in paths:
            if path.suffix == ".parquet":
                hits = set().union(*(self.in_bytes(value) for value in _values(path)), self._standing_in_file(path))
            else:
                hits = self.in_bytes(path.read_bytes())
            if hits:
                found[path.name] = found.get(path.name, set()) | hits
        return found

    def _standing_in_file(self, path: Path) -> set[bytes]:
        return self._standing_in(path.read_bytes())

    def _standing_in(self, blob: bytes) -> set[bytes]:
        low, length, cores = blob.lower(), self._length, self._cores
        return {low[at : at + length] for at in range(len(low) - length + 1) if low[at : at + length] in cores}


def _values(path: Path) -> Iterator[bytes]:
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches():
            for row in batch.to_pylist():
                yield from _leaves(row)


def _leaves(value: object) -> Iterator[bytes]:
    if isinstance(value, bytes):
        yield value
    elif isinstance(value, str):
        yield value.encode()
    elif isinstance(value, (dict, list)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _leaves(inner)


def _decoded(blob: bytes) -> Iterator[bytes]:
    """What the whole blob, or any run in it that looks encoded, may stand for."""
    if b"%" in blob:
        yield unquote_to_bytes(blob)
        yield unquote_to_bytes(blob.replace(b"+", b" "))
    if b"\\" in blob:
        yield _JSON_ESCAPE.sub(_unescaped, blob)
    if b"&" in blob:
        yield html.unescape(blob.decode("utf-8", "ignore")).encode()
    yield from _unpacked(blob)
    for text in {blob, _WRAP.sub(b"", blob)}:
        for run in _BASE64.findall(text):
            yield from _from_base64(run)
            for slash in re.finditer(rb"/", run):  # a path, perhaps, with a token for a segment
                yield from _from_base64(run[slash.end() :])
        for run in _HEX.findall(text):
            yield binascii.unhexlify(run[: len(run) // 2 * 2])


def _unescaped(match: re.Match[bytes]) -> bytes:
    if match[1]:
        return chr(int(match[1], 16)).encode("utf-8", "replace")
    return {b"n": b"\n", b"r": b"\r", b"t": b"\t"}.get(match[2], match[2])


def _from_base64(run: bytes) -> Iterator[bytes]:
    standard = run.translate(_URL_SAFE)
    for start in range(4):
        part = standard[start:]
        yield base64.b64decode(part[: len(part) - (len(part) % 4 == 1)] + b"=" * (-len(part) % 4))


def _unpacked(blob: bytes) -> Iterator[bytes]:
    for match in _STREAM_STARTS.finditer(blob):
        yield from _tried(_ungzip if match[0][0] == 0x1F else _unzstd, blob[match.start() :])
    starts = [0, *(match.end() for match in _DELIMITER.finditer(blob))] if len(blob) < _SHORT else [0]
    for start in starts:
        rest = blob[start:]
        if rest[:1] and rest[0] & 15 == 8 and int.from_bytes(rest[:2], "big") % 31 == 0:  # as RFC 1950 has it begin
            yield from _tried(_unzlib, rest)
        yield from _tried(_inflate, rest)
        yield from _tried(_unbrotli, rest)


def _tried(unpack: Callable[[bytes], bytes], blob: bytes) -> Iterator[bytes]:
    try:
        yield unpack(blob)
    except Exception:
        return


def _ungzip(blob: bytes) -> bytes:
    return zlib.decompressobj(31).decompress(blob, _MOST)


def _unzlib(blob: bytes) -> bytes:
    return zlib.decompressobj(15).decompress(blob, _MOST)


def _inflate(blob: bytes) -> bytes:
    return zlib.decompressobj(-15).decompress(blob, _MOST)


def _unzstd(blob: bytes) -> bytes:
    import zstandard

    plain: bytes = zstandard.ZstdDecompressor().decompressobj().decompress(blob)
    return plain


def _unbrotli(blob: bytes) -> bytes:
    """What comes out before the end or before bytes that no longer belong to the stream."""
    import brotli

    stream = brotli.Decompressor()
    plain: bytes = stream.process(blob[:_HEAD])
    for at in range(_HEAD, min(len(blob), _SHORT)):
        try:
            plain += stream.process(blob[at : at + 1])
        except brotli.error:
            break
        if len(plain) > _MOST:
            break
    return plain
