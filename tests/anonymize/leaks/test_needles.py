from __future__ import annotations

import sys

from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.anonymize.leaks.needles import folded, is_searchable, reach_of, tail_of


def test_six_characters_are_enough_and_of_a_number_nine() -> None:
    assert [text for text in ("abcde", "abcdef", "12345678", "123456789", "1234-5678-9") if is_searchable(text)] == [
        "abcdef",
        "123456789",
        "1234-5678-9",
    ]


def test_the_longest_tail_that_a_value_has_is_looked_up() -> None:
    values = ["Abcdefg", "ABCDEFGH", "0123456789ABCDEFG", "Müller", "0123456789ABCDEFGHIJKLMNOP"]
    assert list(map(tail_of, values)) == [
        b"bcdefg",
        b"abcdefgh",
        b"123456789abcdefg",
        "müller".encode()[-6:],
        b"23456789abcdefghijklmnop",
    ]


@given(st.text(), st.text())
def test_what_is_folded_of_a_part_is_a_part_of_the_whole(first: str, second: str) -> None:
    assert folded(first + second) == folded(first) + folded(second)
    assert folded(folded(first)) == folded(first)


def test_both_cases_of_every_letter_are_the_same() -> None:
    letters = [chr(code) for code in range(sys.maxunicode) if not 0xD800 <= code < 0xE000]
    assert [char for char in letters if not folded(char) == folded(char.lower()) == folded(char.upper())] == []


def test_no_value_takes_more_bytes_than_is_reckoned_with() -> None:
    letters = [chr(code) for code in range(sys.maxunicode) if not 0xD800 <= code < 0xE000]
    assert [char for char in letters if max(len(char.encode()), len(folded(char).encode())) > reach_of(char)] == []
