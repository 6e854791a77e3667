"""All tiers over one pack, the exact one first: what serving, explaining and projecting look requests up in."""

from __future__ import annotations

from functools import cached_property
from itertools import count

from smartsandbox.packs.matching.asked import Asked, asked_key
from smartsandbox.packs.matching_rules import Matching
from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.candidates import Callers, Ladder
from smartsandbox.replay_engine.index import KeyIndex
from smartsandbox.replay_engine.matching.bindings import Bindings
from smartsandbox.replay_engine.matching.endpoint_rows import EndpointRows
from smartsandbox.replay_engine.matching.finder import Finder, Found, Seeker
from smartsandbox.replay_engine.matching.tiers import Tiers, exact_index
from smartsandbox.replay_engine.rows import Rows

EXACT_TIER = "exact"


class Lookup:
    """`matching` are the rules in force, the pack's own or others."""

    def __init__(self, pack: Pack, rows: Rows, index: KeyIndex, tiers: Tiers, matching: Matching) -> None:
        """`index` and `tiers` are those under these rules."""
        self.rows, self.index, self.matching = rows, index, matching
        serials = count()
        self.callers, self.exact = Callers(rows), Ladder(rows, index, serials)
        self.finder = Finder(pack, rows, matching, index, tiers, self.exact, serials)

    @staticmethod
    def under(pack: Pack, rows: Rows, own: tuple[KeyIndex, Tiers], matching: Matching | None) -> Lookup:
        """Under rules, or None for the pack's own, whose indexes are `own`. Other rules are indexed now."""
        index, tiers = own
        rules = pack.manifest.matching
        if matching is None or matching == rules:
            return Lookup(pack, rows, index, tiers, rules)
        same_keys = (rules.volatile_query, rules.headers) == (matching.volatile_query, matching.headers)
        exact = index if same_keys else exact_index(pack, matching)
        return Lookup(pack, rows, exact, Tiers.made(pack, matching), matching)

    @cached_property
    def by_endpoint(self) -> EndpointRows:
        """Rows of each endpoint."""
        return EndpointRows(self.rows)

    def seeker(self, bindings: Bindings, session: str | None, credential: str | None, host: str | None) -> Seeker:
        """Who asks, by the names in the request; `credential` is the digest."""
        caller = self.callers.of(session, credential, None if self.callers.one_host else host)
        return Seeker(caller, credential or "", bindings)

    def find(self, asked: Asked, seeker: Seeker) -> Found | None:
        """The first tier that has rows for a request."""
        group = self.index.find(asked_key(asked, self.matching))
        if group >= 0:
            return Found(EXACT_TIER, self.exact.narrow(group, seeker.caller), asked, None)
        return self.finder.find(asked, seeker)
