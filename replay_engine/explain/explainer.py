"""Why a request was not matched: the nearest exchanges, which parts agree, and the first place where they differ.

Bounded, however large the pack: the exchanges at the same path and a spread of those of the same endpoint are looked
at. Findings name places (a query parameter, a JSON pointer); the values at them are never repeated.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import islice

import numpy as np

from smartsandbox.packs.key import canonical_path, canonical_query
from smartsandbox.packs.matching.asked import Asked
from smartsandbox.packs.matching.fields import Field
from smartsandbox.packs.matching.view import View
from smartsandbox.packs.matching_rules import BODY, HEADER
from smartsandbox.replay_engine.explain.differences import byte_difference, first_difference, path_difference
from smartsandbox.replay_engine.explain.explanation import PARTS, Explanation, Nearest
from smartsandbox.replay_engine.explain.tier_reasons import tier_reasons
from smartsandbox.replay_engine.matching.bindings import Bindings
from smartsandbox.replay_engine.matching.finder import Seeker
from smartsandbox.replay_engine.matching.lookup import Lookup

_COMPARED = 24
_ENDPOINTS = 2000


class Explainer:
    """Explains requests against one pack."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._endpoints = lookup.finder.requests.endpoints

    def explain(self, asked: Asked, seeker: Seeker | None = None, limit: int = 3) -> Explanation:
        """The `limit` nearest exchanges, nearest first, for a caller (without one, for nobody in particular)."""
        who = seeker or self._lookup.seeker(Bindings(), None, None, None)
        found = self._lookup.find(asked, who)
        view = self._lookup.finder.view(asked)
        rows = found.candidates.rows[:limit] if found else self._close_rows(asked, view)
        compared = sorted((self._compare(asked, view, row) for row in rows), key=lambda near: near.rank, reverse=True)
        return Explanation(
            view.endpoint if view else None,
            found.tier if found else None,
            len(found.candidates.rows) if found else 0,
            tuple(self._told(near, asked, view, who) for near in compared[:limit]),
            self._similar(asked),
        )

    def _similar(self, asked: Asked) -> tuple[str, ...]:
        wanted = [asked.method.upper(), *asked.path.split("/", 20)]

        def likeness(name: str) -> float:
            method, _, path = name.partition(" ")
            return SequenceMatcher(None, wanted, [method, *path.split("/")]).ratio()

        return tuple(sorted(self._endpoints.names[:_ENDPOINTS], key=lambda name: (-likeness(name), name))[:3])

    def _close_rows(self, asked: Asked, view: View | None) -> list[int]:
        """Rows at the same path, else some of the endpoint's, else of the same path's endpoint under other methods."""
        at_place = self._lookup.finder.at_place(canonical_path(asked.path))
        endpoints = [view.endpoint] if view else self._other_methods(asked)
        spread = (row for name in endpoints for row in self._spread(name))
        return list(dict.fromkeys([*at_place, *islice(spread, _COMPARED)]))[:_COMPARED]

    def _spread(self, endpoint: str) -> list[int]:
        rows = self._lookup.by_endpoint.of(endpoint)
        if len(rows) <= _COMPARED:
            return [int(row) for row in rows]
        return [int(row) for row in rows[np.linspace(0, len(rows) - 1, _COMPARED).astype(np.int64)]]

    def _other_methods(self, asked: Asked) -> list[str]:
        methods = {name.partition(" ")[0] for name in self._endpoints.names}
        bound = (self._endpoints.match(method, asked.path) for method in sorted(methods))
        return [found.name for found in bound if found]

    def _compare(self, asked: Asked, view: View | None, row: int) -> _Compared:
        """How near an exchange is: parts that agree, then the share of fields that do."""
        requests = self._lookup.finder.requests
        recorded = requests.asked(row, asked.content_type)
        other = requests.view(row, asked.content_type)
        ours, theirs = _fields(other), _fields(view)
        volatile = requests.matching.volatile_query
        agrees = {
            "method": recorded.method.upper() == asked.method.upper(),
            "path": canonical_path(recorded.path) == canonical_path(asked.path),
            "query": canonical_query(recorded.query, volatile) == canonical_query(asked.query, volatile),
            "headers": _of(ours, HEADER) == _of(theirs, HEADER),
            "body": recorded.body == asked.body or (view is not None and _of(ours, BODY) == _of(theirs, BODY)),
        }
        agree = tuple(part for part in PARTS if agrees[part])
        same = len(set(ours) & set(theirs)) / (len(set(ours) | set(theirs)) or 1)
        return _Compared(row, recorded, other, agree, (len(agree), same))

    def _told(self, near: _Compared, asked: Asked, view: View | None, who: Seeker) -> Nearest:
        """The exchange with the first difference in words, and what keeps each tier from matching."""
        rows, recorded = self._lookup.rows, near.recorded
        if "method" not in near.agree:
            words = f"the method differs: the exchange has {recorded.method}"
        elif "path" not in near.agree:
            words = path_difference(recorded.path, asked.path)
        else:
            ours, theirs = _fields(near.view), _fields(view)
            words = first_difference(ours, theirs)
            if words and _is_whole(ours) and _is_whole(theirs):
                words = byte_difference(recorded.body, asked.body)
        reasons = {}
        if view is not None and near.view is not None:
            reasons = tier_reasons(self._lookup, near.view, view, who)
        endpoint = rows.endpoint.name(near.row) or ""
        return Nearest(rows.id[near.row].decode(), endpoint, near.agree, words or "nothing differs", reasons)


@dataclass(frozen=True, slots=True)
class _Compared:
    """An exchange that was compared; the greater its rank, the nearer it is."""

    row: int
    recorded: Asked
    view: View | None
    agree: tuple[str, ...]
    rank: tuple[int, float]


def _fields(view: View | None) -> tuple[Field, ...]:
    return view.fields if view is not None else ()


def _of(fields: tuple[Field, ...], part: str) -> set[Field]:
    return {field for field in fields if field.part == part}


def _is_whole(fields: tuple[Field, ...]) -> bool:
    """True if nothing but a body decides, and it was not taken apart."""
    return [field.place for field in fields if field.part == BODY] == [()] and len(fields) == 1
