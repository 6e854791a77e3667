"""The tiers after the exact key, in order, for one live request.

First the request under the recorded ids that its session goes by, then each matcher. What is found is a list of rows;
which of them answers is the caller's decision, and `echo` then says what the recorded answer has to change.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count

from smartsandbox.packs.matching import ids
from smartsandbox.packs.matching.asked import Asked, asked_key
from smartsandbox.packs.matching.table import PLACE, place_key
from smartsandbox.packs.matching.template import NAME as TEMPLATE
from smartsandbox.packs.matching.view import View, view_of
from smartsandbox.packs.matching_rules import Matching
from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.candidates import Caller, Candidates, Ladder
from smartsandbox.replay_engine.index import KeyIndex
from smartsandbox.replay_engine.matching import MATCHERS
from smartsandbox.replay_engine.matching.bind import bound
from smartsandbox.replay_engine.matching.bindings import Bindings
from smartsandbox.replay_engine.matching.echo import Echo
from smartsandbox.replay_engine.matching.matchers import Asking, Matcher
from smartsandbox.replay_engine.matching.requests import Requests
from smartsandbox.replay_engine.matching.tiers import Tiers
from smartsandbox.replay_engine.rows import Rows


@dataclass(frozen=True, slots=True)
class Seeker:
    """Who asks: as codes of the pack's names, the credential's digest ("" for none), and the session's ids."""

    caller: Caller
    credential: str
    bindings: Bindings


@dataclass(frozen=True, slots=True)
class Found:
    """Rows that may answer, the tier that found them, and the request as it was asked (None: of no endpoint)."""

    tier: str
    candidates: Candidates
    asked: Asked
    view: View | None


class Finder:
    """Finds rows of one pack. `exact` is the ladder over the index of exact keys."""

    def __init__(
        self,
        pack: Pack,
        rows: Rows,
        matching: Matching,
        index: KeyIndex,
        tiers: Tiers,
        exact: Ladder,
        serials: count[int],
    ):
        self._rows, self._matching, self._index, self._exact = rows, matching, index, exact
        self._serials = serials
        self._tiers = tiers
        self._ladders: dict[str, Ladder] = {}
        self.requests = Requests(pack, rows, matching)

    def view(self, asked: Asked) -> View | None:
        """A request taken apart, or None where the pack has no endpoint for it."""
        return view_of(asked, self.requests.endpoints, self._matching)

    def find(self, asked: Asked, seeker: Seeker) -> Found | None:
        """The first tier's rows for a request whose exact key no row has; None if no tier has any."""
        view = self.view(asked)
        translated = seeker.bindings.translated(asked)
        if translated is not None:
            group = self._index.find(asked_key(translated, self._matching))
            if group >= 0:
                return Found(TEMPLATE, self._exact.narrow(group, seeker.caller), asked, view)
        sought = view if translated is None else self.view(translated)
        if sought is None:
            return None
        asking = Asking(sought, seeker.credential, lambda value: self.knows(value, seeker))
        for matcher in MATCHERS:
            group = matcher.find(asking, self._tiers.index(matcher.name), self._matching)
            if group >= 0:
                candidates = self._ladder(matcher).narrow(group, seeker.caller)
                if matcher.name == TEMPLATE:
                    candidates = self._of_one_id(candidates, seeker)
                return Found(matcher.name, candidates, asked, view)
        return None

    def _of_one_id(self, candidates: Candidates, seeker: Seeker) -> Candidates:
        """The exchanges of the id that will stand for the asked one: the first that was answered well. They are the
        ones that its exact key leads to, so that the session goes on with the answer after this one."""
        status = self._rows.status
        row = next((row for row in candidates.rows if 200 <= status[row] < 300), candidates.rows[0])
        group = self._index.find(self._rows.key[row].astype(">u8").tobytes())
        return self._exact.narrow(group, seeker.caller) if group >= 0 else candidates

    def at_place(self, path: bytes) -> list[int]:
        """The first rows that asked for a canonical path."""
        index = self._tiers.index(PLACE)
        group = index.find(place_key(path))
        return index.rows(group) if group >= 0 else []

    def echo(self, found: Found, row: int, bindings: Bindings) -> Echo | None:
        """What the answer of a row has to change; None where it cannot be told to this request after all.

        The session's ids are taken up.
        """
        recorded = self.requests.view(row, found.asked.content_type)
        if found.view is None or recorded is None:
            return Echo()
        echo = bound(found.view, recorded)
        if echo is None:
            return None
        bindings.add(echo.ids)
        return replace(echo, ids={**bindings.echo(), **echo.ids})

    def knows(self, value: str, seeker: Seeker) -> bool:
        """Shown to this caller by the pack, or brought by its session. A caller that the pack does not know may ask
        for what it showed to anyone."""
        who = seeker.credential if seeker.caller.credential >= 0 else ids.EVERYONE
        return value in seeker.bindings or self._tiers.index(ids.TIER).find(ids.id_key(who, value)) >= 0

    def _ladder(self, matcher: Matcher) -> Ladder:
        ladder = self._ladders.get(matcher.name)
        if ladder is None:
            index = self._tiers.index(matcher.name)
            ladder = self._ladders[matcher.name] = Ladder(self._rows, index, self._serials)
        return ladder
