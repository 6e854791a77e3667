"""The match rate that a log of requests would have against a pack, before anything is served.

Every request goes through the tiers as on serving, with its session's ids; cursors do not matter to whether it matches.
The reasons of the first misses of each endpoint are worked out, the others only counted.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from smartsandbox.packs.matching.asked import Asked
from smartsandbox.replay_engine.explain.explainer import Explainer
from smartsandbox.replay_engine.explain.sources import Told
from smartsandbox.replay_engine.matching.bindings import Bindings
from smartsandbox.replay_engine.matching.finder import Seeker
from smartsandbox.replay_engine.matching.lookup import EXACT_TIER, Lookup

_SESSIONS = 10_000
_EXPLAINED = 200
"""Misses of one endpoint whose reasons are worked out."""
MISSED = "missed"
NO_ENDPOINT = "(no endpoint of the pack)"
UNEXPLAINED = "(not worked out)"
_REASONS = 20


@dataclass(slots=True)
class Projection:
    """`tiers` counts requests by endpoint and tier (or MISSED), `reasons` misses by endpoint and reason."""

    tiers: Counter[tuple[str, str]] = field(default_factory=Counter)
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def requests(self) -> int:
        """All that were looked up."""
        return self.tiers.total()

    @property
    def matched(self) -> int:
        """Those that some tier answers."""
        return sum(count for (_, tier), count in self.tiers.items() if tier != MISSED)

    @property
    def share(self) -> float:
        """From 0 to 1; 0 for an empty log."""
        return self.matched / self.requests if self.requests else 0.0

    def by_tier(self) -> dict[str, int]:
        """Requests by tier, the most frequent first."""
        found: Counter[str] = Counter()
        for (_, tier), count in self.tiers.items():
            found[tier] += count
        return dict(found.most_common())

    def by_endpoint(self) -> dict[str, dict[str, int]]:
        """Requests by endpoint and tier, in the order of the endpoints' names."""
        found: dict[str, dict[str, int]] = {}
        for (endpoint, tier), count in sorted(self.tiers.items()):
            found.setdefault(endpoint, {})[tier] = count
        return found

    def top_reasons(self) -> list[tuple[str, str, int]]:
        """Endpoint, reason and count of the most frequent reasons for misses."""
        ranked = sorted(self.reasons.items(), key=lambda item: (-item[1], item[0]))
        return [(endpoint, reason, count) for (endpoint, reason), count in ranked[:_REASONS]]

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""
        return {
            "requests": self.requests,
            "matched": self.matched,
            "share": self.share,
            "by_tier": self.by_tier(),
            "by_endpoint": self.by_endpoint(),
            "reasons": [{"endpoint": e, "reason": r, "requests": n} for e, r, n in self.top_reasons()],
        }


def project(lookup: Lookup, requests: Iterable[Told]) -> Projection:
    """Look up every request of a log."""
    explainer, projection = Explainer(lookup), Projection()
    sessions: OrderedDict[str, Bindings] = OrderedDict()
    for session, described in requests:
        bindings = sessions.setdefault(session, Bindings())
        sessions.move_to_end(session)
        if len(sessions) > _SESSIONS:
            sessions.popitem(last=False)
        named, credential, host = described.names()
        seeker = lookup.seeker(bindings, named or session or None, credential, host)
        _count(projection, lookup, explainer, described.asked(lookup.matching), seeker)
    return projection


def _count(projection: Projection, lookup: Lookup, explainer: Explainer, asked: Asked, seeker: Seeker) -> None:
    found = lookup.find(asked, seeker)
    if found is not None:
        row = found.candidates.rows[0]
        if found.tier == EXACT_TIER or lookup.finder.echo(found, row, seeker.bindings) is not None:
            projection.tiers[lookup.rows.endpoint.name(row) or NO_ENDPOINT, found.tier] += 1
            return
    view = lookup.finder.view(asked)
    endpoint = view.endpoint if view else NO_ENDPOINT
    projection.tiers[endpoint, MISSED] += 1
    worked_out = projection.tiers[endpoint, MISSED] <= _EXPLAINED
    projection.reasons[endpoint, _reason(explainer, asked, seeker) if worked_out else UNEXPLAINED] += 1


def _reason(explainer: Explainer, asked: Asked, seeker: Seeker) -> str:
    nearest = explainer.explain(asked, seeker, 1).nearest
    return nearest[0].differs if nearest else "no endpoint is like it"
