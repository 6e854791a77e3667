"""Lists in pages: a total order, and a cursor that names the last item seen.

The cursor is a key and no position, so a page neither repeats nor skips an item when others are published meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from smartsandbox.packs.store import Item

T = TypeVar("T")

Key = tuple[int, str, str]
Measure = Callable[[Item], int]


@dataclass(frozen=True, slots=True)
class Slice(Generic[T]):
    """A page of `items`, the cursor of the `next` page, and the `total` over all pages."""

    items: list[T]
    next: str | None
    total: int


def slice_of(items: Sequence[Item], sort: str, measures: dict[str, Measure], cursor: str, limit: int) -> Slice[Item]:
    """At most `limit` items after `cursor`; from the start if it is empty.

    `sort` is "name" or a key of `measures`, with "-" before it for descending. Ties go by name and version, ascending;
    "-name" turns the whole order round.
    """
    descending, field = sort.startswith("-"), sort.removeprefix("-")
    backwards = descending and field not in measures
    measure = measures.get(field, _no_measure)
    sign = -1 if descending else 1
    keyed = sorted((((sign * measure(item), item.name, item.version), item) for item in items), key=_first)
    if backwards:
        keyed.reverse()
    rest = [pair for pair in keyed if not cursor or _is_after(pair[0], _key(cursor, sign), backwards)]
    page = [item for _, item in rest[:limit]]
    more = len(rest) > limit
    return Slice(page, _cursor(page[-1], field, measures) if more else None, len(items))


def _no_measure(item: Item) -> int:
    return 0


def _first(pair: tuple[Key, Item]) -> Key:
    return pair[0]


def _is_after(key: Key, seen: Key, backwards: bool) -> bool:
    return key < seen if backwards else key > seen


def _key(cursor: str, sign: int) -> Key:
    value, _, ref = cursor.rpartition("~")
    name, _, version = ref.partition("@")
    return (sign * int(value or 0), name, version)


def _cursor(item: Item, field: str, measures: dict[str, Measure]) -> str:
    return f"{measures[field](item)}~{item.ref}" if field in measures else item.ref
