"""A file of named parts that is mapped, not read: flat arrays for any number of processes to share.

The parts lie at page boundaries; a table of them, with the SHA-256 of each, stands at the end. A file is written under
another name and renamed, so that there is a whole one or none, and it is read only after every digest has been
compared. Numbers are in the byte order of the machine that wrote it, which the table names.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from mmap import ACCESS_READ, ALLOCATIONGRANULARITY, mmap
from pathlib import Path
from typing import Any, BinaryIO, Self

import orjson

FORMAT = 1
_TAIL = 16
"""Bytes after the table: its length in decimal."""
_PIECE = 1 << 20
_HASHERS = min(4, os.cpu_count() or 1)


class ImageError(Exception):
    """The file is not there, damaged, or of something else."""


@dataclass(frozen=True, slots=True)
class _Part:
    name: str
    at: int
    size: int
    sha256: str


class ImageWriter:
    """Writes an image part by part. What was added can be read before the file is complete."""

    def __init__(self, path: Path, about: str) -> None:
        """`about` says what the image is of; `Image.open` must be told the same."""
        self._path, self._about = path, about
        self._aside = path.with_name(f"{path.name}.{os.getpid()}.part")
        self._file: BinaryIO = os.fdopen(os.open(self._aside, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "wb+")
        self._parts: dict[str, _Part] = {}

    def add(self, name: str, pieces: Iterable[Any]) -> None:
        """Write a part; each piece is anything with contiguous bytes."""
        at = -(-self._file.tell() // ALLOCATIONGRANULARITY) * ALLOCATIONGRANULARITY
        self._file.seek(at)
        total = hashlib.sha256()
        for piece in pieces:
            self._file.write(piece)
            total.update(piece)
        self._parts[name] = _Part(name, at, self._file.tell() - at, total.hexdigest())

    def parts(self) -> Mapping[str, bytes | mmap]:
        """Everything added so far."""
        self._file.flush()
        return {part.name: _mapped(self._file, part) for part in self._parts.values()}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> None:
        """Complete the file, or remove it if the block raised."""
        try:
            if kind is None:
                table = _table(self._about, [_fields(part) for part in self._parts.values()])
                self._file.write(table + b"%*d" % (_TAIL, len(table)))
            self._file.close()
            if kind is None:
                self._aside.replace(self._path)
        finally:
            self._file.close()
            self._aside.unlink(missing_ok=True)


def open_image(path: Path, about: str) -> Mapping[str, bytes | mmap]:
    """The parts of an image, mapped. Raises ImageError unless the file is whole and `about` what is asked for."""
    try:
        with path.open("rb") as file:
            parts = list(_parts(file, about))
            with ThreadPoolExecutor(_HASHERS) as pool:
                digests = list(pool.map(lambda part: _digest(path, part), parts))
            if digests != [part.sha256 for part in parts]:
                raise ImageError(f"{path} is damaged")
            return {part.name: _mapped(file, part) for part in parts}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ImageError(f"{path} is not a whole image: {type(error).__name__}") from error


def _parts(file: BinaryIO, about: str) -> Iterator[_Part]:
    end = file.seek(-_TAIL, os.SEEK_END)
    file.seek(end - int(file.read(_TAIL)))
    table = file.read(end - file.tell())
    value = orjson.loads(table)
    if table != _table(about, value["parts"]):
        raise ImageError(f"{file.name} is of something else")
    for fields in value["parts"]:
        yield _Part(**fields)


def _table(about: str, parts: list[dict[str, Any]]) -> bytes:
    return orjson.dumps({"about": about, "format": FORMAT, "order": sys.byteorder, "parts": parts})


def _fields(part: _Part) -> dict[str, Any]:
    return {"name": part.name, "at": part.at, "size": part.size, "sha256": part.sha256}


def _digest(path: Path, part: _Part) -> str:
    """Read and not mapped, so that checking a file makes none of it resident here."""
    total = hashlib.sha256()
    with path.open("rb", buffering=0) as file:
        file.seek(part.at)
        left, buffer = part.size, memoryview(bytearray(min(part.size, _PIECE)))
        while left > 0 and (size := file.readinto(buffer[: min(left, _PIECE)])):
            total.update(buffer[:size])
            left -= size
    return total.hexdigest()


def _mapped(file: BinaryIO, part: _Part) -> bytes | mmap:
    return mmap(file.fileno(), part.size, access=ACCESS_READ, offset=part.at) if part.size else b""
