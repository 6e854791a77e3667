"""Which classes of size would hide who was sent what, and what padding to them would cost: found on the raw answers.

Sizes change little when values are replaced, so the attack on sizes is played on the capture itself, with its answers
padded to one class after another. Nothing here quotes a value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from smartsandbox.anonymize.attacks import SIZES
from smartsandbox.anonymize.attacks.base import Trial
from smartsandbox.anonymize.attacks.control import split
from smartsandbox.anonymize.attacks.extract import Extract
from smartsandbox.anonymize.attacks.gate import BOUNDS, Outcome, judge
from smartsandbox.anonymize.attacks.sample import Pairs, by_itself
from smartsandbox.anonymize.attacks.sessions import Session, Sighting, group_of, sessions_of, sizes_of
from smartsandbox.anonymize.attacks.sizes import Sizes
from smartsandbox.anonymize.attacks.suite import run_attacks, stream
from smartsandbox.anonymize.size_classes import EXACT, LEAST, MOST, class_of, padded
from smartsandbox.packs.model import Exchange

STEP = 4
"""How much larger each smallest class is that is tried."""

DRAWS = 3
"""Splits of the people under each of which the attack must not find more than its bound: one alone may be luck."""


@dataclass(frozen=True, slots=True)
class SizeForecast:
    """`least` is the smallest class that hides people: the first under which the attack is within its bound, or else
    the first under which it may be no better than chance, or else the one that leaves least.
    `largest` is the class of the largest answer: under it all that can be padded are alike.
    """

    least: int
    outcome: Outcome
    risk: float
    largest: int


def size_forecast(read: Callable[[], Iterable[Exchange]], seed: int) -> SizeForecast:
    """Tries the classes from the smallest on. The same exchanges and seed give the same forecast."""
    pairs = by_itself(read(), seed)
    raw = _sessions(pairs, EXACT)
    largest = max((size for session in raw for size in session.sizes), default=0)
    tried = []
    ladder = _ladder(largest)
    for least in ladder:
        tried.append((least, *_played(raw, _sessions(pairs, least), least, seed)))
        if tried[-1][1] is Outcome.HELD:
            break
    least, outcome, trial = min(tried, key=_worth)
    return SizeForecast(least, outcome, trial.risk.value, ladder[-1])


def padding(read: Callable[[], Iterable[Exchange]], least: int, seed: int) -> tuple[int, int]:
    """The bytes of all answers of the sample, and how many padding to classes from `least` on adds."""
    pairs = by_itself(read(), seed)
    held, made = (sum(sum(session.sizes) for session in _sessions(pairs, size)) for size in (EXACT, least))
    return held, made - held


def _worth(tried: tuple[int, Outcome, Trial]) -> tuple[bool, bool, float]:
    least, outcome, trial = tried
    by_chance = trial.risk.low == 0
    return outcome is not Outcome.HELD, not by_chance, least if by_chance else trial.risk.high


def _ladder(largest: int) -> Sequence[int]:
    found, top = [LEAST], min(MOST, max(LEAST, class_of(largest)))
    while found[-1] < top:
        found.append(min(top, found[-1] * STEP))
    return found


def _sessions(pairs: Pairs, least: int) -> tuple[Session, ...]:
    return sessions_of(_sighting(exchange, least) for exchange, _ in pairs)


def _sighting(exchange: Exchange, least: int) -> Sighting:
    key, response = group_of(exchange), exchange.response
    if least != EXACT and response is not None:
        exchange = replace(exchange, response=padded(response, least))
    return Sighting(key, key, exchange.started_us, "", sizes_of(exchange))


def _played(raw: tuple[Session, ...], published: tuple[Session, ...], least: int, seed: int) -> tuple[Outcome, Trial]:
    """The worst of some splits."""
    found = Extract((), (), (), raw, published)
    attacks, bound = {SIZES: Sizes(least=least)}, BOUNDS[SIZES].most
    results = []
    for draw in range(DRAWS):
        parted = split(found, lambda rows: rows, frozenset(), stream(seed + draw, "split"))
        results += [one.result for one in run_attacks(parted, seed + draw, attacks)]
    worst = max(results, key=lambda one: one.risk.high)
    return judge(worst, bound).outcome, worst.worst
