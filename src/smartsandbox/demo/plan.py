"""The plan of a demo's day: who comes when, and what they ask. A value; nothing is sent here.

The plan is a function of people, seed, number of exchanges and length. Times are seconds from its start.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from uuid import UUID

from smartsandbox.demo import journeys
from smartsandbox.demo.day import INCIDENT, in_incident, moments
from smartsandbox.demo.journeys import Ask, Journey
from smartsandbox.demo.people import Person
from smartsandbox.demo.service.seeding import established

_RETURNING: tuple[tuple[Journey, int], ...] = (
    (journeys.shop, 42),
    (journeys.refund, 22),
    (journeys.dispute, 12),
    (journeys.move, 8),
    (journeys.blunder, 7),
    (journeys.support, 7),
    (journeys.export, 4),
)
_RETURNING_IN_INCIDENT = tuple((journey, 30 if journey is journeys.blunder else share) for journey, share in _RETURNING)
_STAFF = (journeys.support, journeys.export)
_AGENTS = (
    "harbourpay-python/2.4.1",
    "harbourpay-node/5.0.3",
    "HarbourPay/7.12 (iPhone; iOS 19.1)",
    "HarbourPay/7.11 (Android 16)",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/141.0 Safari/537.36",
)
_MEAN_PAUSE_S = 0.14
_JOURNEY_MEAN = 10
EXCHANGES_PER_S = 110


@dataclass(frozen=True, slots=True)
class Step:
    """A request with its time. `retry` says whether the client asks again after a 5xx or a dropped connection."""

    at_s: float
    ask: Ask
    idempotency_key: str | None
    retry: bool


@dataclass(frozen=True, slots=True)
class Visit:
    """One person's journey over one connection."""

    person: Person
    journey: str
    agent: str
    gzip: bool
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Visits in the order of their first request."""

    seed: int
    seconds: float
    visits: tuple[Visit, ...]

    @property
    def exchanges(self) -> int:
        """How many requests are planned; retries come on top, and what a refusal makes impossible falls away."""
        return sum(len(visit.steps) for visit in self.visits)

    @property
    def incident(self) -> range:
        """The numbers of the requests, in order of time, that fall into the day's high-error phase."""
        parts = [step.at_s / self.seconds for visit in self.visits for step in visit.steps]
        before = sum(part < INCIDENT[0] for part in parts)
        return range(before, before + sum(in_incident(part) for part in parts))


def make_plan(people: Sequence[Person], seed: int, exchanges: int, seconds: float | None = None) -> Plan:
    """A plan of exactly `exchanges` requests; without `seconds` as long as 110 requests a second take."""
    rng = Random(f"plan/{seed}")
    length = seconds if seconds is not None else exchanges / EXCHANGES_PER_S
    visitors = _Visitors(people, rng)
    visits: list[Visit] = []
    while (lacking := exchanges - _total(visits)) > 0:
        for part in moments(rng, max(1, lacking // _JOURNEY_MEAN + 1)):
            visits.append(_visit(rng, *visitors.next(part), part * length, length))
    kept = _shortened(rng, visits, exchanges)
    return Plan(seed, length, tuple(sorted(kept, key=lambda visit: visit.steps[0].at_s)))


def _total(visits: Sequence[Visit]) -> int:
    return sum(len(visit.steps) for visit in visits)


def _shortened(rng: Random, visits: list[Visit], exchanges: int) -> list[Visit]:
    """Visits with exactly `exchanges` steps: some, from anywhere in the day, end early or do not take place."""
    surplus = _total(visits) - exchanges
    lengths = [len(visit.steps) for visit in visits]
    for place in rng.sample(range(len(visits)), len(visits)):
        taken = min(surplus, lengths[place])
        lengths[place] -= taken
        surplus -= taken
    return [replace(visit, steps=visit.steps[:most]) for visit, most in zip(visits, lengths, strict=True) if most]


class _Visitors:
    """Draws who comes and why. Whoever has no account yet comes to open one."""

    def __init__(self, people: Sequence[Person], rng: Random) -> None:
        self._rng = rng
        self._staff = [person for person in people if person.role == "support"]
        self._known = list(established(people))
        known = set(self._known)
        self._new = [person for person in people if person.role == "customer" and person not in known]
        rng.shuffle(self._new)

    def next(self, part: float) -> tuple[Person, Journey]:
        if self._new and self._rng.random() < 0.42:
            person = self._new.pop()
            self._known.append(person)
            return person, journeys.onboard
        table = _RETURNING_IN_INCIDENT if in_incident(part) else _RETURNING
        journey = self._rng.choices([entry for entry, _ in table], [share for _, share in table])[0]
        return self._rng.choice(self._staff if journey in _STAFF else self._known), journey


def _visit(rng: Random, person: Person, journey: Journey, start_s: float, length_s: float) -> Visit:
    at = start_s
    steps: list[Step] = []
    for ask in journey(person, rng):
        pause = 0.0 if ask.hasty or not steps else 0.02 + rng.expovariate(1 / _MEAN_PAUSE_S)
        at = min(at + pause, length_s)
        key = str(UUID(int=rng.getrandbits(128), version=4)) if ask.method == "POST" and ask.signed_in else None
        steps.append(Step(round(at, 6), ask, key, rng.random() < 0.6))
    return Visit(person, journey.__name__, rng.choice(_AGENTS), rng.random() < 0.85, tuple(steps))
