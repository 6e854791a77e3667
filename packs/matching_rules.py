"""What decides whether two requests are the same: the rules of a pack, as data.

Without rules everything decides. `volatile_query` names query parameters that never do, `headers` names headers that
always do. A rule for one endpoint either names the fields that decide, and how they are compared, or those that do
not. A place is a JSON pointer into the body (a form's and a part's name is a pointer of one step), or a name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

PATH, QUERY, HEADER, BODY = "path", "query", "headers", "body"
PARTS = (PATH, QUERY, HEADER, BODY)
VALUE = "value"
KNOWN, ANY = "known", "any"
ALL_ENDPOINTS = "*"

Place = tuple[str, ...]
"""The steps of a pointer; "*" stands for any one step, and a place stands for all that is under it."""


@dataclass(frozen=True, slots=True)
class Decider:
    """One place that decides, and the comparison it is put through (a name in `comparisons.COMPARISONS`)."""

    part: str
    place: Place
    how: str = VALUE


@dataclass(frozen=True, slots=True)
class Rule:
    """`decide` is None where everything decides but what `ignore` names."""

    decide: tuple[Decider, ...] | None = None
    ignore: tuple[tuple[str, Place], ...] = ()

    def headers(self) -> tuple[str, ...]:
        """The headers that decide, in lower case."""
        return tuple(decider.place[0] for decider in self.decide or () if decider.part == HEADER)

    def to_json(self) -> dict[str, Any]:
        """A JSON object; `from_json` reads it back."""
        value: dict[str, Any] = {}
        for decider in self.decide or ():
            value.setdefault(decider.part, {})[spelled(decider.part, decider.place)] = decider.how
        if self.decide is not None and not value:
            value[BODY] = {}
        for part, place in self.ignore:
            value.setdefault("ignore", {}).setdefault(part, []).append(spelled(part, place))
        return value

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> Rule:
        """Read what `to_json` wrote, and what a person wrote after `rules_file` has looked at it."""
        decide = [
            Decider(part, placed(part, text), how)
            for part in PARTS
            for text, how in _with_comparison(value.get(part, ())).items()
        ]
        ignored = value.get("ignore", {})
        ignore = [(part, placed(part, text)) for part in PARTS for text in ignored.get(part, ())]
        named = any(part in value for part in PARTS)
        return Rule(tuple(decide) if named else None, tuple(ignore))


def _with_comparison(places: Any) -> dict[str, str]:
    return dict(places) if isinstance(places, Mapping) else dict.fromkeys(places, VALUE)


def placed(part: str, text: str) -> Place:
    """The steps of a place as it is spelled in a file: a pointer in a body, with or without its first slash."""
    if part != BODY:
        return (text.lower() if part == HEADER else text,)
    steps = text.removeprefix("/").split("/") if text else []
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in steps)


def spelled(part: str, place: Place) -> str:
    """The reverse of `placed`."""
    if part != BODY:
        return place[0]
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in place)


@dataclass(frozen=True, slots=True)
class Matching:
    """The rules of a pack; they stand in the manifest, so that serving uses what publishing used.

    `ids` says for which path ids an exchange of the same endpoint may answer: KNOWN, those that the session or the
    pack knows, or ANY.
    """

    volatile_query: frozenset[str] = frozenset()
    headers: tuple[str, ...] = ()
    ids: str = KNOWN
    rules: tuple[tuple[str, Rule], ...] = field(default=())

    def rule(self, endpoint: str) -> Rule | None:
        """The rule of an endpoint, else the one for all, else None."""
        found = dict(self.rules)
        return found.get(endpoint) or found.get(ALL_ENDPOINTS)

    def all_headers(self) -> frozenset[str]:
        """Every header, in lower case, that any rule reads."""
        return frozenset(self.headers).union(*(rule.headers() for _, rule in self.rules))

    def to_json(self) -> dict[str, Any]:
        """A JSON object; `from_json` reads it back. What is not set is left out, as it was before it existed."""
        value: dict[str, Any] = {"volatile_query": sorted(self.volatile_query)}
        if self.headers:
            value["headers"] = list(self.headers)
        if self.ids != KNOWN:
            value["ids"] = self.ids
        if self.rules:
            value["match"] = {endpoint: rule.to_json() for endpoint, rule in self.rules}
        return value

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> Matching:
        """Read what `to_json` wrote."""
        return Matching(
            frozenset(value.get("volatile_query", ())),
            tuple(sorted({name.lower() for name in value.get("headers", ())})),
            value.get("ids", KNOWN),
            tuple((endpoint, Rule.from_json(rule)) for endpoint, rule in sorted(value.get("match", {}).items())),
        )


EXACT = Matching()
