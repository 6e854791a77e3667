"""The rows of `matching.parquet`: the keys of every exchange in every tier, and the ids that each caller knows.

Made at publish. Of exchanges with one key in a tier only the first few are kept, so that the table stays small however
often the same thing was asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import unquote

from smartsandbox.packs.endpoints import EndpointTable
from smartsandbox.packs.matching import TIERS, ids
from smartsandbox.packs.matching.digest import tier_key
from smartsandbox.packs.matching.recorded import Recorded
from smartsandbox.packs.matching.view import View, view_of
from smartsandbox.packs.matching_rules import Matching

KEPT = 256
"""Exchanges that one key of a tier leads to, at most; the first ones of the pack."""
PLACE = "place"
"""Exchanges by their path, for explanations."""
KEPT_AT_A_PLACE = 16


def matching_rows(recorded: Iterable[Recorded], names: Iterable[str], matching: Matching) -> list[dict[str, Any]]:
    """Rows of schema.MATCHING, sorted; `names` are the endpoints, `recorded` stands in the order of the pack."""
    endpoints = EndpointTable.of(names)
    found: dict[str, dict[bytes, list[int]]] = {name: {} for name in (ids.TIER, PLACE, *TIERS)}
    for row, item in enumerate(recorded):
        view = view_of(item.asked, endpoints, matching)
        if view is None:
            continue
        for name, keys_of in TIERS.items():
            for key in dict.fromkeys(keys_of(view, item.credential, matching)):
                _add(found[name], key, row, KEPT)
        _add(found[PLACE], place_key(view.path), row, KEPT_AT_A_PLACE)
        for value in _known_ids(item, view):
            for who in {item.credential, ids.EVERYONE}:
                _add(found[ids.TIER], ids.id_key(who, value), row, 1)
    return [
        {"tier": name, "key": key, "row": row}
        for name, keys in sorted(found.items())
        for key, rows in sorted(keys.items())
        for row in rows
    ]


def place_key(path: bytes) -> bytes:
    """The key of a canonical path."""
    return tier_key(PLACE, (path,))


def _add(keys: dict[bytes, list[int]], key: bytes, row: int, limit: int) -> None:
    rows = keys.setdefault(key, [])
    if len(rows) < limit:
        rows.append(row)


def _known_ids(item: Recorded, view: View) -> Iterator[str]:
    """The ids that an exchange shows its caller: in the path asked, in the answer, and at its new address."""
    yield from view.values.values()
    yield from ids.issued_ids(item.answer_type, item.answer)
    if item.location:
        yield unquote(item.location.partition("?")[0].rstrip("/").rpartition("/")[2])
