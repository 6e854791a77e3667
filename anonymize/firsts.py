"""What was seen first of each attribute of each owner, in little room: a name, and 12 bytes an attribute."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping

_NONE = -1


class Firsts:
    """First values by owner and attribute, each with a number that says when it was seen; the least number counts.

    Owners and values are held once each.
    """

    def __init__(self) -> None:
        self._owners: dict[str, int] = {}
        self._codes: dict[str, int] = {}
        self._texts: list[str] = []
        self._columns: dict[str, tuple[array[int], array[int]]] = {}
        """By attribute, the number and the code of the value of each owner."""

    def note(self, owner: str, name: str, value: str, number: int) -> None:
        """A value of an attribute, seen at a number of 0 or more."""
        at = self._owners.setdefault(owner, len(self._owners))
        numbers, codes = self._columns.setdefault(name, (array("q"), array("i")))
        if at >= len(numbers):
            missing = len(self._owners) - len(numbers)
            numbers.extend([_NONE] * missing)
            codes.extend([_NONE] * missing)
        if numbers[at] == _NONE or number < numbers[at]:
            numbers[at], codes[at] = number, self._code(value)

    def _code(self, value: str) -> int:
        code = self._codes.setdefault(value, len(self._texts))
        if code == len(self._texts):
            self._texts.append(value)
        return code

    def __iter__(self) -> Iterator[tuple[str, str, str, int]]:
        """Owner, attribute, value and number of all."""
        for owner, at in self._owners.items():
            for name, (numbers, codes) in self._columns.items():
                if at < len(numbers) and numbers[at] != _NONE:
                    yield owner, name, self._texts[codes[at]], numbers[at]

    def rows(self) -> Mapping[str, Mapping[str, str]]:
        """The values of each owner, looked up when they are asked for."""
        return _Rows(self._owners, self._columns, self._texts)


class _Rows(Mapping[str, Mapping[str, str]]):
    def __init__(
        self, owners: dict[str, int], columns: dict[str, tuple[array[int], array[int]]], texts: list[str]
    ) -> None:
        self._owners, self._columns, self._texts = owners, columns, texts

    def __getitem__(self, owner: str) -> dict[str, str]:
        at, texts = self._owners[owner], self._texts
        held = ((name, numbers, codes) for name, (numbers, codes) in self._columns.items() if at < len(numbers))
        return {name: texts[codes[at]] for name, numbers, codes in held if numbers[at] != _NONE}

    def __iter__(self) -> Iterator[str]:
        return iter(self._owners)

    def __len__(self) -> int:
        return len(self._owners)
