from __future__ import annotations

from random import Random
from string import Template

import orjson
import pytest

from smartsandbox.demo import journeys
from smartsandbox.demo.journeys import JSON, Journey
from smartsandbox.demo.people import make_people

PERSON = make_people(7, 8, 1)[-1]
ALL = [
    journeys.onboard,
    journeys.shop,
    journeys.refund,
    journeys.dispute,
    journeys.move,
    journeys.support,
    journeys.export,
]


@pytest.mark.parametrize("journey", ALL)
@pytest.mark.parametrize("seed", range(5))
def test_a_journey_uses_only_what_it_kept_before(journey: Journey, seed: int) -> None:
    known: set[str] = set()
    for ask in journey(PERSON, Random(seed)):
        parts = (ask.target, ask.body or "", *(value for _, value in ask.headers))
        assert {name for part in parts for name in Template(part).get_identifiers()} <= known
        known |= {name for name, _ in ask.keeps}


@pytest.mark.parametrize("journey", ALL)
def test_every_json_body_is_valid(journey: Journey) -> None:
    for ask in journey(PERSON, Random(1)):
        if ask.body is not None and ask.media == JSON:
            orjson.loads(ask.body)


@pytest.mark.parametrize("journey", [*ALL, journeys.blunder])
def test_a_journey_repeats_for_the_same_seed(journey: Journey) -> None:
    assert journey(PERSON, Random(9)) == journey(PERSON, Random(9))


def test_a_blunder_begins_with_a_wrong_password() -> None:
    first = journeys.blunder(PERSON, Random(1))[0]
    assert orjson.loads(first.body or "")["password"] != PERSON.password
