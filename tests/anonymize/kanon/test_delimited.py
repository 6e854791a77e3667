from __future__ import annotations

from pathlib import Path

import pytest

from smartsandbox.anonymize.kanon.delimited import read_columns, read_hierarchy
from smartsandbox.packs.errors import UnreadableError, UsageError


def test_a_table_is_read_by_column(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("age;city\n31;Rome\n40;Milan\n")
    assert read_columns(tmp_path / "t.csv") == {"age": ["31", "40"], "city": ["Rome", "Milan"]}


def test_a_table_of_a_heading_alone_has_empty_columns(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("age;city\n")
    assert read_columns(tmp_path / "t.csv") == {"age": [], "city": []}


def test_a_hierarchy_is_read_level_by_level(tmp_path: Path) -> None:
    (tmp_path / "h.csv").write_text("Rome;Italy;*\nMilan;Italy;*\n")
    assert read_hierarchy(tmp_path / "h.csv", "city").labels[1] == ("Italy",)


def test_a_row_with_too_few_fields_is_named(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("age;city\n31;Rome\n40\n")
    with pytest.raises(UnreadableError, match="entry 2: 1 fields where the heading has 2"):
        read_columns(tmp_path / "t.csv")


def test_an_empty_table_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("")
    with pytest.raises(UnreadableError, match="empty"):
        read_columns(tmp_path / "t.csv")


def test_a_broken_hierarchy_is_named_by_its_file(tmp_path: Path) -> None:
    (tmp_path / "h.csv").write_text("a;*\na;*\n")
    with pytest.raises(UsageError, match=r"h\.csv: .*twice"):
        read_hierarchy(tmp_path / "h.csv", "city")


def test_bytes_that_are_no_text_are_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"a;b\n\xff\xfe;x\n")
    with pytest.raises(UnreadableError, match="UTF-8"):
        read_columns(tmp_path / "t.csv")


def test_a_missing_file_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no file"):
        read_columns(tmp_path / "none.csv")
