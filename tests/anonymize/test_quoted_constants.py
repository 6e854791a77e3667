"""A constant in quotation marks: one customer's note quotes a word that the service writes in every answer."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from smartsandbox.anonymize.apply import prepare, source_values
from smartsandbox.anonymize.keys import RunKey
from smartsandbox.anonymize.suggest import suggest_policy
from smartsandbox.packs.certificate import SafeTrace
from smartsandbox.packs.model import Exchange
from smartsandbox.packs.trace import Trace

WORD = "Brizzlewick"


@pytest.mark.parametrize("quoted", [f'"{WORD}"', f"'{WORD}'", f'"{WORD}', WORD])
def test_a_json_string_of_a_constant_is_no_hit_for_the_quoted_constant(
    quoted: str, exchange: Callable[..., Exchange], anonymized: Callable[..., SafeTrace]
) -> None:
    notes = [quoted, *(f"memo nr {person}" for person in range(59))]
    safe = anonymized([_answered(exchange, person, note) for person, note in enumerate(notes)])

    bodies = [json.loads(one.response.body) for one in safe.trace.exchanges() if one.response]
    assert not [body for body in bodies if body["note"] == quoted]
    assert {body["source"] for body in bodies} == ({WORD} if quoted != WORD else {bodies[0]["source"]})


def test_what_few_hold_is_searched_for_with_and_without_its_quotes(
    exchange: Callable[..., Exchange], raw_trace: Callable[..., Trace], key: RunKey
) -> None:
    notes = [f'"{WORD}"', *(f"memo nr {person}" for person in range(59))]
    trace = raw_trace([_answered(exchange, person, note, f"Source{person % 20}") for person, note in enumerate(notes)])
    settled, _ = prepare(trace, suggest_policy(trace), key)

    assert f'"{WORD}"' in list(source_values(settled).values())


def _answered(exchange: Callable[..., Exchange], person: int, note: str, source: str = WORD) -> Exchange:
    body = {"email": f"u{person}@tidewater.example.org", "source": source, "note": note}
    return exchange("/v1/things", body, session=f"s_{person}")
