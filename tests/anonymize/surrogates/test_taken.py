from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.anonymize.surrogates.taken import Taken


@given(st.lists(st.text(alphabet="ab\ud800", max_size=3), max_size=30))
def test_a_place_is_taken_once(places: list[str]) -> None:
    taken, before = Taken(), set[str]()
    for place in places:
        assert taken.take(place) == (place not in before)
        before.add(place)
