"""Searches files: their raw bytes, the values of Parquet files, and what archives hold. Findings name the place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import pyarrow as pa

from smartsandbox.anonymize.leaks.archives import DAMAGES, UnopenedError, members
from smartsandbox.anonymize.leaks.parquet import parquet_texts
from smartsandbox.anonymize.leaks.scan import BLOCK, Scan
from smartsandbox.anonymize.leaks.scanner import LeakScanner

OVERLAP = 1 << 14
"""Bytes that neighbouring blocks share: more than any value takes in encodings of encodings."""
MOST_BYTES = 1 << 33
"""Of the members of one archive, unpacked."""
_SAFE_TO_CUT = tuple(b"%c" % byte for byte in b" \t\n\r\"',;<>\0")
_LOOK_BACK = 4096
_IN_NAME = "the file's name"
_PARQUET = b"PAR1"


@dataclass(slots=True)
class FileScan:
    """Feed it files; then ask for the findings."""

    scan: Scan
    most_bytes: int = MOST_BYTES
    _unread: set[tuple[str, str]] = field(default_factory=set)
    _numbers: dict[str, int] = field(default_factory=dict)

    def feed(self, path: Path, name: str) -> None:
        """Search one file and its name. What an archive holds is named as `archive!member`."""
        self._feed_name(name)
        with path.open("rb") as file:
            self._feed_stream(file, name)
            try:
                self._feed_members(file, name)
            except UnopenedError as error:
                self._unread.add((error.name, f"not searched: {error.reason}"))

    def findings(self) -> tuple[str, ...]:
        """One line a place, sorted; also for what could not be read, as nobody knows what is in it. Ends the scan."""
        places = {place for place in self.scan.close() if isinstance(place, tuple)}
        telling = {name for name, where in places if where == _IN_NAME}
        found = {(name, f"a source value in {where}") for name, where in places} | self._unread
        return tuple(sorted(f"{self._told(name, telling)}: {what}" for name, what in found))

    def _told(self, name: str, telling: Set[str]) -> str:
        """The name of a file, or its number in the order of reading where the name holds a source value itself."""
        return f"file {self._numbers[name]} (its name is left out)" if name in telling else name

    def _feed_members(self, file: IO[bytes], name: str) -> None:
        left, member = self.most_bytes, name
        try:
            for member, stream in members(file, name):
                self._feed_name(member)
                left -= self._feed_stream(stream, member, left)
        except DAMAGES as error:  # met while a member is read
            raise UnopenedError(member, f"cannot be unpacked ({type(error).__name__})") from None

    def _feed_name(self, name: str) -> None:
        self._numbers.setdefault(name, len(self._numbers) + 1)
        self.scan.feed((name, _IN_NAME), name.encode("utf-8", "replace"))

    def _feed_stream(self, file: IO[bytes], name: str, most: int | None = None) -> int:
        seen = 0
        for block in blocks(file.read):
            self.scan.feed((name, "the raw bytes"), block)
            seen += len(block)
            if most is not None and seen > most:
                raise UnopenedError(name, f"an archive of more than {self.most_bytes} bytes, unpacked")
        file.seek(0)
        if file.read(len(_PARQUET)) == _PARQUET:
            self._feed_parquet(file, name)
        return seen

    def _feed_parquet(self, file: IO[bytes], name: str) -> None:
        file.seek(0)
        try:
            for column, group, value in parquet_texts(file):
                self.scan.feed((name, f"column {column}, row group {group}"), value)
        except (pa.ArrowException, OSError, ValueError) as error:
            self._unread.add((name, f"not searched: no readable Parquet ({type(error).__name__})"))


def scan_files(paths: Iterable[Path], needles: Iterable[str]) -> tuple[str, ...]:
    """Findings of a scan over published files, one line a place; folders among the paths are left out."""
    found = FileScan(LeakScanner(needles).scan())
    for path in paths:
        if path.is_file():
            found.feed(path, path.name)
    return found.findings()


def blocks(read: Callable[[int], bytes]) -> Iterator[bytes]:
    """A stream in blocks that overlap, cut where no word and no escape is cut if there is such a place."""
    held = b""
    while new := read(BLOCK):
        held += new
        end = _cut_before(held, len(held)) if len(new) == BLOCK else len(held)
        yield held[:end]
        held = held[_cut_before(held, max(0, end - OVERLAP)) :]


def _cut_before(data: bytes, at: int) -> int:
    """The last position up to `at` behind a byte where cutting is safe; `at` itself if there is none near."""
    lowest = max(0, at - _LOOK_BACK)
    last = max(data.rfind(byte, lowest, at) for byte in _SAFE_TO_CUT)
    return at if last < 0 else last + 1
