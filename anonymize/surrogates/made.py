"""The surrogates of a book as a mapping, read from where the book keeps them."""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, Mapping

from smartsandbox.anonymize.digests import text_key
from smartsandbox.anonymize.spilled import SpilledDict

_AND = "\x00"


def place_of(domain: str, canonical: str) -> str:
    """The key of a canonical value in a domain."""
    return f"{domain}{_AND}{text_key(canonical)}"


class Made(Mapping[tuple[str, str], str]):
    """(domain, canonical value) to surrogate, in the order of the store. A very long value stands by its text key."""

    def __init__(self, made: SpilledDict, domains: frozenset[str] | None = None) -> None:
        self._made, self._domains = made, domains

    def of_domains(self, domains: frozenset[str]) -> Made:
        """Those of some domains only."""
        return Made(self._made, domains)

    def __getitem__(self, place: tuple[str, str]) -> str:
        found = self._made.get(place_of(*place))
        if found is None or not self._has(place[0]):
            raise KeyError(place)
        return found

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return (place for place, _ in self.pairs())

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _has(self, domain: str) -> bool:
        return self._domains is None or domain in self._domains

    def items(self) -> ItemsView[tuple[str, str], str]:
        """Read in one go, without looking each up again."""
        return _Items(self)

    def pairs(self) -> Iterator[tuple[tuple[str, str], str]]:
        """What `items` goes through."""
        for key, made in self._made.in_order():
            domain, _, canonical = key.partition(_AND)
            if self._has(domain):
                yield (domain, canonical), made


class _Items(ItemsView[tuple[str, str], str]):
    def __init__(self, made: Made) -> None:
        super().__init__(made)
        self._pairs = made.pairs

    def __iter__(self) -> Iterator[tuple[tuple[str, str], str]]:
        return self._pairs()
