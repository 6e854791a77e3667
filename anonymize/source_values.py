"""The source values that may stand in nothing published: looked up where the run keeps them, never listed in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set, ValuesView

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

    def values(self) -> ValuesView[str]:
        """Read in one go, without looking each up again."""
        return _Spellings(self)

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Folded value and spelling: planted ones first, then shorter ones before longer ones."""
        yield from self._planted.items()
        for folded, _, _ in self._values.in_order():
            if folded not in self._planted and (spelled := self._spelling(folded)) is not None:
                yield folded, spelled

    def _spelling(self, folded: str) -> str | None:
        if folded not in self._book.needles or folded in self._shared:
            return None
        spelled = self._values.spelling_of(folded)
        return None if spelled is None or self._book.is_own_surrogate(spelled) else spelled

    def __iter__(self) -> Iterator[str]:
        return (folded for folded, _ in self.pairs())

    def __len__(self) -> int:
        return sum(1 for _ in self)


class _Spellings(ValuesView[str]):
    def __init__(self, source: SourceValues) -> None:
        super().__init__(source)
        self._pairs = source.pairs

    def __iter__(self) -> Iterator[str]:
        return (spelled for _, spelled in self._pairs())
