"""The simulated customers: carry out a plan against a running service, each visit on a connection of its own.

Requests go out at their planned times whether or not others have been answered (an open loop); only within a visit
does one wait for the one before, as it needs its answer.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from string import Template
from typing import Any

import orjson

from smartsandbox.demo.http_client import Answered, Connection
from smartsandbox.demo.journeys import Keeps
from smartsandbox.demo.plan import Plan, Step, Visit
from smartsandbox.packs.model import Headers, header
from smartsandbox.packs.progress import Track, silent
from smartsandbox.replay_engine.clock import Clock

HOST = "api.harbourpay.test"
_RETRY_PAUSE_S = 0.12
Connect = Callable[[], Connection]


@dataclass(slots=True)
class Driven:
    """What was sent and how it ended. `skipped` are steps whose journey had failed before; `dropped` got no answer."""

    sent: int = 0
    dropped: int = 0
    skipped: int = 0
    statuses: Counter[int] = field(default_factory=Counter)


@dataclass(slots=True)
class _Memory:
    """What one visit keeps from its answers."""

    values: dict[str, str]
    cookie: str | None = None


async def drive(plan: Plan, connect: Connect, clock: Clock, track: Track = silent) -> Driven:
    """Carry out the whole plan; returns when the last visit is over. `track` counts planned requests."""
    driven = Driven()
    start = clock.now()
    ticks = iter(track(range(plan.exchanges), "recording customers", plan.exchanges))
    visits = [_play(visit, connect(), clock, start, driven, ticks) for visit in plan.visits]
    await asyncio.gather(*visits)
    for _ in ticks:
        pass
    return driven


async def _play(
    visit: Visit, connection: Connection, clock: Clock, start: float, driven: Driven, ticks: Iterator[int]
) -> None:
    memory = _Memory({})
    try:
        for step in visit.steps:
            await clock.sleep_until(start + step.at_s)
            next(ticks, None)
            if not possible(step, memory.values):
                driven.skipped += 1
                continue
            status = await _exchange(visit, step, connection, memory, driven)
            if step.retry and (status is None or status >= 500):
                await clock.sleep_until(clock.now() + _RETRY_PAUSE_S)
                await _exchange(visit, step, connection, memory, driven)
    finally:
        connection.close()


async def _exchange(visit: Visit, step: Step, connection: Connection, memory: _Memory, driven: Driven) -> int | None:
    target, headers, body = build(visit, step, memory.values, memory.cookie)
    driven.sent += 1
    try:
        answered = await connection.send(step.ask.method, target, headers, body)
    except ConnectionError:
        driven.dropped += 1
        return None
    driven.statuses[answered.status] += 1
    memory.values |= kept(step.ask.keeps, answered)
    cookie = header(answered.headers, "set-cookie")
    memory.cookie = cookie.partition(";")[0] if cookie else memory.cookie
    return answered.status


def possible(step: Step, values: dict[str, str]) -> bool:
    """Whether everything that a step's request stands on has been answered."""
    ask = step.ask
    parts = (ask.target, ask.body or "", *(value for _, value in ask.headers))
    return all(name in values for part in parts for name in Template(part).get_identifiers())


def build(visit: Visit, step: Step, values: dict[str, str], cookie: str | None) -> tuple[str, Headers, bytes]:
    """Target, headers and body of a step's request, with the kept values filled in."""
    ask = step.ask
    headers = [("Host", HOST), ("User-Agent", visit.agent), ("Accept", "application/json")]
    headers += [("Accept-Encoding", "gzip")] if visit.gzip else []
    headers += [("X-Forwarded-For", visit.person.ip)]
    if ask.signed_in:
        headers.append(("Authorization", f"Bearer {values.get('token', visit.person.api_token)}"))
    if cookie is not None:
        headers.append(("Cookie", cookie))
    if ask.body is not None:
        headers.append(("Content-Type", ask.media))
    if step.idempotency_key is not None:
        headers.append(("Idempotency-Key", step.idempotency_key))
    headers += [(name, _fill(value, values)) for name, value in ask.headers]
    body = b"" if ask.body is None else _fill(ask.body, values).encode()
    return _fill(ask.target, values), tuple(headers), body


def kept(keeps: Keeps, answered: Answered) -> dict[str, str]:
    """The values of a successful answer that a step wants to keep; what is not there is left out."""
    if not keeps or not 200 <= answered.status < 300:
        return {}
    body = orjson.loads(answered.body)
    found = {
        name: header(answered.headers, "etag") if place == ("@etag",) else _at(body, place) for name, place in keeps
    }
    return {name: value for name, value in found.items() if isinstance(value, str)}


def _at(value: Any, place: tuple[str | int, ...]) -> Any:
    for key in place:
        try:
            value = value[key]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _fill(text: str, values: dict[str, str]) -> str:
    return Template(text).substitute(values) if "$" in text else text
