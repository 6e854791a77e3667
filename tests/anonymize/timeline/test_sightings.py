from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.anonymize.timeline.course import NONE
from smartsandbox.anonymize.timeline.sightings import SightingsLog

SEEN = st.lists(st.tuples(st.integers(-3, 9), st.integers(0, 3)), max_size=30)


def test_the_first_row_is_told_by_session_and_of_all() -> None:
    log = SightingsLog(pending=2)
    for us, session, row in ((50, 1, 0), (20, 0, 1), (50, 0, 2), (50, 1, 3)):
        log.take(us, session, row)
    seen = log.sightings()
    assert (seen.first(50), seen.first(50, 0), seen.first(50, 1), seen.first(20, 1)) == (0, 2, 0, NONE)
    assert (seen.first(7), seen.first(99)) == (NONE, NONE)


def test_no_sightings_are_none() -> None:
    assert SightingsLog().sightings().first(0) == NONE


@given(SEEN, st.integers(1, 6))
def test_they_are_those_of_a_dictionary_however_soon_they_are_sorted(seen: list[tuple[int, int]], pending: int) -> None:
    log, first = SightingsLog(pending), dict[tuple[int, int | None], int]()
    for row, (us, session) in enumerate(seen):
        log.take(us, session, row)
        first.setdefault((us, session), row)
        first.setdefault((us, None), row)
    found = log.sightings()
    found.release()
    asked = [(us, session) for us in range(-3, 10) for session in (None, 0, 1, 2, 3)]
    assert [found.first(*one) for one in asked] == [first.get(one, NONE) for one in asked]
