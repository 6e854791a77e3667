"""Four sessions small enough to deal by hand."""

from __future__ import annotations

import numpy as np

from smartsandbox.anonymize.timeline.course import NONE, Ints
from smartsandbox.anonymize.timeline.dealing import Dealt, Wait, deal


def ints(*values: int) -> Ints:
    return np.array(values, np.int64)


def dealt(instants: Ints, virtual: Ints, before: Ints, least: Ints | None = None, wrong: Ints | None = None) -> Dealt:
    zeros = np.zeros(len(instants), np.int64)
    waits = (Wait(before, np.where(before == NONE, 0, 1) if least is None else least),)
    return deal(instants, zeros if wrong is None else wrong, virtual, waits, about_due_us=30)


def test_instants_go_by_rank_of_the_virtual_times() -> None:
    # sessions a (rows 0, 4), b (1, 5), c (2, 6), d (3, 7): a begins where d began, b and c changed places
    instants = ints(0, 10, 20, 30, 100, 110, 120, 130)
    virtual = ints(30, 20, 10, 0, 900, 40, 35, 500)
    before = ints(NONE, NONE, NONE, NONE, 0, 1, 2, 3)
    assert dealt(instants, virtual, before).started_us.tolist() == [30, 20, 10, 0, 130, 110, 100, 120]


def test_who_waited_for_an_answer_waits_for_it_again() -> None:
    # b's second request wants to be at 12 but its answer takes 50, so a and c go first
    instants = ints(0, 10, 20, 30, 70, 80)
    virtual = ints(0, 10, 20, 12, 40, 60)
    before = ints(NONE, NONE, NONE, 1, 0, 2)
    least = ints(0, 0, 0, 50, 1, 1)
    found = dealt(instants, virtual, before, least)
    assert found.started_us.tolist() == [0, 10, 20, 70, 30, 80]
    assert found.early == 0


def test_at_the_end_the_one_that_is_left_goes_before_its_answer_and_is_counted() -> None:
    found = dealt(ints(0, 10), ints(0, 500), ints(NONE, 0), ints(0, 400))
    assert (found.started_us.tolist(), found.early) == ([0, 10], 1)


def test_failures_keep_their_instants_among_those_about_due() -> None:
    # the service failed at 10 and 20; the failed rows 1 and 2 are due at 25 and 26, the others before
    instants = ints(0, 10, 20, 30)
    nobody = ints(NONE, NONE, NONE, NONE)
    found = dealt(instants, ints(5, 25, 26, 6), nobody, wrong=ints(0, 1, 1, 0))
    assert found.started_us.tolist() == [0, 10, 20, 30]
    late = dealt(instants, ints(5, 100, 101, 6), nobody, wrong=ints(0, 1, 1, 0))
    assert late.started_us.tolist() == [0, 20, 30, 10]


def test_an_effect_goes_after_its_cause() -> None:
    instants = ints(0, 10, 20)
    chain, cause = ints(NONE, NONE, NONE), ints(NONE, NONE, 1)
    none = np.zeros(3, np.int64)
    found = deal(instants, none, ints(50, 60, 0), (Wait(chain, none), Wait(cause, none)))
    assert found.started_us.tolist() == [0, 10, 20]
