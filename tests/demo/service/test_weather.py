from __future__ import annotations

import itertools

import pytest

from smartsandbox.demo.service.weather import Fault, Weather, error_of


def _faults(seed: int, count: int, *incidents: range) -> list[Fault | None]:
    weather = Weather(seed, incidents)
    return [weather.next() for _ in range(count)]


def test_the_same_seed_brings_the_same_weather() -> None:
    assert _faults(5, 3000) == _faults(5, 3000)
    assert _faults(5, 3000) != _faults(6, 3000)


@pytest.mark.parametrize("seed", range(5))
def test_errors_are_many_in_an_incident_and_few_outside(seed: int) -> None:
    faults = [fault is not None for fault in _faults(seed, 3000, range(1800, 2400))]
    assert sum(faults[1800:2400]) / 600 > 0.08
    assert (sum(faults[:1800]) + sum(faults[2500:])) / 2300 < 0.04


def test_errors_come_in_bursts() -> None:
    faults = [fault is not None for fault in _faults(1, 50_000)]
    after_error = [later for before, later in itertools.pairwise(faults) if before]
    assert sum(after_error) / len(after_error) > 5 * sum(faults) / len(faults)


@pytest.mark.parametrize("fault", [Fault.INTERNAL, Fault.BAD_GATEWAY, Fault.UNAVAILABLE])
def test_a_fault_with_an_answer_has_its_status(fault: Fault) -> None:
    assert error_of(fault).status == fault.value
