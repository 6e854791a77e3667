"""The language of chaos: what it means, in any order, and the one line for what it does not."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.packs.errors import UsageError
from smartsandbox.replay_engine.serve.chaos_counts import Count
from smartsandbox.replay_engine.serve.chaos_spec import Spec, parse

PARTS = ["latency=300ms", "5xx=2%", "reset=1%", "bandwidth=64kbit", "nth=3", "until=10", "endpoint=GET /v1/*"]


def test_the_parts_by_hand() -> None:
    spec = parse(", ".join(PARTS))

    assert [(planned.name, planned.chance) for planned in spec.faults] == [
        ("5xx", 0.02),
        ("latency", 1.0),
        ("bandwidth", 1.0),
        ("reset", 0.01),
    ]
    assert (spec.nth, spec.until_count, spec.until_us, spec.endpoint) == (3, 10, None, "GET /v1/*")


@pytest.mark.parametrize(
    ("text", "chance"),
    [("reset", 1.0), ("reset=5%", 0.05), ("reset@5%", 0.05), ("latency=1s@5%", 0.05), ("status=503@100%", 1.0)],
)
def test_chances_are_written_after_the_name_or_the_value(text: str, chance: float) -> None:
    (planned,) = parse(text).faults

    assert planned.chance == pytest.approx(chance)


@given(st.permutations(PARTS))
def test_the_order_of_the_parts_does_not_matter(parts: list[str]) -> None:
    one, other = parse(",".join(parts)), parse(",".join(PARTS))

    assert [(planned.name, planned.chance) for planned in one.faults] == [
        (planned.name, planned.chance) for planned in other.faults
    ]
    assert (one.nth, one.until_count, one.endpoint) == (other.nth, other.until_count, other.endpoint)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "chaos '' is none of: 5xx, 4xx, status, corrupt, latency,"),
        ("slow", "chaos 'slow' is none of"),
        ("latency=fast", "chaos 'latency=fast' takes a time such as 300ms"),
        ("latency=5%", "chaos 'latency=5%' takes a time such as"),
        ("5xx=200%", "chaos '5xx=200%' has a chance that is not one from 0% to 100%"),
        ("reset@often", "chaos 'reset@often' has a chance that is not one"),
        ("reset,reset=1%", "chaos 'reset=1%' is given twice"),
        ("nth=0", "chaos 'nth=0' takes a count from 1 on"),
        ("nth", "chaos 'nth=' takes a count"),
        ("until=soon", "chaos 'until=soon' takes a duration"),
        ("endpoint=", "chaos 'endpoint=' takes an endpoint"),
        ("x" * 1001, "chaos of 1001 characters: at most 1000"),
    ],
)
def test_what_cannot_be_read_is_one_line_that_names_the_part(text: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(text)

    assert str(caught.value).startswith(said)
    assert "\n" not in str(caught.value)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(UsageError):
        assert parse(text) == parse(text)


def test_none_is_no_chaos() -> None:
    assert parse("none") == Spec()


def test_conditions_count_from_one() -> None:
    third = parse("reset,nth=3,until=7")
    brief = parse("reset,until=2s")

    assert [number for number in range(1, 13) if third.applies(number, 0.0)] == [3, 6]
    assert [brief.applies(1, 0.0), brief.applies(9, 2e6), brief.applies(10, 2.1e6)] == [True, True, False]


@pytest.mark.parametrize(
    ("endpoint", "concerns"), [("GET /v1/cards/{id}", True), ("POST /v1/cards", False), ("GET /v2/cards", False)]
)
def test_an_endpoint_is_named_with_stars(endpoint: str, concerns: bool) -> None:
    assert parse("reset,endpoint=GET /v1/*").concerns(endpoint) is concerns


def test_counts_tell_expected_against_fired() -> None:
    count = Count()
    for number in range(1000):
        count.add(0.02, number < 19)

    assert count.to_json()["told"] == "expected 2.00%, fired 1.90% of 1,000"
    assert count.bound == pytest.approx(4 * (1000 * 0.02 * 0.98) ** 0.5 + 1)
    assert count.as_configured
    for _ in range(30):
        count.add(0.0, True)
    assert not count.as_configured
