"""Bands by hand, then what holds for any pool."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.anonymize.bands import Bands, Held, bands_of
from smartsandbox.anonymize.keys import RunKey

KEY = RunKey(b"0123456789abcdef")
Pool = list[tuple[int, set[int]]]
POOLS = st.dictionaries(st.integers(0, 10**9), st.frozensets(st.integers(0, 40), min_size=1, max_size=6), max_size=60)


def made(pool: Pool, k: int = 2, share: float = 0.0) -> Bands | None:
    return bands_of([Held(value, frozenset(holders), len(holders)) for value, holders in pool], k, KEY, "amount", share)


def test_bands_are_the_shortest_runs_that_k_people_share() -> None:
    found = made([(10, {1}), (20, {1}), (30, {2}), (40, {3}), (50, {4}), (60, {4})])
    assert found is not None
    assert [band.upper for band in found.bands] == [30, 60]
    assert [band.holders for band in found.bands] == [2, 2]


def test_what_many_hold_stays_and_the_rest_is_banded_around_it() -> None:
    found = made([(5, {1}), (10, {1, 2, 3}), (15, {4})])
    assert found is not None
    assert found.common == {10}
    assert [(band.upper, band.holders) for band in found.bands] == [(15, 2)]
    assert found.of(10) == 10


def test_a_rest_of_too_few_takes_what_is_common_into_its_band() -> None:
    found = made([(5, {1}), (10, {1, 2, 3})])
    assert found is not None
    assert found.common == frozenset()
    assert [(band.upper, band.holders) for band in found.bands] == [(10, 3)]


def test_a_band_has_the_share_of_all_that_is_asked_for() -> None:
    found = made([(value, {value}) for value in range(1, 11)], k=2, share=0.4)
    assert found is not None
    assert [band.holders for band in found.bands] == [4, 6]


def test_fewer_than_k_people_get_no_bands() -> None:
    assert made([(5, {1}), (10, {1}), (0, {2})]) is None


def test_zero_stays_and_a_sign_stays() -> None:
    found = made([(value, {value}) for value in range(1, 11)])
    assert found is not None
    assert found.of(0) == 0
    assert found.of(-7) == -found.of(7)


def test_the_largest_number_is_not_drawn() -> None:
    found = made([*((value, {value}) for value in range(1, 11)), (10**6, {11})], k=3)
    assert found is not None
    assert max(found.of(value) for value in range(1, 12)) <= 10
    assert found.of(10**6) <= 10


def test_numbers_stay_on_the_grid_of_their_pool() -> None:
    found = made([(value * 250, {value}) for value in range(1, 30)], k=5)
    assert found is not None
    assert all(found.of(value * 250) % 250 == 0 for value in range(1, 30))


def test_another_key_draws_other_numbers() -> None:
    held = [Held(value * 7919, frozenset({value})) for value in range(1, 60)]
    one, other = (bands_of(held, 5, RunKey(bytes([n]) * 16), "amount") for n in (1, 2))
    assert one is not None
    assert other is not None
    assert [one.of(item.value) for item in held] != [other.of(item.value) for item in held]


def test_the_distribution_of_many_values_stays() -> None:
    rng = np.random.default_rng(5)
    values = np.unique(rng.lognormal(8, 1.2, 4000).astype(int))
    found = bands_of([Held(int(value), frozenset({at})) for at, value in enumerate(values)], 5, KEY, "amount")
    assert found is not None
    published = np.array([found.of(int(value)) for value in values])
    quantiles = [0.1, 0.25, 0.5, 0.75, 0.9]
    assert np.quantile(published, quantiles) == pytest.approx(np.quantile(values, quantiles), rel=0.1)


def spread(pool: dict[int, frozenset[int]], k: int, share: float) -> Bands | None:
    return bands_of([Held(value, holders) for value, holders in pool.items()], k, KEY, "x", share)


@given(POOLS, st.integers(2, 6), st.floats(0, 0.5))
def test_every_value_is_either_held_by_k_or_in_a_band_that_k_hold(
    pool: dict[int, frozenset[int]], k: int, share: float
) -> None:
    found = spread(pool, k, share)
    everyone = frozenset().union(*(holders for value, holders in pool.items() if value))
    assert (found is None) == (len(everyone) < k)
    if found is None:
        return
    holders: dict[int, set[int]] = defaultdict(set)
    for value, who in pool.items():
        if value and value not in found.common:
            holders[next(at for at, band in enumerate(found.bands) if value <= band.upper)] |= who
    assert all(len(pool[value]) >= k for value in found.common)
    assert all(len(who) >= k for who in holders.values())


@given(POOLS, st.integers(2, 6))
def test_a_published_number_lies_in_the_band_of_its_value(pool: dict[int, frozenset[int]], k: int) -> None:
    found = spread(pool, k, 0.2)
    if found is None:
        return
    lower = 0
    for band in found.bands:
        inside = [v for v in pool if lower < v <= band.upper and v not in found.common]
        assert all(min(inside) <= found.of(value) <= band.upper for value in inside)
        lower = band.upper


@given(POOLS, st.randoms(use_true_random=False))
def test_the_order_of_values_does_not_matter(pool: dict[int, frozenset[int]], shuffler: object) -> None:
    items = list(pool.items())
    again = sorted(items, key=lambda item: hash((shuffler.random(), item)))  # type: ignore[attr-defined]
    assert spread(dict(items), 3, 0.2) == spread(dict(again), 3, 0.2)
