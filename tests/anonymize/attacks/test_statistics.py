"""Rates and risks against hand-worked numbers, then their properties."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.anonymize.attacks.statistics import Rate, advantage, attempts_needed, residual_risk, wilson

COUNTS = st.integers(1, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(
    ("successes", "attempts", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (5, 10, 0.2366, 0.7634),
        (81, 263, 0.2553, 0.3662),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_intervals_are_the_published_ones(successes: int, attempts: int, low: float, high: float) -> None:
    rate = wilson(successes, attempts)
    assert (rate.low, rate.high) == pytest.approx((low, high), abs=1e-4)


def test_the_centre_of_four_in_four_is_worked_by_hand() -> None:
    assert wilson(4, 4).value == pytest.approx((4 + 1.96**2 / 2) / (4 + 1.96**2), abs=1e-4)


@pytest.mark.parametrize(("successes", "attempts"), [(0, 0), (3, 2), (-1, 2)])
def test_impossible_counts_give_no_rate(successes: int, attempts: int) -> None:
    with pytest.raises(ValueError, match="no rate"):
        wilson(successes, attempts)


def test_risk_is_the_share_of_what_the_control_left() -> None:
    risk = residual_risk(Rate(0.6, 0.0), Rate(0.2, 0.0))
    assert (risk.value, risk.low, risk.high) == pytest.approx((0.5, 0.5, 0.5))


def test_the_error_of_the_risk_comes_from_both_rates() -> None:
    risk = residual_risk(Rate(0.6, 0.08), Rate(0.2, 0.04))
    assert risk.high - risk.value == pytest.approx((0.1**2 + 0.025**2) ** 0.5)


def test_an_attack_worse_than_the_control_has_no_risk() -> None:
    assert residual_risk(Rate(0.1, 0.0), Rate(0.4, 0.0)).value == 0.0


def test_the_advantage_is_the_difference() -> None:
    found = advantage(Rate(0.9, 0.03), Rate(0.5, 0.04))
    assert (found.value, found.low, found.high) == pytest.approx((0.4, 0.35, 0.45))


def test_attempts_needed_is_the_first_number_that_suffices() -> None:
    def upper(count: int) -> float:
        return residual_risk(wilson(0, count), wilson(0, count)).high

    needed = attempts_needed(0.2)
    assert upper(needed) <= 0.2 < upper(needed - 1)


@given(COUNTS, COUNTS)
def test_every_interval_holds_its_risk_and_stays_between_0_and_1(
    attack: tuple[int, int], control: tuple[int, int]
) -> None:
    for measure in (residual_risk, advantage):
        risk = measure(wilson(*attack), wilson(*control))
        assert 0.0 <= risk.low <= risk.value <= risk.high <= 1.0


@given(COUNTS)
def test_the_observed_share_lies_in_its_interval(counts: tuple[int, int]) -> None:
    rate = wilson(*counts)
    assert rate.low - 1e-9 <= counts[0] / counts[1] <= rate.high + 1e-9
