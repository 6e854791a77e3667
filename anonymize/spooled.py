"""Texts that are costly to work out and read several times: worked out once, then read from a file without a name.

The file holds values of a raw trace, so it is raw-zone data; nothing of it is left when the process ends.
"""

from __future__ import annotations

import marshal
from collections.abc import Callable, Iterable, Iterator
from typing import IO

from smartsandbox.anonymize.nameless import nameless_file
from smartsandbox.anonymize.pages import pages

AT_ONCE = 4096
"""Texts in memory."""


class Spooled:
    """Gives the texts of `make` in their order, as often as it is asked; `make` is called once if it is read to its
    end.
    """

    def __init__(self, make: Callable[[], Iterable[str]], at_once: int = AT_ONCE) -> None:
        self._make, self._at_once = make, at_once
        self._file: IO[bytes] | None = None

    def __iter__(self) -> Iterator[str]:
        return self._fill() if self._file is None else self._read(self._file)

    def _fill(self) -> Iterator[str]:
        file = nameless_file(self)
        for batch in pages(self._make(), self._at_once):
            marshal.dump(batch, file)
            yield from batch
        file.flush()
        self._file = file

    @staticmethod
    def _read(file: IO[bytes]) -> Iterator[str]:
        """Several readers may take turns: each goes back to where it was."""
        place, end = 0, file.seek(0, 2)
        while place < end:
            file.seek(place)
            batch: list[str] = marshal.load(file)
            place = file.tell()
            yield from batch
