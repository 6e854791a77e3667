"""The sample that attacks are played on: whole sessions, in any order of publication, never too many exchanges."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from smartsandbox.anonymize.attacks.sample import by_itself, side_by_side
from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.model import Exchange

Make = Callable[..., Exchange]


def traffic(exchange: Make, sessions: int = 40) -> list[Exchange]:
    """Five requests a session, sessions taking turns."""
    return [exchange(session=f"s_{at % sessions}") for at in range(5 * sessions)]


def test_a_small_trace_is_taken_whole_and_paired_by_id(exchange: Make) -> None:
    raw = traffic(exchange)
    pairs = side_by_side(raw, reversed(raw), lambda name: name)
    assert list(pairs) == [(one, one) for one in raw]
    assert list(pairs[3:5]) == [(raw[3], raw[3]), (raw[4], raw[4])]


def test_by_itself_the_same_exchanges_are_taken_and_each_is_paired_with_itself(exchange: Make) -> None:
    raw = traffic(exchange)
    alone = by_itself(raw, 5, 60)
    assert list(alone) == list(side_by_side(raw, raw, lambda name: name, 5, 60))
    assert all(one is made for one, made in alone)


def test_of_a_large_trace_whole_sessions_are_taken_in_order(exchange: Make) -> None:
    raw = traffic(exchange)
    taken = [one for one, _ in side_by_side(raw, raw, lambda name: name, most=60)]
    assert 5 <= len(taken) <= 60
    assert set(Counter(one.session for one in taken).values()) == {5}
    assert [one.id for one in taken] == sorted(one.id for one in taken)


def test_another_seed_takes_other_sessions_and_the_same_seed_the_same(exchange: Make) -> None:
    raw = traffic(exchange)
    one, again, other = (
        {pair[0].session for pair in side_by_side(raw, raw, lambda name: name, seed, 60)} for seed in (1, 1, 2)
    )
    assert one == again != other


def test_one_endless_session_is_cut(exchange: Make) -> None:
    raw = traffic(exchange, sessions=1) * 20
    assert len(side_by_side(raw, raw, lambda name: name, most=30)) == 31


def test_too_large_a_trace_is_thinned_to_one_session_of_everybody_in_any_order(exchange: Make) -> None:
    raw = traffic(exchange)
    person_of = {f"s_{number}": f"p_{number % 8}" for number in range(40)}
    taken = {
        frozenset(one.session or "" for one, _ in side_by_side(order, raw, lambda name: name, 0, 60, person_of.get))
        for order in (raw, raw[::-1], sorted(raw, key=lambda one: (person_of[str(one.session)], one.id)))
    }
    (sessions,) = taken
    assert sorted(person_of[session] for session in sessions) == [f"p_{number}" for number in range(8)]


def test_people_are_sampled_if_one_session_of_each_is_too_much(exchange: Make) -> None:
    raw = traffic(exchange)
    pairs = side_by_side(raw, raw, lambda name: name, most=10, person_of=lambda session: session)
    assert 5 <= len(pairs) <= 40
    assert set(Counter(one.session for one, _ in pairs).values()) == {5}


def test_an_exchange_that_was_cut_has_no_partner(exchange: Make) -> None:
    raw = traffic(exchange)
    assert side_by_side(raw, raw[1:], lambda name: name)[0] == (raw[0], None)


def test_published_exchanges_of_another_run_are_refused(exchange: Make) -> None:
    with pytest.raises(UsageError, match="1 published exchanges come from no exchange"):
        side_by_side([exchange()], [exchange()], lambda name: f"{name} made")
