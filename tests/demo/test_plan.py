from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartsandbox.demo.people import make_people
from smartsandbox.demo.plan import make_plan

PEOPLE = make_people(7, 60, 3)


def test_the_same_seed_makes_the_same_plan() -> None:
    assert make_plan(PEOPLE, 1, 500) == make_plan(PEOPLE, 1, 500)
    assert make_plan(PEOPLE, 1, 500) != make_plan(PEOPLE, 2, 500)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 700))
def test_a_plan_has_exactly_the_requests_asked_for_in_order_within_its_length(seed: int, exchanges: int) -> None:
    plan = make_plan(PEOPLE, seed, exchanges)
    assert plan.exchanges == exchanges
    starts = [visit.steps[0].at_s for visit in plan.visits]
    assert starts == sorted(starts)
    for visit in plan.visits:
        times = [step.at_s for step in visit.steps]
        assert times == sorted(times)
        assert 0 <= times[0] <= times[-1] <= round(plan.seconds, 6) + 1e-6


def test_a_day_has_a_peak_a_quiet_end_and_an_incident() -> None:
    plan = make_plan(make_people(7), 1, 3000)
    times = [step.at_s / plan.seconds for visit in plan.visits for step in visit.steps]
    peak = sum(0.45 <= part < 0.56 for part in times) / 0.11
    quiet = sum(part < 0.15 or part > 0.9 for part in times) / 0.25
    assert peak > 3 * quiet
    assert 0.04 < len(plan.incident) / plan.exchanges < 0.15
    assert plan.incident.start > 1000


def test_nobody_opens_an_account_twice_and_only_staff_do_the_staffs_work() -> None:
    plan = make_plan(PEOPLE, 3, 2000)
    opened = Counter(visit.person.customer_id for visit in plan.visits if visit.journey == "onboard")
    assert set(opened.values()) == {1}
    for visit in plan.visits:
        assert (visit.person.role == "support") is (visit.journey in ("support", "export"))


def test_idempotency_keys_are_version_4_uuids_and_never_repeat() -> None:
    steps = [step for visit in make_plan(PEOPLE, 3, 2000).visits for step in visit.steps]
    keys = [step.idempotency_key for step in steps if step.idempotency_key is not None]
    assert len(set(keys)) == len(keys)
    assert {key[14] for key in keys} == {"4"}


@pytest.mark.parametrize("seconds", [1.0, 60.0])
def test_a_plan_takes_the_time_it_is_given(seconds: float) -> None:
    assert make_plan(PEOPLE, 1, 50, seconds).seconds == seconds
