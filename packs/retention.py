"""How long captured data is kept: what has passed its limit, as values, and its removal.

Only what is recognised as ours is ever named: capture files by their content, traces by their `trace.json`, the other
folders of a pipeline's partition by the traces beside them, published versions by the store. Everything else is left
alone, links and policies too. Ages are by time of file against a given moment; a trace is as old as its `trace.json`,
which an erasure does not make younger.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

import orjson

from smartsandbox.packs.capture.detect import sniff
from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.store import FIXTURES, PACKS, Store
from smartsandbox.packs.trace import RAW

DERIVED = ("entities", "fixtures", "packs", "evidence")
"""Folders that a pipeline's partition holds beside its traces."""
COMPLETE = "_SUCCESS"
"""The marker of a recorder; it goes with the last capture of its folder."""
MOST_DEPTH = 4
_TRACE_FILE = "trace.json"
_PERIOD = re.compile(r"(\d{1,5})([hdw])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


class Sort(StrEnum):
    """What a finding is."""

    CAPTURE = "capture"
    RAW_TRACE = "raw trace"
    WORK = "work files"
    PACK = "pack"
    FIXTURES = "fixture set"


@dataclass(frozen=True, slots=True)
class Expired:
    """Something of ours that is past its limit. `place` is a path, or "name@version" in the store."""

    sort: Sort
    place: str
    age_days: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Limits:
    """How long to keep what can name people, and what is published; None keeps it."""

    raw: timedelta | None = None
    packs: timedelta | None = None


def period(text: str) -> timedelta:
    """A period such as "12h", "30d" or "8w". Raises UsageError for anything else, and for none at all."""
    match = _PERIOD.fullmatch(text.strip())
    if match is None or not int(match[1]):
        raise UsageError(f"{text!r} is no period: give hours, days or weeks, such as 12h, 30d or 8w")
    return int(match[1]) * _UNITS[match[2]]


def expired(
    limits: Limits, captures: Path | None, work: Path | None, store: Store | None, now: datetime
) -> list[Expired]:
    """Everything that is past its limit in the places given. Raises UsageError if a folder is not there."""
    found: list[Expired] = []
    if limits.raw is not None:
        found += expired_captures(captures, limits.raw, now) if captures else ()
        found += expired_work(work, limits.raw, now) if work else ()
    if limits.packs is not None and store is not None:
        found += expired_published(store, limits.packs, now)
    return found


def expired_captures(root: Path, keep: timedelta, now: datetime) -> Iterator[Expired]:
    """Capture files under a folder, in order of path. Raises UsageError if the folder is not there."""
    for file in _files(_existing(root)):
        if _age(file, now) > keep and _is_capture(file):
            yield _found(Sort.CAPTURE, file, now)


def expired_work(root: Path, keep: timedelta, now: datetime) -> Iterator[Expired]:
    """Traces under a folder, and what a pipeline made of them beside them, in order of path. Raises UsageError."""
    for folder in _trace_folders(_existing(root)):
        dated = folder / _TRACE_FILE if (folder / _TRACE_FILE).exists() else folder
        if _age(dated, now) <= keep:
            continue
        yield _found(_trace_sort(folder), folder, now, dated)
        if folder.name == "anonymised":
            for name in DERIVED:
                beside = folder.with_name(name)
                if beside.is_dir() and not beside.is_symlink():
                    yield _found(Sort.WORK, beside, now)


def expired_published(store: Store, keep: timedelta, now: datetime) -> Iterator[Expired]:
    """Packs and fixture sets of a store. A store that does not tell when something was published keeps it."""
    for kind, sort in ((PACKS, Sort.PACK), (FIXTURES, Sort.FIXTURES)):
        for item in store.list(kind):
            published = store.published(item)
            if published and _since(published, now) > keep:
                yield Expired(sort, item.ref, _since(published, now).days, 0)


def remove(found: Iterable[Expired], store: Store | None, now: datetime) -> int:
    """Delete files and folders, withdraw what is published; how many. Raises OSError where a file cannot be deleted."""
    count = 0
    for one in found:
        if one.sort in (Sort.PACK, Sort.FIXTURES):
            assert store is not None
            store.withdraw(PACKS if one.sort is Sort.PACK else FIXTURES, one.place, "retention", now)
        else:
            _delete(Path(one.place))
        count += 1
    return count


def _delete(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
        _tidy(path.parent)


def _tidy(folder: Path) -> None:
    """A marker says that the captures beside it are complete; without any it says nothing."""
    left = list(folder.iterdir())
    if [path.name for path in left] == [COMPLETE] and left[0].is_file():
        left[0].unlink()
        folder.rmdir()


def _existing(root: Path) -> Path:
    if not root.is_dir():
        raise UsageError(f"no folder {root}: nothing there to keep or remove")
    return root


def _files(root: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = Path(place, name)
            if not name.startswith(".") and path.is_file() and not path.is_symlink():
                yield path


def _is_capture(file: Path) -> bool:
    try:
        return sniff(file) is not None
    except OSError:
        return False


def _trace_folders(root: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(root):
        folders.sort()
        depth = len(Path(place).relative_to(root).parts)
        if _is_left_over(Path(place), folders) or (_TRACE_FILE in files and _trace_kind(Path(place)) is not None):
            folders.clear()
            if depth:  # the given folder itself is not one of the things in it
                yield Path(place)
        elif depth >= MOST_DEPTH:
            folders.clear()


def _is_left_over(folder: Path, inside: list[str]) -> bool:
    """What an interrupted run was writing: raw data without a `trace.json`."""
    return folder.suffix in (".part", ".unchecked") and any(name.startswith(("service=", ".runs")) for name in inside)


def _trace_kind(folder: Path) -> str | None:
    """Raw or anonymised; None if its `trace.json` is another program's."""
    try:
        meta = orjson.loads((folder / _TRACE_FILE).read_bytes())
        return str(meta["kind"]) if {"format", "digest", "ledger"} <= meta.keys() else None
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
        return None


def _trace_sort(folder: Path) -> Sort:
    return Sort.RAW_TRACE if _trace_kind(folder) == RAW else Sort.WORK


def _found(sort: Sort, path: Path, now: datetime, dated: Path | None = None) -> Expired:
    size = sum(file.stat().st_size for file in _files(path)) if path.is_dir() else path.stat().st_size
    return Expired(sort, str(path), _age(dated or path, now).days, size)


def _age(path: Path, now: datetime) -> timedelta:
    return _since(path.stat().st_mtime, now)


def _since(seconds: float, now: datetime) -> timedelta:
    return timedelta(seconds=now.timestamp() - seconds)
