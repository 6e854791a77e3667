"""Exchanges of a sample, kept in a file without a name and taken from it one by one: raw ones may be among them."""

from __future__ import annotations

import marshal

from smartsandbox.anonymize.nameless import nameless_file
from smartsandbox.packs.model import Exchange
from smartsandbox.packs.trace import from_row, to_row


class Shelf:
    """Gives a place for an exchange and the exchange for a place. What is on it stays until the shelf goes."""

    def __init__(self) -> None:
        self._file = nameless_file(self)
        self._end = 0

    def put(self, exchange: Exchange) -> int:
        """Where it stands from now on."""
        place = self._file.seek(self._end)
        marshal.dump(to_row(exchange), self._file)
        self._end = self._file.tell()
        return place

    def get(self, place: int) -> Exchange:
        """What stands there, equal to what was put."""
        self._file.seek(place)
        return from_row(marshal.load(self._file))
