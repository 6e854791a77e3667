"""Scenarios: named stories that a tester asks for by name, as rules over requests. Data only; no code is run.

A scenario is a list of rules. The first one that fits a request decides: its endpoint, the state that the scenario is
in, and what stands in the request. It names the answer, the next state, or both. `docs/formats.md` has the fields.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from smartsandbox.packs.pointer import unescaped

START = "start"
"""The state that everything is in at first."""
ANY = "*"
_PARTS = ("body", "query", "path")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands in a request: `part` is body, query or path, `steps` the pointer or the one name."""

    part: str
    steps: tuple[str, ...]

    @staticmethod
    def parse(text: str) -> Place:
        """Read "body /amount", "query currency" or "path card_id". Raises ValueError."""
        part, _, name = text.partition(" ")
        if part not in _PARTS or not name or (part == "body" and name[0] != "/"):
            raise ValueError(f"{text!r} is no place such as 'body /amount', 'query currency' or 'path card_id'")
        steps = tuple(map(unescaped, name[1:].split("/"))) if part == "body" else (name,)
        return Place(part, steps)


@dataclass(frozen=True, slots=True)
class Condition:
    """What the value at a place must be: one of `values`, as texts, and within the bounds, all where given."""

    place: Place
    values: tuple[str, ...] | None = None
    above: Decimal | None = None
    below: Decimal | None = None

    def holds(self, value: str | None) -> bool:
        """For a value as text, None for one that is not there. Numbers are equal by value, not by spelling."""
        if value is None:
            return False
        number = number_of(value)
        if self.values is not None and not any(_same(value, number, wanted) for wanted in self.values):
            return False
        if self.above is None and self.below is None:
            return True
        if number is None:
            return False
        return (self.above is None or number > self.above) and (self.below is None or number < self.below)


def _same(value: str, number: Decimal | None, wanted: str) -> bool:
    return value == wanted or (number is not None and number == number_of(wanted))


def number_of(text: str) -> Decimal | None:
    """A finite number, or None."""
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


@dataclass(frozen=True, slots=True)
class Reply:
    """A recorded exchange, by id or by its status at the rule's endpoint; or, with a body, an answer of its own."""

    exchange: str | None = None
    status: int | None = None
    body: bytes | None = None
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """`state` and `to` are None for any state and for staying; `reply` is None for the recorded answer."""

    on: str
    tests: tuple[Condition, ...]
    state: str | None
    to: str | None
    reply: Reply | None


@dataclass(frozen=True, slots=True)
class Scenario:
    """`entity` is where the name of the thing stands whose state it is; the first that is there counts."""

    name: str
    entity: tuple[Place, ...]
    rules: tuple[Rule, ...]
