"""Lists: filters on creation time, and pages that start after an object.

A page is {"object": "list", "url", "has_more", "next", "data"}; `next` is the request target of the next page, or null.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeVar
from urllib.parse import urlencode

from smartsandbox.demo.service.errors import ApiError
from smartsandbox.demo.service.fields import whole

_BOUNDS: dict[str, Callable[[int, int], bool]] = {
    "created[gt]": lambda value, bound: value > bound,
    "created[gte]": lambda value, bound: value >= bound,
    "created[lt]": lambda value, bound: value < bound,
    "created[lte]": lambda value, bound: value <= bound,
}
_LATEST = 4_102_444_800


class Listed(Protocol):
    """What a list holds."""

    @property
    def id(self) -> Any: ...

    @property
    def created(self) -> int: ...


T = TypeVar("T", bound=Listed)


def created_within(items: Iterable[T], query: Mapping[str, str]) -> list[T]:
    """Those whose creation time is within the bounds that the query gives."""
    bounds = [(test, whole(query, name, 0, _LATEST)) for name, test in _BOUNDS.items() if name in query]
    return [item for item in items if all(test(item.created, bound) for test, bound in bounds)]


def page(
    path: str, items: Sequence[T], query: Mapping[str, str], show: Callable[[T], dict[str, Any]]
) -> dict[str, Any]:
    """One page of `items`, which come in the order of the list. `limit` is 1 to 100, 10 if it is not given."""
    limit = whole(query, "limit", 1, 100) if "limit" in query else 10
    start = _start(items, query.get("starting_after"))
    shown = items[start : start + limit]
    has_more = start + limit < len(items)
    return {
        "object": "list",
        "url": path,
        "has_more": has_more,
        "next": _next(path, query, str(shown[-1].id)) if has_more else None,
        "data": [show(item) for item in shown],
    }


def _start(items: Sequence[Listed], after: str | None) -> int:
    if after is None:
        return 0
    for place, item in enumerate(items):
        if str(item.id) == after:
            return place + 1
    message = f"No such object to start after: {after}"
    raise ApiError(400, "invalid_request_error", "resource_missing", message, "starting_after")


def _next(path: str, query: Mapping[str, str], last: str) -> str:
    return f"{path}?{urlencode({**query, 'starting_after': last})}"
