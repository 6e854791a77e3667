from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.anonymize.timeline.column import Column, Mapped
from smartsandbox.anonymize.timeline.pairs import distinct_pairs

NUMBERS = st.lists(st.integers(-(2**63), 2**63 - 1), max_size=40)


@given(NUMBERS, NUMBERS, st.integers(1, 8))
def test_what_was_appended_is_read_back_however_soon_it_goes_to_disk(
    one: list[int], more: list[int], block: int
) -> None:
    column = Column(block)
    for number in one:
        column.append(number)
    before = column.array()
    column.extend(np.array(more, np.int64))
    column.release()
    assert before.tolist() == one
    assert column.array().tolist() == one + more
    assert len(column) == len(one) + len(more)


def test_released_pages_are_read_again() -> None:
    column = Column(block=64)
    column.extend(np.arange(5000))
    numbers = column.array()
    for _ in range(2):
        assert int(numbers.sum()) == 12_497_500
        column.release()


def test_what_was_written_to_a_mapped_file_stays_when_its_memory_is_given_back() -> None:
    mapped = Mapped(5000)
    assert not mapped.numbers.any()
    mapped.numbers[10:20] = 7
    mapped.release()
    assert int(mapped.numbers.sum()) == 70
    assert len(Mapped(0).numbers) == 0


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="open files are listed by Linux only")
def test_the_file_of_a_column_has_no_name_and_goes_with_it() -> None:
    def nameless() -> int:
        links = [link for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
        return sum(os.readlink(link).endswith("(deleted)") for link in links)

    before = nameless()
    column = Column(block=2)
    column.extend(np.arange(9))
    assert nameless() == before + 1
    del column
    assert nameless() == before


def test_pairs_are_given_once_in_order() -> None:
    first, second = distinct_pairs(np.array([2, 0, 2, 0, 2]), np.array([1, 5, 0, 5, 1]))
    assert list(zip(first.tolist(), second.tolist(), strict=True)) == [(0, 5), (2, 0), (2, 1)]


def test_no_pairs_are_none() -> None:
    first, second = distinct_pairs(np.zeros(0, np.int64), np.zeros(0, np.int64))
    assert (first.tolist(), second.tolist()) == ([], [])


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9))))
def test_pairs_are_those_of_a_set(pairs: list[tuple[int, int]]) -> None:
    columns = np.array(pairs, np.int64).reshape(-1, 2)
    found = distinct_pairs(columns[:, 0], columns[:, 1])
    assert list(zip(*(column.tolist() for column in found), strict=True)) == sorted(set(pairs))
