"""Answers are begun as much early as the last ones were late, within a bound."""

from collections.abc import Callable

import pytest

from smartsandbox.replay_engine.clock import Call, VirtualClock
from smartsandbox.replay_engine.serve.punctual import MOST, Lead, Punctual


class Late(VirtualClock):
    """A clock whose callbacks run `late` after they are due."""

    def __init__(self, late: float) -> None:
        super().__init__()
        self.late = late

    def call_at(self, when: float, callback: Callable[[], None]) -> Call:
        return super().call_at(when + self.late, callback)


def left_at(clock: Late, punctual: Punctual, due: float) -> float:
    """When the callback for `due` was run."""
    seen: list[float] = []
    punctual.call_at(due, lambda: seen.append(clock.now()))
    clock.advance(due + 1.0 - clock.now())
    return seen[0]


def test_what_was_late_is_made_up_for_after_eight_answers() -> None:
    clock = Late(0.0001)
    punctual = Punctual(clock)
    late = [left_at(clock, punctual, due) - due for due in range(2, 32, 2)]
    assert late[:8] == pytest.approx([0.0001] * 8)
    # As late as the alarm are the taking up of the request before it and the client's of the answer after it.
    assert late[8:] == pytest.approx([-0.0002] * 7)


def test_the_lead_is_the_median_of_three_wakings_and_the_work() -> None:
    lead = Lead()
    for woken, worked in [(0.0001, 0.00005)] * 5 + [(0.5, 0.5)] * 3:
        lead.learn(woken, worked)
    assert lead.seconds == pytest.approx(0.00035)


def test_the_lead_has_a_bound_and_is_never_less_than_nothing() -> None:
    lead = Lead()
    for _ in range(8):
        lead.learn(0.2, 0.0)
    assert lead.seconds == MOST
    for _ in range(40):
        lead.learn(-0.2, 0.0)
    assert lead.seconds == 0.0


def test_it_follows_a_machine_that_has_become_calm() -> None:
    lead = Lead()
    for late in [0.0004] * 40 + [0.00005] * 24:
        lead.learn(late, 0.0)
    assert lead.seconds == pytest.approx(0.00015)


def test_what_is_due_sooner_than_the_lead_is_done_at_once_and_teaches_nothing() -> None:
    clock = Late(0.0003)
    punctual = Punctual(clock)
    for due in range(2, 18, 2):
        left_at(clock, punctual, due)
    lead, seen = punctual.lead.seconds, list[float]()
    assert lead == pytest.approx(0.0009)
    for _ in range(8):
        clock.late, now = 0.0, clock.now()
        punctual.call_at(now + 0.0005, lambda: seen.append(clock.now()))
        clock.advance(0.0)
        assert seen.pop() == now
    assert punctual.lead.seconds == lead


def test_a_call_can_be_cancelled() -> None:
    clock = Late(0.0)
    Punctual(clock).call_at(1.0, lambda: pytest.fail("was cancelled")).cancel()
    clock.advance(2.0)
