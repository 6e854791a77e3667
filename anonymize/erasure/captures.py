"""Capture files that hold the person: cut where their format allows, deleted where nothing else is left in them.

Every file under the folder is read again, so that copies, renamed files and files that were never imported are found as
well. A rewritten file is read once more before it takes the place of the old one: it must hold the other entries and no
trace of the person.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Set
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from smartsandbox.anonymize.erasure.person import Person
from smartsandbox.anonymize.erasure.sighting import Observer
from smartsandbox.anonymize.policy import Policy
from smartsandbox.packs.capture import READERS
from smartsandbox.packs.capture.detect import sniff
from smartsandbox.packs.capture.files import read_document
from smartsandbox.packs.capture.folders import candidates
from smartsandbox.packs.capture.removal import BY_RECORD, without_entries
from smartsandbox.packs.capture.report import Report
from smartsandbox.packs.errors import SandboxError, UsageError
from smartsandbox.packs.model import Exchange


class Fate(StrEnum):
    """What becomes of a capture file."""

    CUT = "entries removed"
    DELETED = "deleted"
    BY_HAND = "delete by hand"


@dataclass(frozen=True, slots=True)
class CaptureFile:
    """A capture file that holds the person in `entries` of its `total` entries."""

    path: Path
    fate: Fate
    entries: int
    total: int


class CaptureEraser:
    """Erases one person from capture files. `removed` are the ids of exchanges that the raw trace loses, by which
    entries that belong to the person's session are known too."""

    def __init__(self, policy: Policy, person: Person, removed: Set[str]) -> None:
        self._observer, self._person, self._removed = Observer(policy, person), person, removed

    def erase(self, folder: Path, dry_run: bool = False) -> list[CaptureFile]:
        """Every file under a folder that holds the person, in order of name, and what was (or would be) done.

        Raises UsageError if the folder is not there.
        """
        if not folder.exists():
            raise UsageError(f"no captures at {folder}: give the folder that was imported from")
        paths = dict.fromkeys(candidate.path.resolve() for candidate in candidates([folder]))
        files = (self._file(path, dry_run) for path in paths)
        return [file for file in files if file is not None]

    def _file(self, path: Path, dry_run: bool) -> CaptureFile | None:
        kind, report = sniff(path), Report()
        exchanges = _read(path, kind, report)
        if kind is None or exchanges is None:
            return CaptureFile(path, Fate.BY_HAND, 0, 0) if self._is_in_bytes(path) else None
        named = self._person.stands_in(path.name)
        hit = {_index(one) for one in exchanges if named or self._concerns(one)}
        if not hit and not self._is_in_bytes(path):
            return None
        if exchanges and len(hit) == len(exchanges) and not report.ledger.dropped:
            return self._delete(path, len(hit), dry_run)
        return self._cut(path, kind, hit, len(exchanges), dry_run)

    def _concerns(self, exchange: Exchange) -> bool:
        return exchange.id in self._removed or self._observer.look(exchange).seen

    def _is_in_bytes(self, path: Path) -> bool:
        """For what no reader takes apart. A file that is packed in a damaged way is searched as it stands."""
        try:
            content = read_document(path)
        except SandboxError:
            content = path.read_bytes()
        return self._person.stands_in_document(content.decode("utf-8", "replace"))

    def _delete(self, path: Path, entries: int, dry_run: bool) -> CaptureFile:
        if not dry_run:
            path.unlink()
        return CaptureFile(path, Fate.DELETED, entries, entries)

    def _cut(self, path: Path, kind: str, hit: Set[int], total: int, dry_run: bool) -> CaptureFile:
        rest = without_entries(path, kind, hit, self._person.stands_in)
        aside = path.with_name(f".{path.name}.part")
        if rest is None:
            return CaptureFile(path, Fate.BY_HAND, len(hit), total)
        try:
            _write(aside, rest)
            left = self._clean(aside, kind)
            if left is None or left > total - len(hit) or (left < total - len(hit) and kind not in BY_RECORD):
                return CaptureFile(path, Fate.BY_HAND, len(hit), total)
            if not dry_run:
                _replace(path, aside)
        finally:
            aside.unlink(missing_ok=True)
        return CaptureFile(path, Fate.CUT, total - left, total)

    def _clean(self, aside: Path, kind: str) -> int | None:
        """How many entries a file holds that holds nothing of the person; None for any other file."""
        rest = _read(aside, kind, Report()) if aside.stat().st_size else []
        if rest is None or self._is_in_bytes(aside) or any(self._observer.look(one).seen for one in rest):
            return None
        return len(rest)


def _read(path: Path, kind: str | None, report: Report) -> list[Exchange] | None:
    """The exchanges of a file, or None where it cannot be read."""
    try:
        return list(READERS[kind](path, report)) if kind else None
    except (SandboxError, ValueError, RecursionError):
        return None


def _write(aside: Path, content: bytes) -> None:
    """On the disk before the old file goes: a crash leaves one of the two, whole."""
    with aside.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _replace(path: Path, aside: Path) -> None:
    """The new content under the old name, rights and time: an erasure makes no capture younger."""
    old = path.stat()
    os.chmod(aside, old.st_mode)
    os.utime(aside, ns=(old.st_atime_ns, old.st_mtime_ns))
    aside.replace(path)


def _index(exchange: Exchange) -> int:
    return int(exchange.source.rpartition("#")[2])


def by_hand(files: Iterable[CaptureFile]) -> list[Path]:
    """The files that somebody has to delete."""
    return [file.path for file in files if file.fate is Fate.BY_HAND]
