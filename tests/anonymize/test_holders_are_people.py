"""A word is common when enough people use it, however often one of them comes back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest

from smartsandbox.anonymize.apply import prepare
from smartsandbox.anonymize.keys import RunKey
from smartsandbox.anonymize.policy import Decision
from smartsandbox.anonymize.suggest import suggest_policy
from smartsandbox.anonymize.transform import Transformer
from smartsandbox.packs.model import Exchange
from smartsandbox.packs.trace import Trace

K = 5


def visits(exchange: Callable[..., Exchange], people: list[int]) -> list[Exchange]:
    """A visit in a session of its own for each number, which says whose it is, with one word; K others have another."""
    return [
        exchange(
            f"/v1/customers/cus_{person:03d}KqLm9Z",
            {"id": f"cus_{person:03d}KqLm9Z", "style": f"{word}-zebra", "note": f"{word} zebra stripes"},
            session=f"s_{number}",
        )
        for number, (person, word) in enumerate(
            [*((person, "vermilion") for person in people), *((100 + other, "indigo") for other in range(K))]
        )
    ]


@pytest.mark.parametrize(
    ("people", "published"),
    [
        ([1] * 12, False),
        ([1, 2, 3, 4] * 3, False),
        ([1, 2, 3, 4, 5], True),
        ([1] * 12 + [2, 3, 4, 5], True),
    ],
)
@pytest.mark.parametrize(("field", "decision"), [("style", "common"), ("note", "free_text")])
def test_sessions_of_one_person_count_once(
    exchange: Callable[..., Exchange],
    raw_trace: Callable[[Iterable[Exchange]], Trace],
    key: RunKey,
    people: list[int],
    published: bool,
    field: str,
    decision: str,
) -> None:
    trace = raw_trace(visits(exchange, people))
    policy = suggest_policy(trace, k=K)
    chosen = {"style": "drop", "note": "drop", field: decision}
    decided = {
        place: Decision.parse(chosen[place.pointer[-1]]) if place.pointer[-1:] in (("style",), ("note",)) else before
        for place, before in policy.decisions.items()
    }
    policy = replace(policy, decisions=decided, subjects=frozenset(p for p in decided if p.pointer == ("id",)))

    settled, _ = prepare(trace, policy, key)
    answers = [one.response for one in Transformer(settled).run(trace.exchanges())]

    said = {json.loads(answer.body)[field] for answer in answers if answer is not None}
    assert any("vermilion" in word for word in said) is published
