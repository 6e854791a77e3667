from __future__ import annotations

from unittest import mock

from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.anonymize import grams as module
from smartsandbox.anonymize.grams import Grams, letters_of

_LETTERS = st.text("ab1_é\U0001f600", max_size=12)


def test_places_are_those_where_a_group_begins() -> None:
    grams = Grams(3, 20)
    grams.add(["ann", "bob"])
    assert grams.places(letters_of("xannbob")).tolist() == [1, 4]
    assert grams.places(letters_of("an")).tolist() == []


def test_the_order_of_letters_counts() -> None:
    grams = Grams(8, 20)
    grams.add(["abcdefgh"])
    assert grams.places(letters_of("acbdefgh badcfehg abcdefgh")).tolist() == [18]


@given(st.sampled_from((2, 3, 8)), st.lists(_LETTERS, max_size=6), _LETTERS, _LETTERS, st.integers(1, 5))
def test_no_group_is_missed(wide: int, texts: list[str], before: str, after: str, block: int) -> None:
    groups = [text[:wide] for text in texts if len(text) >= wide]
    grams = Grams(wide, 16)
    grams.add(groups)
    with mock.patch.object(module, "_BLOCK", block):
        for group in groups:
            assert len(before) in grams.places(letters_of(before + group + after))
