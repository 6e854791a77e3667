"""A published folder as one file, streamed, and the same bytes every time.

Entries are in name order under "NAME-VERSION/", with one fixed time, owner and mode; contents are stored as they are,
because Parquet is compressed already.
"""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from smartsandbox.packs.canonical import digest_file
from smartsandbox.packs.manifest import MANIFEST_FILE

PIECE = 1 << 20
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Bundle:
    """What is handed out: the files of `folder` under `root`. The manifest names the bytes of all other files, so
    `digest`, its own SHA-256, changes if and only if any of them does."""

    folder: Path
    root: str
    digest: str


def bundle_of(folder: Path, name: str, version: str) -> Bundle:
    """The bundle of a published folder."""
    return Bundle(folder, f"{name}-{version}", digest_file(folder / MANIFEST_FILE))


class _Sink(io.RawIOBase):
    """A write-only stream that hands over what was written since it was last asked."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        piece = bytes(data)  # type: ignore[call-overload]
        self._parts.append(piece)
        return len(piece)

    def drain(self) -> bytes:
        content, self._parts = b"".join(self._parts), []
        return content


def tar_pieces(folder: Path, root: str) -> Iterator[bytes]:
    """An uncompressed tar of the files of a folder, in pieces of about a mebibyte."""
    for file in _files(folder):
        entry = tarfile.TarInfo(f"{root}/{file.name}")
        entry.size, entry.mode = file.stat().st_size, 0o644
        yield entry.tobuf(tarfile.PAX_FORMAT)
        yield from _read(file)
        yield b"\0" * (-entry.size % tarfile.BLOCKSIZE)
    yield b"\0" * (2 * tarfile.BLOCKSIZE)


def zip_pieces(folder: Path, root: str) -> Iterator[bytes]:
    """An uncompressed zip of the files of a folder, in pieces of about a mebibyte."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for file in _files(folder):
            entry = zipfile.ZipInfo(f"{root}/{file.name}", _ZIP_EPOCH)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            with archive.open(entry, "w", force_zip64=True) as target:
                for piece in _read(file):
                    target.write(piece)
                    yield sink.drain()
    yield sink.drain()


FORMATS: dict[str, tuple[str, Callable[[Path, str], Iterator[bytes]]]] = {
    "tar": ("application/x-tar", tar_pieces),
    "zip": ("application/zip", zip_pieces),
}
"""Name to media type and writer."""


def archive(bundle: Bundle, form: str) -> Iterator[bytes]:
    """The archive in the form of that name (a key of FORMATS)."""
    return FORMATS[form][1](bundle.folder, bundle.root)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file())


def _read(file: Path) -> Iterator[bytes]:
    with file.open("rb") as stream:
        while piece := stream.read(PIECE):
            yield piece
