"""Retention: what is past its limit, and that nothing else is ever named."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.model import Ledger
from smartsandbox.packs.retention import (
    Limits,
    Sort,
    expired,
    expired_captures,
    expired_published,
    expired_work,
    period,
    remove,
)
from smartsandbox.packs.store import PACKS, Store
from smartsandbox.packs.testing import a_request, a_response, an_exchange, certified_trace, make_pack
from smartsandbox.packs.trace import RAW, write_trace

NOW = datetime(2026, 3, 1, tzinfo=UTC)
MONTH = timedelta(days=30)
HAR = '{"log": {"version": "1.2", "entries": []}}'


def aged(path: Path, days: float) -> Path:
    then = NOW.timestamp() - days * 86_400
    os.utime(path, (then, then))
    return path


def a_file(path: Path, days: float, text: str = HAR) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return aged(path, days)


def a_raw_trace(folder: Path, days: float) -> Path:
    ledger = Ledger()
    ledger.keep()
    write_trace(folder, [an_exchange("e", a_request(), a_response(200))], RAW, ledger)
    aged(folder / "trace.json", days)
    return folder


def test_captures_past_their_limit_are_found_by_content(tmp_path: Path) -> None:
    a_file(tmp_path / "shop" / "2026-01-01" / "old.har", 31)
    a_file(tmp_path / "shop" / "2026-02-28" / "new.har", 29)
    a_file(tmp_path / "shop" / "notes.txt", 400, "mine")
    a_file(tmp_path / ".hidden.har", 400)
    (tmp_path / "link.har").symlink_to(a_file(tmp_path.parent / f"{tmp_path.name}-elsewhere.har", 400))

    (found,) = expired_captures(tmp_path, MONTH, NOW)

    assert (found.sort, found.place) == (Sort.CAPTURE, str(tmp_path / "shop" / "2026-01-01" / "old.har"))
    assert (found.age_days, found.bytes) == (31, len(HAR))


def test_a_limit_is_kept_to_the_second(tmp_path: Path) -> None:
    a_file(tmp_path / "a.har", 30)

    assert list(expired_captures(tmp_path, MONTH, NOW)) == []
    assert len(list(expired_captures(tmp_path, MONTH, NOW + timedelta(seconds=1)))) == 1


def test_traces_and_what_was_made_beside_them_expire_together(tmp_path: Path) -> None:
    day = tmp_path / "shop" / "2026-01-01"
    a_raw_trace(day / "raw", 40)
    certified_trace(day / "anonymised", [an_exchange("e", a_request(), a_response(200))])
    aged(day / "anonymised" / "trace.json", 40)
    for name in ("entities", "packs", "unknown"):
        a_file(day / name / "rows", 40, "x")
    a_file(day / "policy.yaml", 40, "format: 1")

    found = {(one.sort, Path(one.place).name) for one in expired_work(tmp_path, MONTH, NOW)}

    work = {(Sort.WORK, name) for name in ("anonymised", "entities", "packs")}
    assert found == {(Sort.RAW_TRACE, "raw"), *work}


def test_another_programs_trace_file_and_young_traces_are_left_alone(tmp_path: Path) -> None:
    a_file(tmp_path / "theirs" / "trace.json", 400, '{"kind": "raw"}')
    a_file(tmp_path / "broken" / "trace.json", 400, "{")
    a_raw_trace(tmp_path / "young", 3)

    assert list(expired_work(tmp_path, MONTH, NOW)) == []


def test_what_an_interrupted_run_left_is_found(tmp_path: Path) -> None:
    a_file(tmp_path / "raw.part" / "service=shop" / "day=2026-01-01" / "part-0.parquet", 40, "x")
    a_file(tmp_path / "mine.part" / "text", 40, "x")
    for folder in ("raw.part", "mine.part"):
        aged(tmp_path / folder, 40)

    assert [Path(one.place).name for one in expired_work(tmp_path, MONTH, NOW)] == ["raw.part"]


def test_published_versions_are_withdrawn(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "store"))
    for version, days in (("old", 400), ("new", 3)):
        pack = make_pack(tmp_path / version, [an_exchange("e", a_request(), a_response(200))])
        item = store.put(PACKS, pack.folder, "sample", version)
        aged(Path(item.url) / "manifest.json", days)

    found = list(expired_published(store, MONTH, NOW))

    assert [(one.sort, one.place, one.age_days) for one in found] == [(Sort.PACK, "sample@old", 400)]
    assert remove(found, store, NOW) == 1
    assert [item.ref for item in store.list(PACKS)] == ["sample@new"]
    assert [stone.reason for stone in store.withdrawn(PACKS)] == ["retention"]


def test_removal_takes_the_marker_with_the_last_capture_and_leaves_what_is_not_ours(tmp_path: Path) -> None:
    for day, other in (("2026-01-01", None), ("2026-01-02", "notes.txt")):
        a_file(tmp_path / "captures" / "shop" / day / "a.har", 40)
        a_file(tmp_path / "captures" / "shop" / day / "_SUCCESS", 40, "")
        if other:
            a_file(tmp_path / "captures" / "shop" / day / other, 40, "mine")
    a_raw_trace(tmp_path / "work" / "raw", 40)

    found = expired(Limits(raw=MONTH), tmp_path / "captures", tmp_path / "work", None, NOW)

    assert remove(found, None, NOW) == 3
    left = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {"captures/shop/2026-01-02/_SUCCESS", "captures/shop/2026-01-02/notes.txt"}
    assert not (tmp_path / "captures" / "shop" / "2026-01-01").exists()


def test_without_a_limit_everything_is_kept(tmp_path: Path) -> None:
    a_file(tmp_path / "a.har", 4000)

    assert expired(Limits(), tmp_path, tmp_path, None, NOW) == []


@pytest.mark.parametrize(
    ("text", "expected"), [("12h", timedelta(hours=12)), ("30d", MONTH), (" 8w ", timedelta(weeks=8))]
)
def test_periods_are_hours_days_or_weeks(text: str, expected: timedelta) -> None:
    assert period(text) == expected


@pytest.mark.parametrize("text", ["", "30", "d", "0d", "-1d", "1.5d", "30 days", "1m"])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is no period"):
        period(text)


def test_a_folder_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no folder"):
        list(expired_work(tmp_path / "none", MONTH, NOW))
