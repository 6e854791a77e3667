"""A second release, and what a whole run does with times."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from smartsandbox.anonymize.apply import anonymize_trace, prepare
from smartsandbox.anonymize.keys import RunKey
from smartsandbox.anonymize.retime import WEEK_US
from smartsandbox.anonymize.suggest import suggest_policy
from smartsandbox.anonymize.timeline.second import second_start
from smartsandbox.packs.model import Exchange
from smartsandbox.packs.trace import Trace

Make = Callable[..., Exchange]
Write = Callable[[Iterable[Exchange]], Trace]


@pytest.fixture
def traffic(exchange: Make) -> list[Exchange]:
    """Thirty sessions of three requests, a fifth of a second apart, with an answer that tells its time."""
    made = []
    for number in range(30):
        for step, path in enumerate(("/v1/things", "/v1/orders", "/v1/things")):
            start = 1_700_000_000_000_000 + number * 200_000 + step * 90_000
            body = {"created": start // 1_000_000, "at": f"2023-11-14T22:13:{20 + number // 5:02d}.{number:03d}Z"}
            made.append(replace(exchange(path, body, session=f"s_{number}"), started_us=start))
    return made


def test_a_second_release_uses_the_same_instants_in_another_way(
    traffic: list[Exchange], raw_trace: Write, key: RunKey
) -> None:
    trace = raw_trace(traffic)
    settled, _ = prepare(trace, suggest_policy(trace), key)
    start = second_start(settled.found.course, settled.times.course, 5, key)
    starts = list(map(start, trace.exchanges()))
    first = (settled.times.timeline.started_us - settled.times.timeline.weeks * WEEK_US).tolist()
    recorded = [one.started_us for one in trace.exchanges()]
    assert sorted(starts) == sorted(first) == recorded
    assert sum(one == other for one, other in zip(starts, first, strict=True)) < len(starts) / 4
    again = second_start(settled.found.course, settled.times.course, 5, key)
    assert starts == list(map(again, trace.exchanges()))


def test_the_order_of_the_input_does_not_matter(
    traffic: list[Exchange], raw_trace: Write, key: RunKey, tmp_path: Path
) -> None:
    digests = set()
    for seed in range(2):
        random.Random(seed).shuffle(traffic)
        trace = raw_trace(traffic)
        digests.add(anonymize_trace(trace, suggest_policy(trace), key, tmp_path / str(seed)).trace.digest)
    assert len(digests) == 1


def test_arrivals_are_as_recorded_and_creation_times_are_those_of_their_requests(
    traffic: list[Exchange], raw_trace: Write, key: RunKey, tmp_path: Path
) -> None:
    trace = raw_trace(traffic)
    made = list(anonymize_trace(trace, suggest_policy(trace), key, tmp_path / "safe").trace.exchanges())
    recorded = [one.started_us for one in trace.exchanges()]
    starts = sorted(one.started_us for one in made)
    assert len({new - old for new, old in zip(starts, recorded, strict=True)}) == 1
    assert (starts[0] - recorded[0]) % WEEK_US == 0
    for one in made:
        assert one.response is not None
        created = int(one.response.body.split(b'"created": ')[1].split(b",")[0])
        assert abs(created * 1_000_000 - one.started_us) < 4_000_000
