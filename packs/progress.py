"""Progress as a parameter: long work wraps its iterable in a `Track` and does not know who is looking."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Track(Protocol):
    """Yields what it is given, unchanged and in order, and may show how far it has come."""

    def __call__(self, items: Iterable[T], label: str, total: int | None = None) -> Iterable[T]:
        """`label` is a few words ("reading captures"); `total` the number of items, where known."""
        ...


def silent(items: Iterable[T], label: str, total: int | None = None) -> Iterable[T]:
    """The Track that shows nothing."""
    return items
