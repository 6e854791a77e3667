"""Compares the answers of two runs over one schedule, place by place, as soon as both have come.

The first run's answer is the one expected. Values that the targets issued are compared by what each of them calls the
recorded value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from smartsandbox.replay_engine.drive.judging.compare import Finding, Heard, Kind, Terms
from smartsandbox.replay_engine.drive.judging.names import composed
from smartsandbox.replay_engine.drive.judging.rules import Rules
from smartsandbox.replay_engine.rows import Rows

Told = tuple[Heard | None, Mapping[str, str]]
"""An answer, None where there was none, and the names that its target goes by."""
Took = Callable[[str, list[Finding]], None]
ENDING = Finding(Kind.ENDING, "")


@dataclass(slots=True)
class Side:
    """One of the two runs, as a Listener."""

    pairing: Pairing
    number: int

    def answered(self, at: int, row: int, answer: Heard, names: Mapping[str, str]) -> None:
        """See dialogue.Listener."""
        self.pairing.told(self.number, at, row, (answer, names))

    def failed(self, at: int, row: int) -> None:
        """See dialogue.Listener."""
        self.pairing.told(self.number, at, row, (None, {}))


class Pairing:
    """`took` gets the endpoint and the differences of each pair. With `keep`, the first run's answers stay, so that
    several runs can be compared with it, one after another."""

    def __init__(self, rows: Rows, rules: Rules, took: Took, *, keep: bool = False) -> None:
        self.issued: frozenset[tuple[str, str]] = frozenset()
        """Places of answers that issue values."""
        self.origins: Mapping[str, str] = {}
        """The first target's origin, to the other's."""
        self._rows, self._rules, self._took, self._keep = rows, rules, took, keep
        self._waiting: tuple[dict[int, Told], dict[int, Told]] = ({}, {})
        self.sides = (Side(self, 0), Side(self, 1))

    def told(self, number: int, at: int, row: int, told: Told) -> None:
        """Take up one side's answer at a place of the schedule."""
        other = self._waiting[1 - number]
        if at not in other:
            self._waiting[number][at] = told
            return
        partner = other[at] if self._keep else other.pop(at)
        one, two = (told, partner) if number == 0 else (partner, told)
        endpoint = self._rows.endpoint.name(row) or ""
        self._took(endpoint, self._findings(endpoint, one, two))

    def _findings(self, endpoint: str, one: Told, two: Told) -> list[Finding]:
        if one[0] is None or two[0] is None:
            return [] if one[0] is two[0] else [ENDING]
        if one[0] == two[0]:
            return []
        terms = Terms(endpoint, self._rules, self.issued, composed(one[1], two[1]), self.origins)
        return list(terms.compare(one[0], two[0]))
