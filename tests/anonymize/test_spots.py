from __future__ import annotations

from unittest import mock

from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.anonymize import spots as module
from smartsandbox.anonymize.needles import Needles, is_needle
from smartsandbox.anonymize.spilled import Scratch
from smartsandbox.anonymize.spots import Spots
from smartsandbox.anonymize.substitute import Finder
from smartsandbox.anonymize.surrogates import CLASSES
from smartsandbox.anonymize.values import Values
from smartsandbox.anonymize.vocabulary import Vocabulary

_LETTERS = st.text("abC1 -_@.é", max_size=12)
_NOTED = st.lists(st.tuples(_LETTERS, st.sampled_from(sorted(CLASSES))), max_size=12)


def spots_of(*values: str) -> Spots:
    spots = Spots()
    for value in values:
        spots.add(value)
    return spots


def test_every_value_is_a_candidate_where_it_stands() -> None:
    spots = spots_of("ann", "annabel", "cus_12345678")
    assert {(0, 3), (0, 7)} <= set(spots.candidates("annabel"))
    assert (3, 15) in spots.candidates("to cus_12345678!")


def test_a_long_value_costs_nothing_where_only_its_first_letters_stand() -> None:
    spots = spots_of("cus_12345678")
    assert spots.candidates("cus_87654321 cus_1234567") == []


def test_a_value_shorter_than_three_letters_is_never_a_candidate() -> None:
    assert spots_of("ab").candidates("ab ab") == []


def test_beginnings_that_come_when_the_table_is_full_are_found_too() -> None:
    with mock.patch.object(module, "_MOST_BEGINNINGS", 1):
        spots = spots_of("ann", "bob", "carol")
    assert {(0, 3), (4, 7), (8, 13)} <= set(spots.candidates("ann bob carol"))


@given(st.lists(_LETTERS, max_size=10), _LETTERS, _LETTERS)
def test_no_value_is_missed(values: list[str], before: str, after: str) -> None:
    spots = spots_of(*values)
    for value in values:
        if len(value) >= module.SHORTEST:
            found = spots.candidates(before + value + after)
            assert (len(before), len(before) + len(value)) in found


@given(st.lists(_LETTERS, max_size=10), st.lists(_LETTERS, max_size=6), st.integers(1, 3))
def test_many_texts_at_once_have_the_candidates_of_each(values: list[str], texts: list[str], most: int) -> None:
    with mock.patch.object(module, "_MOST_BEGINNINGS", most):
        spots = spots_of(*values)
    both = [*texts, "".join(values), " ".join(values)]
    found = spots.of_each(both)
    for value in values:
        if len(value) >= module.SHORTEST:
            assert (0, len(value)) in spots.of_each([value])[0]
    for text, spans in zip(both, found, strict=True):
        assert {text[start:end] for start, end in spans} >= {
            text[start:end] for start, end in spots.candidates(text) if text[start:end] in values
        }
        assert spans == sorted(spans)


@given(_NOTED, st.lists(_LETTERS, max_size=6), st.integers(1, 4))
def test_looking_values_up_finds_what_an_automaton_over_all_of_them_finds(
    noted: list[tuple[str, str]], around: list[str], hot: int
) -> None:
    values = Values(Scratch(hot))
    for value, class_name in noted:
        values.note(value, class_name)
    vocabulary = Vocabulary(frozenset(("ab", "c1-a")))
    listed = [f for f, kind, spelled in values.in_order() if is_needle(f, spelled, kind, vocabulary)]
    needles = Needles(values, vocabulary)
    automaton = Finder.of(set(listed) & set(needles))
    text = " ".join(part for pair in zip(around, [value for value, _ in noted], strict=False) for part in pair)
    assert needles.finder.find(text) == automaton.find(text)
    assert needles.finder.standing_in(text) == automaton.standing_in(text)
    assert needles.finder.find_inside(text) == automaton.find_inside(text)
    assert set(listed) - set(needles) <= Finder.of(listed).standing_in("ab c1-a")
