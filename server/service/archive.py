"""A published folder as one file, streamed, and the same bytes every time.

Entries are in name order under "NAME-VERSION/", with one fixed time, owner and mode; contents are stored as they are,
because Parquet is compressed already.
"""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from smartsandbox.packs.attestation import ATTESTATION_FILE
from smartsandbox.packs.canonical import digest_file, digest_json
from smartsandbox.packs.manifest import MANIFEST_FILE, Resource

PIECE = 1 << 20
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Bundle:
    """What is handed out: `files` of `folder`, in order of name, under `root`. The manifest names the bytes of all
    other files but the attestation, so `digest`, over these two, changes if and only if any of them does."""

    folder: Path
    root: str
    digest: str
    files: tuple[str, ...]


def bundle_of(folder: Path, name: str, version: str, resources: Iterable[Resource]) -> Bundle:
    """A published folder's manifest, the `resources` it vouches for, and the attestation of them all; what else lies in
    the folder stays there."""
    vouching = (MANIFEST_FILE, ATTESTATION_FILE)
    files = sorted({*vouching, *(resource.path for resource in resources)})
    digest = digest_json([digest_file(folder / file) for file in vouching])
    return Bundle(folder, f"{name}-{version}", digest, tuple(files))


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


def tar_pieces(bundle: Bundle) -> Iterator[bytes]:
    """An uncompressed tar of a bundle, in pieces of about a mebibyte."""
    for name in bundle.files:
        file = bundle.folder / name
        entry = tarfile.TarInfo(f"{bundle.root}/{name}")
        entry.size, entry.mode = file.stat().st_size, 0o644
        yield entry.tobuf(tarfile.PAX_FORMAT)
        yield from _read(file)
        yield b"\0" * (-entry.size % tarfile.BLOCKSIZE)
    yield b"\0" * (2 * tarfile.BLOCKSIZE)


def zip_pieces(bundle: Bundle) -> Iterator[bytes]:
    """An uncompressed zip of a bundle, in pieces of about a mebibyte."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for name in bundle.files:
            entry = zipfile.ZipInfo(f"{bundle.root}/{name}", _ZIP_EPOCH)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            with archive.open(entry, "w", force_zip64=True) as target:
                for piece in _read(bundle.folder / name):
                    target.write(piece)
                    yield sink.drain()
    yield sink.drain()


FORMATS: dict[str, tuple[str, Callable[[Bundle], Iterator[bytes]]]] = {
    "tar": ("application/x-tar", tar_pieces),
    "zip": ("application/zip", zip_pieces),
}
"""Name to media type and writer."""


def archive(bundle: Bundle, form: str) -> Iterator[bytes]:
    """The archive in the form of that name (a key of FORMATS)."""
    return FORMATS[form][1](bundle)


def _read(file: Path) -> Iterator[bytes]:
    with file.open("rb") as stream:
        while piece := stream.read(PIECE):
            yield piece
