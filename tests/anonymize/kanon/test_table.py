from __future__ import annotations

import pytest

from smartsandbox.anonymize.kanon.table import Column, Table
from smartsandbox.packs.errors import UsageError


def test_numbers_are_coded_by_size_not_by_text() -> None:
    column = Column.numeric("age", ["10", "9", "10", "-1"])
    assert column.values == ("-1", "9", "10")
    assert column.codes.tolist() == [2, 1, 2, 0]
    assert column.positions.tolist() == [-1, 9, 10]
    assert column.span == 11


def test_categories_are_coded_in_the_given_order() -> None:
    column = Column.category("size", ["L", "S", "L"], ["S", "M", "L"])
    assert column.values == ("S", "L")
    assert column.codes.tolist() == [1, 0, 1]


def test_categories_without_an_order_are_coded_by_their_text() -> None:
    assert Column.category("size", ["L", "S", "B"]).values == ("B", "L", "S")


@pytest.mark.parametrize("value", ["Secret", "nan", "inf"])
def test_a_numeric_attribute_refuses_what_is_no_number_without_quoting_it(value: str) -> None:
    with pytest.raises(UsageError, match="'age'") as caught:
        Column.numeric("age", ["1", value])
    assert value not in str(caught.value).replace("finite", "")


def test_a_value_outside_the_order_is_named_by_its_row_and_not_quoted() -> None:
    with pytest.raises(UsageError, match=r"1 of 2 values .* row 1") as caught:
        Column.category("city", ["Rome", "Secretville"], ["Rome"])
    assert "Secretville" not in str(caught.value)


def test_columns_of_different_lengths_make_no_table() -> None:
    with pytest.raises(UsageError, match="numbers of rows"):
        Table((Column.category("a", ["x"]), Column.category("b", ["x", "y"])))


def test_two_columns_of_one_name_make_no_table() -> None:
    with pytest.raises(UsageError, match="same name"):
        Table((Column.category("a", ["x"]), Column.category("a", ["y"])))


def test_an_attribute_that_is_not_there_is_answered_with_those_that_are() -> None:
    with pytest.raises(UsageError, match="there are a"):
        Table((Column.category("a", ["x"]),)).column("b")


def test_a_table_of_no_one_has_no_rows() -> None:
    assert Table(()).rows == 0
    assert Column.category("a", []).span == 0
