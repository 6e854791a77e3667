"""A pack on disk: open it, read its tables, verify it.

Opening checks what makes a pack safe to use: no file has changed, the certificate passed and belongs to it, and a key
that is trusted here signed all of that. Full verification recomputes every digest from the rows as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from smartsandbox.packs.canonical import digest_file
from smartsandbox.packs.certificate import CERTIFICATE_FILE, Certificate
from smartsandbox.packs.errors import RefusedError
from smartsandbox.packs.guard import PACK, require_evidence
from smartsandbox.packs.keyring import Trusted, TrustedKey
from smartsandbox.packs.manifest import Manifest, Resource
from smartsandbox.packs.model import Message
from smartsandbox.packs.schema import OPEN, message_of

FILES = ("bodies.parquet", "exchanges.parquet", "links.parquet", "shape.parquet", CERTIFICATE_FILE)
MATCHING_FILE = "matching.parquet"
"""In packs of format 3 and later."""
BINDINGS_FILE, MESSAGES_FILE = "bindings.parquet", "messages.parquet"
"""In packs of format 4 and later."""
LATER = ((3, MATCHING_FILE), (4, BINDINGS_FILE), (4, MESSAGES_FILE))
"""Files that came with a format."""


@dataclass(frozen=True, slots=True)
class Pack:
    """An opened pack: its certificate passed, files have the bytes that the manifest names, and `signers` signed it."""

    folder: Path
    manifest: Manifest
    certificate: Certificate
    signers: tuple[TrustedKey, ...]

    @staticmethod
    def open(folder: Path, trusted: Trusted | None = None) -> Pack:
        """Open and check; `trusted` is `trusted_keys()` where it is not given.

        Raises UsageError where there is no pack, RefusedError where it is altered, not certified or not signed.
        """
        manifest = Manifest.read(folder)
        problems = [*_manifest_problems(manifest), *_file_problems(folder, manifest)]
        if problems:
            raise RefusedError(f"pack {folder} is refused: {'; '.join(problems)}; publish it again")
        evidence = require_evidence(PACK, folder, manifest, trusted)
        return Pack(folder, manifest, evidence.certificate, evidence.signers)

    def table(self, name: str, columns: list[str] | None = None) -> pa.Table:
        """A table by its file's name without the ending, as "exchanges" (schemas in `schema`), memory-mapped."""
        with pq.ParquetFile(self.folder / f"{name}.parquet", memory_map=True) as file:
            return file.read(columns)

    def verify(self) -> Iterator[str]:
        """Every problem found by recomputing from the rows: nothing yielded means the pack holds."""
        from smartsandbox.packs.recomputed import problems  # what publishing needs is loaded only for this

        yield from problems(self)

    def bodies(self) -> dict[str, bytes]:
        """All bodies by hash."""
        table = self.table("bodies", ["hash", "content"])
        return dict(zip(table["hash"].to_pylist(), table["content"].to_pylist(), strict=True))

    def messages(self) -> dict[int, tuple[Message, ...]]:
        """What was said on each WebSocket, by its exchange's place in the pack."""
        found: dict[int, list[Message]] = {}
        if MESSAGES_FILE in files_of(self.manifest):
            for row in self.table("messages").to_pylist():
                said = found.setdefault(row["row"], [])
                if row["kind"] != OPEN:
                    said.append(message_of(row))
        return {row: tuple(said) for row, said in found.items()}


def files_of(manifest: Manifest) -> tuple[str, ...]:
    """The files of a pack of the manifest's format."""
    later = [name for since, name in LATER if since <= manifest.format]
    return (*FILES, *later)


def _manifest_problems(manifest: Manifest) -> Iterator[str]:
    if manifest.digest != manifest.computed_digest():
        yield "the manifest was changed after publishing"
    files = files_of(manifest)
    if {resource.path for resource in manifest.resources} != set(files):
        yield f"the manifest must name exactly {', '.join(files)}"


def _file_problems(folder: Path, manifest: Manifest) -> Iterator[str]:
    for resource in manifest.resources:
        problem = _file_problem(folder, resource)
        if problem:
            yield problem


def _file_problem(folder: Path, resource: Resource) -> str | None:
    path = folder / resource.path
    if resource.path not in (*FILES, *(name for _, name in LATER)):
        return None
    if not path.is_file():
        return f"{resource.path} is missing"
    if path.stat().st_size != resource.bytes or digest_file(path) != resource.sha256:
        return f"{resource.path} was changed after publishing"
    return None
