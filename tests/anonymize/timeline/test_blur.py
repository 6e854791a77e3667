from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.anonymize.keys import GivenKey, RunKey
from smartsandbox.anonymize.timeline.blur import blurred
from smartsandbox.anonymize.timeline.course import Ints

KEY = GivenKey("07" * 32).key()
PAIRS = st.lists(st.tuples(st.integers(0, 500), st.integers(0, 8)), min_size=1, max_size=60)


def columns(pairs: list[tuple[int, int]]) -> tuple[Ints, Ints]:
    values, holders = np.array(pairs, np.int64).T
    return values.copy(), holders.copy()


def test_a_band_is_closed_when_k_people_are_in_it() -> None:
    # 10, 20, 30 are of three people; 40 and 50 of two more, with nobody left for a third: they join
    values, holders = columns([(10, 0), (20, 1), (30, 2), (40, 3), (50, 4), (60, 5), (70, 6)])
    found = blurred(values, holders, 3, KEY, 5)
    assert (found.bands, found.fewest) == (2, 3)
    assert all(10 <= found.of(value) <= 30 for value in (10, 20, 30))
    assert all(40 <= found.of(value) <= 70 for value in (40, 50, 60, 70))


def test_a_time_that_k_people_show_stays() -> None:
    values, holders = columns([(10, 0), (10, 1), (10, 2)])
    assert blurred(values, holders, 3, KEY, 5).of(10) == 10


def test_a_band_of_too_few_people_is_widened() -> None:
    found = {blurred(*columns([(1000, 0)]), 3, RunKey(bytes([at]) * 16), 100).of(1000) for at in range(30)}
    assert len(found) > 15
    assert all(900 <= value <= 1100 for value in found)


@given(PAIRS, st.integers(1, 4))
def test_what_one_person_shows_first_keeps_its_order(pairs: list[tuple[int, int]], k: int) -> None:
    found = blurred(*columns(pairs), k, KEY, 5)
    owner: dict[int, int] = {}
    for value, holder in sorted(pairs):
        owner.setdefault(value, holder)
    for one in set(owner.values()):
        mine = [found.of(value) for value in sorted(owner) if owner[value] == one]
        assert mine == sorted(mine)


@given(PAIRS, st.integers(1, 4), st.randoms())
def test_the_order_of_sighting_does_not_matter(pairs: list[tuple[int, int]], k: int, random: st.RandomType) -> None:  # type: ignore[name-defined]
    shuffled = list(pairs)
    random.shuffle(shuffled)
    one, other = (blurred(*columns(some), k, KEY, 5) for some in (pairs, shuffled))
    assert np.array_equal(one.new, other.new)
