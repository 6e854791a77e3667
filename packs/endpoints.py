"""Endpoints: a method and a path template such as "GET /v1/accounts/{account_id}", inferred from paths and matched.

Inference reads the paths of a whole trace and turns segments that look like identifiers, or that vary too much under
one parent, into parameters. Matching is a walk down a tree of segments; a literal wins over a parameter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.nouns import singular

MANY_CHILDREN = 12
"""A parent with more distinct children than this has a parameter there; so has a plural noun with more than two."""

MAX_DEPTH = 40
"""Segments beyond this many are one parameter together, so that a hostile path cannot exhaust the stack."""

_ID_SHAPES = re.compile(
    r"""
      \d+                                             # 42
    | [0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}
    | (?=[0-9a-fA-F]*\d)[0-9a-fA-F]{8,}               # hex with a digit in it
    | [A-Za-z]{1,12}_(?=\w*[\dA-Z])[A-Za-z0-9_]{5,}   # acct_1Bx9
    | (?=(?:[^0-9]*\d){3})(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9_.~:=-]{10,}   # a long token with letters and digits
    | (?=.*\d)(?=.*[a-z])(?=(?:[^A-Z0-9]*[A-Z0-9]){4})[A-Za-z0-9_-]{12,}   # a random token of mixed case
    | (?=(?:[^0-9]*\d){2})[A-Z0-9]{10,}               # a random token in capitals
    | \d{4}-\d{2}-\d{2}.*                             # a date
    | .*(?:@|%40).*                                   # an e-mail address
    | \+?\d[\d\s().-]{6,}                             # a phone number
    """,
    re.VERBOSE,
)
_FILE = re.compile(r".+\.(?:js|css|png|jpe?g|gif|svg|ico|html?|json|xml|woff2?|ttf|map|txt|webp|mp4)", re.IGNORECASE)
_VERSION = re.compile(r"v\d+(?:\.\d+)?(?:(?:alpha|beta)\d*)?", re.IGNORECASE)
_PLURAL = re.compile(r"[a-z][A-Za-z_-]{2,}s")
_PARAMETER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Bound:
    """A path bound to its endpoint: parameter names with their segments as they stood, percent-encoding and all."""

    name: str
    params: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class _Node:
    literals: dict[str, _Node] = field(default_factory=dict)
    parameter: _Node | None = None
    endpoints: dict[str, str] = field(default_factory=dict)
    """Method to endpoint name, where a template ends."""


@dataclass(frozen=True, slots=True)
class EndpointTable:
    """The endpoints of one trace or pack; `names` is sorted."""

    names: tuple[str, ...]
    _root: _Node = field(repr=False, compare=False)

    @staticmethod
    def of(names: Iterable[str]) -> EndpointTable:
        """Build from endpoint names. Raises UsageError for a name without a method and a path."""
        root = _Node()
        ordered = tuple(sorted(set(names)))
        for name in ordered:
            method, found, path = name.partition(" ")
            if not found or not path:
                raise UsageError(f"endpoint {name!r} is not a method and a path such as 'GET /v1/accounts/{{id}}'")
            node = root
            for segment in path.split("/"):
                node = _descend(node, segment)
            node.endpoints[method] = name
        return EndpointTable(ordered, root)

    def match(self, method: str, path: str) -> Bound | None:
        """The endpoint of a request, or None. Of several, the one whose literals come first wins."""
        segments = _split(path)
        found = _walk(self._root, segments, 0, method.upper(), ())
        if found is None:
            return None
        name, values = found
        return Bound(name, tuple(zip(_PARAMETER.findall(name), values, strict=True)))


def _descend(node: _Node, segment: str) -> _Node:
    if _PARAMETER.fullmatch(segment):
        node.parameter = node.parameter or _Node()
        return node.parameter
    return node.literals.setdefault(segment, _Node())


def _walk(
    node: _Node, segments: list[str], at: int, method: str, bound: tuple[str, ...]
) -> tuple[str, tuple[str, ...]] | None:
    if at == len(segments):
        name = node.endpoints.get(method)
        return (name, bound) if name else None
    literal = node.literals.get(_safe(segments[at]))
    if literal is not None:
        found = _walk(literal, segments, at + 1, method, bound)
        if found is not None:
            return found
    if node.parameter is not None and segments[at]:
        return _walk(node.parameter, segments, at + 1, method, (*bound, segments[at]))
    return None


def infer_endpoints(requests: Iterable[tuple[str, str]]) -> EndpointTable:
    """Infer the endpoints of (method, path) pairs; the order of the pairs does not matter.

    Every pair given is matched by the table that comes back.
    """
    pairs = sorted({(method.upper(), path) for method, path in requests})
    rows: _Rows = [(method, _split(path), ()) for method, path in pairs]
    return EndpointTable.of(_names(rows))


def _split(path: str) -> list[str]:
    return path.split("/", MAX_DEPTH)


_Rows = list[tuple[str, list[str], tuple[str, ...]]]


def _names(rows: _Rows) -> Iterable[str]:
    """Settle one segment position at a time, so that children under a new parameter are looked at together."""
    done = [row for row in rows if len(row[1]) == len(row[2])]
    yield from (f"{method} {'/'.join(settled)}" for method, _, settled in done)
    groups: dict[tuple[str, ...], _Rows] = {}
    for row in rows:
        if len(row[1]) > len(row[2]):
            groups.setdefault(row[2], []).append(row)
    for settled, group in groups.items():
        at = len(settled)
        children = {segments[at] for _, segments, _ in group}
        crowded = _is_crowded(settled, children)
        yield from _names(
            [(method, segments, (*settled, _settle(segments[at], settled, crowded))) for method, segments, _ in group]
        )


def _is_crowded(parent: tuple[str, ...], children: set[str]) -> bool:
    words = {child for child in children if child and not _is_id_or_file(child)}
    if _is_collection(parent[-1] if parent else ""):
        return len(words) > MANY_CHILDREN or (len(words) > 2 and not any(map(looks_like_id, children)))
    return sum(not _is_collection(word) for word in words) > MANY_CHILDREN


def _is_id_or_file(segment: str) -> bool:
    return looks_like_id(segment) or _FILE.fullmatch(segment) is not None


def _is_collection(segment: str) -> bool:
    """A plural noun of a path's vocabulary, such as "users" or "authorizationServers"."""
    return _PLURAL.fullmatch(segment) is not None and not segment.endswith("ss")


def _settle(segment: str, parent: tuple[str, ...], crowded: bool) -> str:
    """Under a crowded root, plural nouns stay: an API with twenty collections is not one collection."""
    names_one = crowded and (_is_collection(parent[-1] if parent else "") or not _is_collection(segment))
    varies = "/" in segment or looks_like_id(segment) or (names_one and not _FILE.fullmatch(segment))
    return "{" + parameter_name(parent) + "}" if segment and varies else _safe(segment)


def parameter_name(parent: Sequence[str]) -> str:
    """The name of a parameter that follows the settled segments `parent`, after the nearest literal among them.

    "accounts" gives account_id; a number is added until the name is unique in the path.
    """
    noun = next((part for part in reversed(parent) if part and not _PARAMETER.fullmatch(part)), "path")
    noun = re.sub(r"\W+", "_", noun.lower()).strip("_") or "path"
    base = f"{singular(noun)}_id"
    taken = {match for part in parent for match in _PARAMETER.findall(part)}
    names = [base, *(f"{base}{number}" for number in range(2, len(taken) + 3))]
    return next(name for name in names if name not in taken)


def _safe(segment: str) -> str:
    """Braces would read as parameters in a name, so literals carry them percent-encoded."""
    return segment.replace("{", "%7B").replace("}", "%7D")


def looks_like_id(segment: str) -> bool:
    """True for a path segment that names one thing rather than a kind of thing."""
    return _VERSION.fullmatch(segment) is None and _ID_SHAPES.fullmatch(segment) is not None
