"""Cells: which attributes are numbers, and that equal values of two tables are equal cells."""

from __future__ import annotations

import numpy as np

from smartsandbox.anonymize.attacks.people import number_of, tabulate


def test_equal_categories_of_two_tables_have_equal_cells() -> None:
    one, other = tabulate(([{"city": "Ulm"}, {"city": "Bonn"}], [{"city": "Bonn"}, {"city": "Jena"}]), ["city"])
    assert one.cells[1, 0] == other.cells[0, 0]
    assert other.cells[1, 0] not in one.cells


def test_many_numbers_are_on_a_line_and_few_are_not() -> None:
    rows = [{"amount": str(n * 1.5), "month": str(n % 3)} for n in range(12)]
    assert tabulate((rows,), ["amount", "month"])[0].numeric.tolist() == [True, False]


def test_a_word_among_published_numbers_is_missing() -> None:
    rows = [{"amount": str(n)} for n in range(12)]
    assert np.isnan(tabulate((rows, [{"amount": "unspecified"}]), ["amount"])[1].cells[0, 0])


def test_a_missing_attribute_is_a_missing_cell() -> None:
    assert np.isnan(tabulate(([{"city": "Ulm"}, {}],), ["city"])[0].cells[1, 0])


def test_times_are_seconds() -> None:
    assert number_of("1970-01-02") == number_of("1970-01-02T00:00:00Z") == 86400.0
    assert number_of("soon") is None
    assert number_of("nan") is None
