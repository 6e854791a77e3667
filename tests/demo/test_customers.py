from __future__ import annotations

import asyncio

import orjson
import pytest

from smartsandbox.demo.customers import build, drive, kept, possible
from smartsandbox.demo.http_client import Answered, Connection
from smartsandbox.demo.journeys import Ask
from smartsandbox.demo.people import make_people
from smartsandbox.demo.plan import Plan, Step, Visit
from smartsandbox.packs.model import Headers, header
from smartsandbox.replay_engine.clock import VirtualClock

PERSON = make_people(7, 8, 1)[-1]
ANSWER = Answered(200, (("ETag", 'W/"1"'),), b'{"id":"acct_1","data":[{"id":"x"}],"count":3}')


class _InstantClock(VirtualClock):
    async def sleep_until(self, when: float) -> None:
        self.advance(max(0.0, when - self.now()))


class _Script(Connection):
    """Answers from a list; None drops the connection. Remembers what was sent."""

    def __init__(self, answers: list[Answered | None]) -> None:
        super().__init__("nowhere", 0)
        self.answers = answers
        self.sent: list[tuple[str, Headers, bytes]] = []

    async def send(self, method: str, target: str, headers: Headers, body: bytes = b"") -> Answered:
        self.sent.append((target, headers, body))
        answer = self.answers.pop(0)
        if answer is None:
            raise ConnectionError
        return answer


def _visit(*asks: Ask, retry: bool = False) -> Visit:
    steps = tuple(
        Step(float(place), ask, "key" if ask.method == "POST" else None, retry) for place, ask in enumerate(asks)
    )
    return Visit(PERSON, "test", "agent/1", True, steps)


def _drive(visit: Visit, script: _Script) -> tuple[int, int, int]:
    driven = asyncio.run(drive(Plan(1, 9.0, (visit,)), lambda: script, _InstantClock()))
    return driven.sent, driven.dropped, driven.skipped


@pytest.mark.parametrize(
    ("place", "value"),
    [(("id",), "acct_1"), (("data", 0, "id"), "x"), (("@etag",), 'W/"1"'), (("data", 5), None), (("count",), None)],
)
def test_what_is_kept_from_an_answer(place: tuple[str | int, ...], value: str | None) -> None:
    assert kept((("name", place),), ANSWER) == ({"name": value} if value else {})


def test_nothing_is_kept_from_an_error() -> None:
    assert kept((("name", ("id",)),), Answered(500, (), b"not even JSON")) == {}


def test_a_request_is_filled_with_what_was_kept() -> None:
    visit = _visit(Ask("POST", "/v1/accounts/${account}", '{"card":"${card}"}'))
    values = {"account": "acct_1", "card": "card_1", "token": "jwt"}
    target, headers, body = build(visit, visit.steps[0], values, "hp_session=1")
    assert (target, orjson.loads(body)) == ("/v1/accounts/acct_1", {"card": "card_1"})
    assert header(headers, "authorization") == "Bearer jwt"
    assert header(headers, "cookie") == "hp_session=1"
    assert header(headers, "idempotency-key") == "key"


def test_without_a_session_the_api_token_is_sent() -> None:
    visit = _visit(Ask("GET", "/v1/accounts"))
    assert header(build(visit, visit.steps[0], {}, None)[1], "authorization") == f"Bearer {PERSON.api_token}"


def test_a_request_that_stands_on_a_missing_answer_is_not_possible() -> None:
    step = _visit(Ask("GET", "/a", headers=(("If-None-Match", "${etag}"),))).steps[0]
    assert not possible(step, {})
    assert possible(step, {"etag": "1"})


def test_steps_after_a_failure_are_skipped_and_counted() -> None:
    visit = _visit(Ask("GET", "/a", keeps=(("account", ("id",)),)), Ask("GET", "/b/${account}"), Ask("GET", "/c"))
    script = _Script([Answered(503, (), b""), ANSWER])
    assert _drive(visit, script) == (2, 0, 1)
    assert [target for target, _, _ in script.sent] == ["/a", "/c"]


def test_a_dropped_request_is_sent_again_with_the_same_key_once() -> None:
    visit = _visit(Ask("POST", "/a", "{}"), retry=True)
    script = _Script([None, None])
    assert _drive(visit, script) == (2, 2, 0)
    assert script.sent[0] == script.sent[1]
