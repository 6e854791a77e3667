"""Draws repeat, do not hang together, and spread evenly where that is asked for."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.replay_engine.draws import Draw

TEXT = st.text(max_size=20)


@given(st.integers(), TEXT, st.integers(0, 10**9), TEXT)
def test_a_draw_is_a_share_that_only_its_four_parts_decide(seed: int, session: str, ordinal: int, name: str) -> None:
    one, other = Draw(seed, session, ordinal), Draw(seed, session, ordinal)

    assert 0.0 <= one.uniform(name) < 1.0
    assert 0.0 <= one.spread(name) < 1.0
    assert (one.uniform(name), one.spread(name)) == (other.uniform(name), other.spread(name))


def test_each_part_changes_the_draw() -> None:
    draws = [Draw(1, "a", 1), Draw(2, "a", 1), Draw(1, "b", 1), Draw(1, "a", 2)]

    assert len({draw.uniform("x") for draw in draws} | {draws[0].uniform("y")}) == 5


def test_64_ordinals_have_one_spread_draw_in_each_64th() -> None:
    strata = [[int(Draw(7, "s", at).spread("x") * 64) for at in range(start, start + 64)] for start in (0, 64)]

    assert sorted(strata[0]) == sorted(strata[1]) == list(range(64))
    assert strata[0] != strata[1]
    assert strata[0] != list(range(64))


def test_spread_draws_do_not_follow_one_another() -> None:
    draws = np.array([Draw(7, "s", at).spread("x") for at in range(6400)])

    assert abs(float(np.corrcoef(draws[1:], draws[:-1])[0, 1])) < 0.05
