from __future__ import annotations

import os
from pathlib import Path

from smartsandbox.pipelines.captures import due, find_captures, remembered


def deliver(root: Path, service: str, day: str, content: str = "{}", complete: bool = True) -> Path:
    folder = root / service / day
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "a.har").write_text(content)
    if complete:
        (folder / "_SUCCESS").touch()
    return folder


def test_a_folder_without_the_marker_is_not_a_capture(tmp_path: Path) -> None:
    deliver(tmp_path, "payments", "2026-01-02", complete=False)
    assert find_captures(tmp_path).captures == ()


def test_a_root_that_does_not_exist_holds_no_capture(tmp_path: Path) -> None:
    assert find_captures(tmp_path / "nowhere").captures == ()


def test_captures_come_oldest_day_first(tmp_path: Path) -> None:
    deliver(tmp_path, "payments", "2026-01-03")
    deliver(tmp_path, "accounts", "2026-01-04")
    deliver(tmp_path, "zeta", "2026-01-02")
    names = [capture.name for capture in find_captures(tmp_path).captures]
    assert names == ["zeta/2026-01-02", "payments/2026-01-03", "accounts/2026-01-04"]


def test_a_folder_that_cannot_be_a_partition_is_one_line_and_hides_no_other(tmp_path: Path) -> None:
    deliver(tmp_path, "payments", "2026-01-02")
    deliver(tmp_path, "payments", "january")
    deliver(tmp_path, "Pay|ments", "2026-01-02")
    deliver(tmp_path, "payments", "1999-01-02")
    found = find_captures(tmp_path)
    assert [capture.name for capture in found.captures] == ["payments/2026-01-02"]
    assert len(found.problems) == 3
    assert all("\n" not in problem for problem in found.problems)


def test_equal_content_has_an_equal_run_key_and_changed_content_another(tmp_path: Path) -> None:
    folder = deliver(tmp_path, "payments", "2026-01-02", "one")
    (first,) = find_captures(tmp_path).captures
    key = first.run_key
    os.utime(folder / "_SUCCESS", ns=(1, 1))
    (again,) = find_captures(tmp_path).captures
    assert again.marker != first.marker
    assert again.run_key == key
    deliver(tmp_path, "payments", "2026-01-02", "two")
    (changed,) = find_captures(tmp_path).captures
    assert changed.run_key != key


def test_the_run_key_depends_on_file_names(tmp_path: Path) -> None:
    folder = deliver(tmp_path, "payments", "2026-01-02")
    before = find_captures(tmp_path).captures[0].run_key
    (folder / "a.har").rename(folder / "b.har")
    assert find_captures(tmp_path).captures[0].run_key != before


def test_due_takes_what_is_new_or_completed_again_and_no_more_than_asked(tmp_path: Path) -> None:
    for day in ("2026-01-02", "2026-01-03", "2026-01-04"):
        deliver(tmp_path, "payments", day)
    captures = find_captures(tmp_path).captures
    seen = {captures[0].name: captures[0].marker, captures[1].name: "older"}
    assert due(captures, seen, 10) == list(captures[1:])
    assert due(captures, seen, 1) == [captures[1]]


def test_a_bounded_tick_remembers_only_what_it_took(tmp_path: Path) -> None:
    for day in ("2026-01-02", "2026-01-03"):
        deliver(tmp_path, "payments", day)
    captures = find_captures(tmp_path).captures
    assert remembered(captures, {}, captures[:1]) == {captures[0].name: captures[0].marker}


def test_a_folder_that_is_gone_is_forgotten(tmp_path: Path) -> None:
    assert remembered([], {"payments/2026-01-02": "1-0"}, []) == {}
