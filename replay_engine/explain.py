"""Why a request was not matched: the nearest exchanges, which parts agree, and the first place where they differ.

Off the serving path and bounded, however large the pack. Findings name places (a query parameter, a JSON pointer);
the values at them are never repeated.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
import orjson

from smartsandbox.packs.endpoints import EndpointTable
from smartsandbox.packs.key import canonical_body, canonical_path, canonical_query, match_key
from smartsandbox.packs.matching_rules import Matching
from smartsandbox.packs.pointer import escaped
from smartsandbox.replay_engine.index import KeyIndex
from smartsandbox.replay_engine.rows import Rows

PARTS = ("method", "path", "query", "body")
_SCANNED = 20_000
_COMPARED = 64


@dataclass(frozen=True, slots=True)
class Asked:
    """The parts of a request that its match key is made of."""

    method: str
    path: str
    query: str = ""
    content_type: str = ""
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Nearest:
    """One exchange near to what was asked: the parts that agree, and the first difference in words."""

    exchange: str
    endpoint: str
    agree: tuple[str, ...]
    differs: str

    def to_json(self) -> dict[str, Any]:
        """A JSON object of the fields."""
        parts = {part: part in self.agree for part in PARTS}
        return {"exchange": self.exchange, "endpoint": self.endpoint, "parts": parts, "first_difference": self.differs}


@dataclass(frozen=True, slots=True)
class Explanation:
    """`answers` counts the exchanges that match; if there are none, `nearest` says how close the pack comes."""

    endpoint: str | None
    answers: int
    nearest: tuple[Nearest, ...]
    similar_endpoints: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """A JSON object of the fields."""
        return {
            "endpoint": self.endpoint,
            "matching_exchanges": self.answers,
            "nearest": [near.to_json() for near in self.nearest],
            "similar_endpoints": list(self.similar_endpoints),
        }

    def sentence(self) -> str:
        """The explanation in one line."""
        if self.answers:
            return f"{self.answers} recorded exchange(s) match"
        if self.nearest:
            near = self.nearest[0]
            return f"nearest is exchange {near.exchange} ({near.endpoint}): {near.differs}"
        return f"no endpoint of the pack is like it; it has {', '.join(self.similar_endpoints) or 'none'}"


class Explainer:
    """Explains requests against one pack."""

    def __init__(self, rows: Rows, index: KeyIndex, matching: Matching) -> None:
        self._rows, self._index, self._matching = rows, index, matching
        self._endpoints = EndpointTable.of(rows.endpoint.names)
        self._codes = np.asarray(rows.endpoint.codes)

    def explain(self, asked: Asked, limit: int = 3) -> Explanation:
        """The `limit` nearest exchanges, nearest first."""
        key = match_key(asked.method, asked.path, asked.query, asked.content_type, asked.body, self._matching)
        group = self._index.find(key)
        bound = self._endpoints.match(asked.method, asked.path)
        near = sorted(
            (self._compare(asked, row) for row in self._close_rows(asked, bound.name if bound else None)),
            key=lambda nearest: -len(nearest.agree),
        )
        answers = self._index.size(group) if group >= 0 else 0
        return Explanation(bound.name if bound else None, answers, tuple(near[:limit]), self._similar(asked))

    def _similar(self, asked: Asked) -> tuple[str, ...]:
        wanted = [asked.method.upper(), *asked.path.split("/")]

        def likeness(name: str) -> float:
            method, _, path = name.partition(" ")
            return SequenceMatcher(None, wanted, [method, *path.split("/")]).ratio()

        return tuple(sorted(self._endpoints.names[:2000], key=lambda name: (-likeness(name), name))[:3])

    def _close_rows(self, asked: Asked, endpoint: str | None) -> list[int]:
        """Rows of the same endpoint, else of the same path under another method; those with the same path first."""
        names = [endpoint] if endpoint else self._other_methods(asked)
        wanted = [code for code, name in enumerate(self._rows.endpoint.names) if name in names]
        rows = np.flatnonzero(np.isin(self._codes, wanted))[:_SCANNED].tolist()
        path = canonical_path(asked.path)
        same = [row for row in rows if canonical_path(self._rows.path[row].decode()) == path]
        return (same or rows)[:_COMPARED]

    def _other_methods(self, asked: Asked) -> list[str]:
        methods = {name.partition(" ")[0] for name in self._endpoints.names}
        bound = (self._endpoints.match(method, asked.path) for method in sorted(methods))
        return [found.name for found in bound if found]

    def _compare(self, asked: Asked, row: int) -> Nearest:
        rows = self._rows
        path, query = rows.path[row].decode(), rows.query[row].decode()
        body = rows.body(rows.request_body[row])
        volatile = self._matching.volatile_query
        found = {
            "method": (rows.method.name(row) or "").upper() == asked.method.upper(),
            "path": canonical_path(path) == canonical_path(asked.path),
            "query": canonical_query(query, volatile) == canonical_query(asked.query, volatile),
            "body": canonical_body(asked.content_type, body) == canonical_body(asked.content_type, asked.body),
        }
        agree = tuple(part for part in PARTS if found[part])
        first = next((part for part in PARTS if not found[part]), "")
        words = ""
        if first == "method":
            words = f"the method differs: the exchange has {rows.method.name(row)}"
        elif first == "path":
            words = _path_difference(path, asked.path)
        elif first == "query":
            words = _query_difference(query, asked.query)
        elif first == "body":
            words = _body_difference(body, asked.body)
        return Nearest(rows.id[row].decode(), rows.endpoint.name(row) or "", agree, words or "nothing differs")


def _path_difference(recorded: str, asked: str) -> str:
    ours, theirs = recorded.split("/"), asked.split("/")
    if len(ours) != len(theirs):
        return f"the path has {len(theirs) - 1} segments, the exchange's {len(ours) - 1}"
    at = next((n for n, (a, b) in enumerate(zip(ours, theirs, strict=True)) if a != b), 0)
    return f"path segment {at} differs"


def _query_difference(recorded: str, asked: str) -> str:
    ours, theirs = (dict(parse_qsl(text, keep_blank_values=True)) for text in (recorded, asked))
    for name in sorted(ours.keys() | theirs.keys()):
        if name not in theirs:
            return f"query parameter {name!r} is missing"
        if name not in ours:
            return "the query has a parameter that the exchange does not have"
        if ours[name] != theirs[name]:
            return f"query parameter {name!r} differs"
    return "a query parameter repeats another number of times"


def _body_difference(recorded: bytes, asked: bytes) -> str:
    if not asked or not recorded:
        return "the body is missing" if recorded else "the exchange has no body"
    try:
        pointer = _first_pointer(orjson.loads(recorded), orjson.loads(asked), "")
    except (orjson.JSONDecodeError, RecursionError):  # orjson reads deeper than Python calls itself
        at = next((n for n, (a, b) in enumerate(zip(recorded, asked, strict=False)) if a != b), None)
        return f"the body differs from byte {min(len(recorded), len(asked)) if at is None else at}"
    return f"the body differs at {pointer or 'its root'}" if pointer is not None else "the body's type differs"


def _first_pointer(ours: Any, theirs: Any, pointer: str) -> str | None:
    """The first JSON pointer, in key order, whose values differ; pointers are spelt with the recorded keys."""
    unrecorded = False
    if isinstance(ours, dict) and isinstance(theirs, dict):
        steps = [(escaped(key), ours[key], theirs.get(key, _ABSENT)) for key in sorted(ours)]
        unrecorded = bool(theirs.keys() - ours.keys())
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        steps = [(str(at), a, b) for at, (a, b) in enumerate(zip(ours, theirs, strict=True))]
    else:
        return None if type(ours) is type(theirs) and ours == theirs else pointer
    for token, a, b in steps:
        below = f"{pointer}/{token}"
        found = below if b is _ABSENT else _first_pointer(a, b, below)
        if found is not None:
            return found
    return pointer if unrecorded else None


_ABSENT = object()
