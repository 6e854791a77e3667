"""The table and the JSON line."""

from __future__ import annotations

import json

import pytest

from bench.table import Table, json_line, shown


def test_columns_line_up_and_short_rows_are_filled() -> None:
    table = Table("Title", ["name", "n"])
    table.add("a", "1,000")
    table.add("longer")
    assert table.text().splitlines() == ["Title", "", "name        n", "-" * 13, "a       1,000", "longer       "]


def test_notes_stand_below_the_rows() -> None:
    table = Table("Title", ["name"], notes=["why"])
    assert table.text().endswith("\n\n- why")


def test_what_was_not_measured_is_absent_in_the_table_and_null_in_the_line() -> None:
    assert shown(None) == "absent"
    assert json_line(["a", "b"], {"a": 1.23456789}) == '{"a": 1.23457, "b": null}'


def test_a_distance_of_nothing_is_null() -> None:
    assert json.loads(json_line(["a"], {"a": float("nan")})) == {"a": None}


def test_a_key_that_was_not_promised_is_an_error() -> None:
    with pytest.raises(KeyError, match="not among the promised keys: c"):
        json_line(["a"], {"c": 1.0})
