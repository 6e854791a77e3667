"""What an adversary is taken to know of each person."""

from __future__ import annotations

import numpy as np

from smartsandbox.anonymize.attacks.knowledge import (
    FEWEST_TARGETS,
    REPEATS,
    REPEATS_OF_FEW,
    are_few,
    halves_of,
    implying,
    known_of,
    repeated,
)
from smartsandbox.anonymize.attacks.people import People

NAN = float("nan")
CELLS = np.array([[1.0, 2.0, 3.0, 4.0], [1.0, NAN, NAN, 4.0], [NAN, NAN, 3.0, NAN]])
PEOPLE = People(("a", "b", "c", "d"), np.zeros(4, np.bool_), CELLS)


def test_no_more_is_known_than_the_person_has_and_never_the_secret() -> None:
    for seed in range(20):
        known = known_of(PEOPLE, 2, np.random.default_rng(seed), never=[3])
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
    many = People(("a",), np.zeros(1, np.bool_), np.arange(60.0)[:, None])
    tried = repeated(many, np.arange(FEWEST_TARGETS), 10**6, np.random.default_rng(1), few=False)
    assert np.unique(tried.people.cells, return_counts=True)[1].tolist() == [REPEATS] * FEWEST_TARGETS
    cut = repeated(many, np.arange(40), 100, np.random.default_rng(1), few=False)
    assert set(np.unique(cut.people.cells, return_counts=True)[1].tolist()) == {2, 3}
    assert cut.attempts == cut.people.count == 100


def test_each_of_a_few_people_counts_as_one_attempt_whose_success_is_the_mean_of_the_tries() -> None:
    tries = repeated(PEOPLE, np.array([0, 2]), 1000, np.random.default_rng(1), few=True)
    assert (tries.attempts, tries.people.count) == (2, 2 * REPEATS_OF_FEW)
    always_and_never = np.repeat([1.0, 0.0], REPEATS_OF_FEW)
    assert tries.added(always_and_never) == 1.0
    assert repeated(PEOPLE, np.array([], np.int64), 9, np.random.default_rng(1), few=True).added(np.zeros(0)) == 0.0
    assert are_few(range(FEWEST_TARGETS), range(FEWEST_TARGETS - 1))


def test_what_implies_a_secret_is_not_taken_for_knowledge() -> None:
    city, country, unique = np.repeat([0.0, 1.0, 2.0], 3), np.repeat([0.0, 0.0, 1.0], 3), np.arange(9.0)
    everyone = np.column_stack((city, country, unique))
    assert implying(everyone, 1) == [0, 1]
    assert implying(everyone, 0) == [0]
