"""Zip files with captures in them, as Playwright and CI systems write: each member is read as the capture it is.

The members are unpacked into a folder that only this user may read and that is gone when reading ends.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from smartsandbox.packs.capture.detect import ARCHIVE, sniff
from smartsandbox.packs.capture.files import MAX_DOCUMENT
from smartsandbox.packs.capture.folders import candidates
from smartsandbox.packs.capture.report import Report
from smartsandbox.packs.errors import UnreadableError
from smartsandbox.packs.model import Exchange

MAX_MEMBERS = 100_000
NOT_CAPTURES = "members of a zip file that are not captures"


def read_archive(path: Path, report: Report) -> Iterator[Exchange]:
    """The exchanges of every capture in a zip file. Raises UnreadableError if it is damaged, locked or too large."""
    place = report.place
    with TemporaryDirectory(prefix="smartsandbox-") as folder:
        _unpack(path, folder)
        try:
            for member in candidates([Path(folder)]):
                report.place = f"{place}/{Path(member.name).relative_to(folder).as_posix()}"
                yield from _read(member.path, report)
        finally:
            report.place = place


def _read(path: Path, report: Report) -> Iterator[Exchange]:
    from smartsandbox.packs.capture import READERS  # the table holds this reader too

    kind = sniff(path)
    if kind is None or kind == ARCHIVE:
        report.note(NOT_CAPTURES)
        return
    try:
        yield from READERS[kind](path, report)
    except UnreadableError as error:
        report.drop_file(error.reason)


def _unpack(path: Path, folder: str) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_DOCUMENT:
                raise UnreadableError(str(path), f"unpacks to more than {MAX_DOCUMENT >> 20} MiB: unpack it first")
            archive.extractall(folder)  # which keeps every member inside the folder
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
        raise UnreadableError(str(path), "the zip file is damaged or locked with a password") from error
