"""The language of chaos: `latency=300ms,5xx=2%,reset@1%,bandwidth=64kbit,nth=3,until=30s`.

Parts are separated by commas, in any order. NAME, NAME=VALUE, NAME=CHANCE% and NAME=VALUE@CHANCE% are faults (see
`faults`); without a chance one always happens. Conditions are `nth=3` (only every third request), `until=10` (only the
first ten), `until=30s` (only so long after the first) and `endpoint=GET /v1/cards/*` (only these, `*` for anything);
requests are counted by session, and only those to the endpoint. `on=messages` turns all of it to what the server says
on WebSockets, counted by connection; `none` is no chaos.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from smartsandbox.packs.errors import UsageError
from smartsandbox.replay_engine.serve.faults import FAULTS
from smartsandbox.replay_engine.serve.faults.base import Fault, duration_us

_LONGEST = 1_000
_OF_MESSAGES = ("latency", "bandwidth", "close", "timeout", "reset")
_CHANCE = re.compile(r"(\d{1,3}(?:\.\d{1,9})?)%")


@dataclass(frozen=True, slots=True)
class Planned:
    """A fault, how often it happens (0 to 1), and its name."""

    name: str
    chance: float
    fault: Fault


@dataclass(frozen=True, slots=True)
class Spec:
    """Faults in the order of `FAULTS`, and when they apply. `until_count` and `until_us` are None for always."""

    faults: tuple[Planned, ...] = ()
    nth: int = 1
    until_count: int | None = None
    until_us: int | None = None
    endpoint: str = "*"
    on_messages: bool = False
    """It is for the messages of the WebSockets that the endpoint opens, not for answers."""

    @property
    def counts(self) -> bool:
        """True if it matters which request of its session one is."""
        return self.nth > 1 or self.until_count is not None or self.until_us is not None

    def concerns(self, endpoint: str) -> bool:
        """True if requests to this endpoint are counted at all."""
        return self.endpoint == "*" or fnmatchcase(endpoint, self.endpoint)

    def applies(self, number: int, since_us: float) -> bool:
        """For the `number`-th request of a session (from 1), `since_us` after its first."""
        if self.until_count is not None and number > self.until_count:
            return False
        return number % self.nth == 0 and (self.until_us is None or since_us <= self.until_us)


def parse(text: str) -> Spec:
    """Read a specification. Raises UsageError that names the part."""
    if len(text) > _LONGEST:
        raise UsageError(f"chaos of {len(text)} characters: at most {_LONGEST}")
    faults: dict[str, Planned] = {}
    conditions: dict[str, str] = {}
    for part in (part.strip() for part in text.split(",")):
        name, _, value = part.partition("=")
        name, at, chance = name.partition("@") if not value else (name, "", "")
        if part == "none":
            continue
        if name in faults or name in conditions:
            raise _bad(part, "is given twice")
        if name in _CONDITIONS:
            conditions[name] = value
        else:
            faults[name] = _planned(part, name, value, at + chance)
    spec = Spec(tuple(faults[name] for name in FAULTS if name in faults))
    for name, value in conditions.items():
        spec = _with(spec, name, value)
    unfit = [planned.name for planned in spec.faults if spec.on_messages and planned.name not in _OF_MESSAGES]
    if unfit:
        raise _bad(unfit[0], f"is nothing that a message can have: on=messages takes {', '.join(_OF_MESSAGES)}")
    return spec


def _planned(part: str, name: str, value: str, chance: str) -> Planned:
    kind = FAULTS.get(name)
    if kind is None:
        raise _bad(part, f"is none of: {', '.join((*FAULTS, *_CONDITIONS))}, none")
    if not chance:
        if _CHANCE.fullmatch(value):
            value, chance = "", f"@{value}"
        else:
            value, at, share = value.partition("@")
            chance = at + share
    try:
        return Planned(name, _chance(chance), kind.make(value))
    except ValueError as error:
        raise _bad(part, str(error)) from None


def _chance(text: str) -> float:
    if not text:
        return 1.0
    match = _CHANCE.fullmatch(text[1:])
    if match is None or float(match[1]) > 100:
        raise ValueError("has a chance that is not one from 0% to 100%, such as 2%")
    return float(match[1]) / 100


def _nth(spec: Spec, value: str) -> Spec:
    return replace(spec, nth=_count(value))


def _until(spec: Spec, value: str) -> Spec:
    if value.isdecimal():
        return replace(spec, until_count=_count(value))
    return replace(spec, until_us=duration_us(value))


def _endpoint(spec: Spec, value: str) -> Spec:
    if not value:
        raise ValueError("takes an endpoint such as GET /v1/cards/*")
    return replace(spec, endpoint=value)


def _on(spec: Spec, value: str) -> Spec:
    if value != "messages":
        raise ValueError("is for answers unless it says on=messages")
    return replace(spec, on_messages=True)


def _count(value: str) -> int:
    if not value.isascii() or not value.isdecimal() or not 1 <= int(value[:10]) <= 10**9:
        raise ValueError("takes a count from 1 on")
    return int(value)


_CONDITIONS: dict[str, Callable[[Spec, str], Spec]] = {"nth": _nth, "until": _until, "endpoint": _endpoint, "on": _on}


def _with(spec: Spec, name: str, value: str) -> Spec:
    try:
        return _CONDITIONS[name](spec, value)
    except ValueError as error:
        raise _bad(f"{name}={value}", str(error)) from None


def _bad(part: str, why: str) -> UsageError:
    return UsageError(f"chaos {part[:60]!r} {why}")
