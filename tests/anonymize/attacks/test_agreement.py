"""Scott's pi on observations that can be counted on one hand."""

from __future__ import annotations

import pytest

from smartsandbox.anonymize.attacks.agreement import FEWEST_REPEATS, Agreement


def observed(*people: str) -> Agreement:
    """Each person is a word; its letters are the observations."""
    found = Agreement()
    for letters in people:
        found.first(letters[0])
        for letter in letters[1:]:
            found.again(letter, letters[0])
    return found


def test_pi_is_the_agreement_beyond_chance() -> None:
    """Half of four values are a: chance agrees in 1/2; the two repeats agree once: (1/2 - 1/2) / (1 - 1/2)."""
    assert observed("aa", "ba").pi == pytest.approx((0.5 - 0.625) / 0.375)
    assert observed("ab", "ba").pi == pytest.approx((0.0 - 0.5) / 0.5)
    assert observed("aa", "bb").pi == 1.0


def test_what_stays_with_a_person_is_their_own_and_what_changes_is_not() -> None:
    assert observed(*["aaa", "bbb"] * FEWEST_REPEATS).is_own
    assert not observed(*["ab", "ba", "aa", "bb"] * FEWEST_REPEATS).is_own


def test_without_repeats_an_attribute_is_taken_for_a_persons_own() -> None:
    assert observed("a", "b", "c").is_own
    assert observed(*["ab"] * (FEWEST_REPEATS - 1)).is_own
    assert Agreement().is_own
