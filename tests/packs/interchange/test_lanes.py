"""Sessions share a lane where they do not overlap."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.packs.interchange.entries import Entry
from smartsandbox.packs.interchange.lanes import lanes
from smartsandbox.packs.testing import a_request, a_response, an_exchange


def entry(name: str, session: str | None, start: int, length: int) -> Entry:
    made = an_exchange(name, a_request(), a_response(), at_us=start, session=session, total_us=length)
    return Entry(made, "00")


def test_a_session_follows_another_in_a_lane_once_that_has_ended() -> None:
    given_ = [entry("a", "one", 0, 10), entry("b", "two", 5, 10), entry("c", "one", 20, 5), entry("d", "three", 15, 1)]
    assert [[e.exchange.id for e in lane] for lane in lanes(given_)] == [["a", "c"], ["b", "d"]]


spans = st.lists(st.tuples(st.sampled_from(["a", "b", "c", "d", None]), st.integers(0, 100), st.integers(0, 30)))


@given(spans)
def test_lanes_hold_every_entry_once_and_no_two_sessions_at_once(spans: list[tuple[str | None, int, int]]) -> None:
    ordered = sorted(spans, key=lambda span: span[1])
    made = [entry(f"e{n:03}", *span) for n, span in enumerate(ordered)]
    dealt = lanes(made)

    assert sorted(e.exchange.id for lane in dealt for e in lane) == [e.exchange.id for e in made]
    for lane in dealt:
        for before, after in itertools.pairwise(lane):
            same = before.exchange.session is not None and before.exchange.session == after.exchange.session
            ended = before.exchange.started_us + (before.exchange.total_us or 0)
            assert same or ended <= after.exchange.started_us
