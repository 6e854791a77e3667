"""What an adversary is taken to know of each person."""

from __future__ import annotations

import numpy as np

from smartsandbox.anonymize.attacks.knowledge import REPEATS, halves_of, known_of, repeated
from smartsandbox.anonymize.attacks.people import People

NAN = float("nan")
CELLS = np.array([[1.0, 2.0, 3.0, 4.0], [1.0, NAN, NAN, 4.0], [NAN, NAN, 3.0, NAN]])
PEOPLE = People(("a", "b", "c", "d"), np.zeros(4, np.bool_), CELLS)


def test_no_more_is_known_than_the_person_has_and_never_the_secret() -> None:
    for seed in range(20):
        known = known_of(PEOPLE, 2, np.random.default_rng(seed), secret=3)
        assert known.sum(axis=1).tolist() == [2, 1, 1]
        assert not known[:, 3].any()
        assert not (known & np.isnan(CELLS)).any()


def test_every_attribute_is_known_at_some_time() -> None:
    rng = np.random.default_rng(1)
    assert np.any([known_of(PEOPLE, 1, rng) for _ in range(60)], axis=0).tolist() == (~np.isnan(CELLS)).tolist()


def test_two_adversaries_know_as_much_and_nothing_in_common() -> None:
    for seed in range(20):
        one, other = halves_of(PEOPLE, 3, np.random.default_rng(seed))
        assert one.sum(axis=1).tolist() == other.sum(axis=1).tolist() == [2, 1, 0]
        assert not (one & other).any()


def test_attempts_are_spread_evenly_over_people() -> None:
    tried = repeated(PEOPLE, np.array([0, 2]), 1000, np.random.default_rng(1))
    assert tried.count == 2 * REPEATS
    assert int(np.isnan(tried.cells[:, 0]).sum()) == REPEATS
    assert repeated(PEOPLE, np.array([0, 2]), 7, np.random.default_rng(1)).count == 7
