"""Opens what a file may be an archive of: zip, tar and gzip, one inside the other, bounded in depth and number.

What cannot be opened, or is over a bound, is an error and never passed over: it was not searched.
"""

from __future__ import annotations

import gzip
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import IO, cast

MOST_DEEP = 4
MOST_MEMBERS = 100_000

Member = tuple[str, IO[bytes]]
DAMAGES: tuple[type[Exception], ...] = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    RuntimeError,  # a member of a zip is encrypted
    NotImplementedError,  # or packed by an unknown method
    OSError,
)
"""What reading a damaged or locked archive raises."""


class UnopenedError(Exception):
    """An archive, or a part of it, was not read. `reason` quotes nothing that is in it."""

    def __init__(self, name: str, reason: str) -> None:
        self.name, self.reason = name, reason
        super().__init__(f"{name}: {reason}")


def members(file: IO[bytes], name: str, depth: int = 0) -> Iterator[Member]:
    """Every member at any depth, named as `archive!member`, with a stream to be read before the next is asked for.

    `file` must be seekable. Raises UnopenedError over a bound, and one of DAMAGES where a member is damaged or locked.
    """
    opener = _opener(file)
    if opener is None:
        return
    if depth == MOST_DEEP:
        raise UnopenedError(name, f"archives are nested more than {MOST_DEEP} deep")
    for count, (member, stream) in enumerate(opener(file)):
        if count == MOST_MEMBERS:
            raise UnopenedError(name, f"has more than {MOST_MEMBERS} members")
        yield f"{name}!{member}", stream
        yield from members(stream, f"{name}!{member}", depth + 1)


def _opener(file: IO[bytes]) -> Callable[[IO[bytes]], Iterator[Member]] | None:
    file.seek(0)
    head = file.read(512)
    file.seek(0)
    if head[:4] in (b"PK\3\4", b"PK\5\6"):
        return _zip
    if head[:3] == b"\x1f\x8b\x08":
        return _gzip
    return _tar if head[257:262] == b"ustar" else None


def _zip(file: IO[bytes]) -> Iterator[Member]:
    with zipfile.ZipFile(file) as archive:
        for info in archive.infolist():
            if not info.is_dir():
                with archive.open(info) as stream:
                    yield info.filename, stream


def _gzip(file: IO[bytes]) -> Iterator[Member]:
    with gzip.GzipFile(fileobj=file) as stream:
        yield "unpacked", cast("IO[bytes]", stream)


def _tar(file: IO[bytes]) -> Iterator[Member]:
    with tarfile.open(fileobj=file, mode="r:") as archive:
        for info in archive:
            stream = archive.extractfile(info) if info.isfile() else None
            if stream is not None:
                yield info.name, stream
