"""The source values that may stand in nothing published: looked up where the run keeps them, never listed in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set, ValuesView

from smartsandbox.anonymize.spooled import Spooled
from smartsandbox.anonymize.surrogates.book import Book
from smartsandbox.anonymize.values import Values


class SourceValues(Mapping[str, str]):
    """Folded value to one spelling: what is searched for in texts, and `planted` canaries.

    A value in `shared`, which stands for a group of k people, is published on purpose, and one that stays as it is
    under any key (a loopback address) says nothing; both are left out. So is what is published as a
    constant, with quotation marks at its ends: any JSON string of the constant would be taken for it.
    """

    def __init__(
        self,
        values: Values,
        book: Book,
        shared: Set[str],
        planted: Mapping[str, str],
        is_constant: Callable[[str], bool],
    ) -> None:
        self._values, self._book, self._shared, self._planted = values, book, shared, planted
        self._is_constant = is_constant

    def __getitem__(self, folded: str) -> str:
        found = self._planted.get(folded) or self._spelling(folded)
        if found is None:
            raise KeyError(folded)
        return found

    def values(self) -> ValuesView[str]:
        """Read in one go, without looking each up again; a second reading comes from a file."""
        return _Spellings(self)

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Folded value and spelling: planted ones first, then shorter ones before longer ones."""
        yield from self._planted.items()
        for folded, class_name, spelled in self._values.in_order():
            if folded not in self._planted and self._is_searched(folded, class_name, spelled):
                yield folded, spelled

    def _spelling(self, folded: str) -> str | None:
        class_name = self._values.class_of(folded)
        spelled = None if class_name is None else self._values.spelling_of(folded)
        if class_name is None or spelled is None or not self._is_searched(folded, class_name, spelled):
            return None
        return spelled

    def _is_searched(self, folded: str, class_name: str, spelled: str) -> bool:
        if folded in self._shared or not self._book.needles.holds(folded, class_name, spelled):
            return False
        if '"' in (spelled[0], spelled[-1]) and self._is_constant(spelled.strip('"')):
            return False
        return not self._book.is_own_surrogate(spelled, class_name)

    def __iter__(self) -> Iterator[str]:
        return (folded for folded, _ in self.pairs())

    def __len__(self) -> int:
        return sum(1 for _ in self)


class _Spellings(ValuesView[str]):
    def __init__(self, source: SourceValues) -> None:
        super().__init__(source)
        self._texts = Spooled(lambda: (spelled for _, spelled in source.pairs()))

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)
