"""The source values that may stand in nothing published: looked up where the run keeps them, never listed in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set

from smartsandbox.anonymize.surrogates.book import Book
from smartsandbox.anonymize.values import Values


class SourceValues(Mapping[str, str]):
    """Folded value to one spelling: what is searched for in texts, and `planted` canaries.

    A value in `shared`, which stands for a group of k people, is published on purpose, and one that stays as it is
    under any key (a loopback address) says nothing; both are left out.
    """

    def __init__(self, values: Values, book: Book, shared: Set[str], planted: Mapping[str, str]) -> None:
        self._values, self._book, self._shared, self._planted = values, book, shared, planted

    def __getitem__(self, folded: str) -> str:
        found = self._planted.get(folded) or self._spelling(folded)
        if found is None:
            raise KeyError(folded)
        return found

    def _spelling(self, folded: str) -> str | None:
        if folded not in self._book.needles or folded in self._shared:
            return None
        spelled = self._values.spelling_of(folded)
        return None if spelled is None or self._book.is_own_surrogate(spelled) else spelled

    def __iter__(self) -> Iterator[str]:
        yield from self._planted
        for folded, _, _ in self._values.in_order():
            if folded not in self._planted and self._spelling(folded) is not None:
                yield folded

    def __len__(self) -> int:
        return sum(1 for _ in self)
