"""Learns rules from runs of one target against itself: whatever differs between them is noise, each with its cause.

Values that later requests need are bound, not masked, so no rule is made for them. Nor is one for a status: where two
runs had other statuses their bodies say nothing of noise, and a reader should know which endpoints are unsteady.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from smartsandbox.replay_engine.drive.judging.compare import Finding, Kind
from smartsandbox.replay_engine.drive.judging.rules import Keep, Rule, Rules
from smartsandbox.replay_engine.drive.judging.volatile import Pair, Volatile, classified

_SAMPLES = 50
_BY_KIND = (
    (Kind.MISSING, Volatile("not always there", Keep.IGNORE)),
    (Kind.ADDED, Volatile("not always there", Keep.IGNORE)),
    (Kind.TYPE, Volatile("the type varies", Keep.IGNORE)),
    (Kind.LENGTH, Volatile("the list's length varies", Keep.TYPE)),
    (Kind.ORDER, Volatile("the list's order varies", Keep.UNORDERED)),
)
"""What a kind of difference calls for, whatever the values; the first found at a place is taken."""


class Learner:
    """Takes up the differences of pairs of answers, and makes rules of them."""

    def __init__(self) -> None:
        self.unsteady: Counter[str] = Counter()
        """Pairs whose statuses or endings differed, by endpoint."""
        self._compared: Counter[str] = Counter()
        self._kinds: defaultdict[tuple[str, str], Counter[Kind]] = defaultdict(Counter)
        self._pairs: defaultdict[tuple[str, str], list[Pair]] = defaultdict(list)

    def took(self, endpoint: str, findings: Iterable[Finding]) -> None:
        """One pair of answers of an endpoint, with all of its differences."""
        found = list(findings)
        if any(finding.kind in (Kind.STATUS, Kind.ENDING) for finding in found):
            self.unsteady[endpoint] += 1
            return
        self._compared[endpoint] += 1
        seen: set[tuple[Kind, str]] = set()
        for kind, place, one, other in found:
            where = (endpoint, place)
            if (kind, place) not in seen:
                seen.add((kind, place))
                self._kinds[where][kind] += 1
            if kind is Kind.VALUE and len(self._pairs[where]) < _SAMPLES:
                self._pairs[where].append((one, other))

    def rules(self, least: float = 0.0) -> Rules:
        """One rule for each place that differed in at least this share of its endpoint's answers, less those inside a
        place that is not compared further. What differs now and then is no property of the field."""
        made = {where: self._rule(*where, kinds) for where, kinds in self._kinds.items()}
        made = {where: rule for where, rule in made.items() if rule.seen >= least * rule.of}
        closed = {where for where, rule in made.items() if rule.keep in (Keep.IGNORE, Keep.TYPE)}
        return Rules.of(rule for where, rule in made.items() if not _inside(where, closed))

    def _rule(self, endpoint: str, place: str, kinds: Counter[Kind]) -> Rule:
        found = next((volatile for kind, volatile in _BY_KIND if kind in kinds), None)
        found = found or classified(place, self._pairs[endpoint, place])
        seen, of = max(kinds.values()), self._compared[endpoint]
        return Rule(endpoint, place, found.keep, found.tolerance, found.pattern, found.cause, seen, of)


def _inside(where: tuple[str, str], closed: set[tuple[str, str]]) -> bool:
    endpoint, place = where
    if not place.startswith("/"):
        return False
    tokens = place.split("/")
    return any((endpoint, "/".join(tokens[:end])) in closed for end in range(1, len(tokens)))
