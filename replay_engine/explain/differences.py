"""The first place where two requests differ, in words that name the place and never a value.

Places are spelt with recorded names only: what a live request brought that was not recorded is not repeated.
"""

from __future__ import annotations

from collections.abc import Iterable

from smartsandbox.packs.matching.fields import Field
from smartsandbox.packs.matching_rules import BODY, HEADER, QUERY
from smartsandbox.packs.pointer import escaped

_EXTRA = {
    QUERY: "the query has a parameter that the exchange does not have",
    HEADER: "a named header is there that the exchange does not have",
}


def path_difference(recorded: str, asked: str) -> str:
    """Where two paths differ, or "" where they do not."""
    ours, theirs = recorded.split("/"), asked.split("/")
    if len(ours) != len(theirs):
        return f"the path has {len(theirs) - 1} segments, the exchange's {len(ours) - 1}"
    at = next((n for n, (a, b) in enumerate(zip(ours, theirs, strict=True)) if a != b), 0)
    return f"path segment {at} differs" if at else ""


def first_difference(recorded: Iterable[Field], asked: Iterable[Field]) -> str:
    """Where two lists of fields differ first: query, then headers, then body; "" where they do not."""
    ours, theirs = _grouped(recorded), _grouped(asked)
    found = (_in_part(part, ours.get(part, {}), theirs.get(part, {})) for part in (QUERY, HEADER, BODY))
    return next((words for words in found if words), "")


def _in_part(part: str, ours: Values, theirs: Values) -> str:
    if part == BODY and bool(ours) != bool(theirs):
        return "the body is missing" if ours else "the exchange has no body"
    for place in sorted(ours, key=_rank):
        if theirs.get(place) != ours[place]:
            return _said(part, place, "differs" if place in theirs else "is missing")
    extra = min(theirs.keys() - ours.keys(), key=_rank, default=None)
    if extra is None:
        return ""
    return _EXTRA[part] if part != BODY else _said(part, _recorded_part(extra, ours), "differs")


def _said(part: str, place: Place, what: str) -> str:
    if part == BODY:
        return f"the body differs at {pointer(place)}"
    return f"{'query parameter' if part == QUERY else 'header'} {str(place[0])!r} {what}"


def _grouped(fields: Iterable[Field]) -> dict[str, Values]:
    """Part to place to its values, sorted."""
    found: dict[str, Values] = {}
    for field in fields:
        found.setdefault(field.part, {}).setdefault(field.place, []).append(field.value)
    for places in found.values():
        for values in places.values():
            values.sort()
    return found


def _recorded_part(place: Place, ours: Iterable[Place]) -> Place:
    """As much of a place as the recorded body has as well."""
    known = {other[:length] for other in ours for length in range(len(other) + 1)}
    return next((place[:length] for length in reversed(range(len(place))) if place[:length] in known), ())


def _rank(place: Place) -> list[tuple[bool, int, str]]:
    return [(isinstance(step, str), step if isinstance(step, int) else 0, str(step)) for step in place]


def pointer(place: Place) -> str:
    """A place of a body as a JSON pointer."""
    return "".join(f"/{escaped(str(step))}" for step in place) or "its root"


def byte_difference(recorded: bytes, asked: bytes) -> str:
    """Where two bodies that were not taken apart differ."""
    at = next((n for n, (a, b) in enumerate(zip(recorded, asked, strict=False)) if a != b), None)
    return f"the body differs from byte {min(len(recorded), len(asked)) if at is None else at}"


Place = tuple[str | int, ...]
Values = dict[Place, list[str]]
