"""Dictionaries that may grow past memory: what was used last is at hand, the rest lies in a file without a name.

The file holds values of a raw trace, so it is raw-zone data: SQLite makes it readable by its owner only, in the folder
that SQLITE_TMPDIR or TMPDIR names, and unlinks it as soon as it is open. Nothing is left of it when the process ends,
however it ends. The run key never comes here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import count
from weakref import WeakSet

from smartsandbox.anonymize.bloom import Bloom

HOT = 4_000
"""Entries of one dictionary in memory before they are written out."""
_CACHE_KIB = 4 * 1024
_FILTER_BITS = 1 << 24
"""Of the filter over the keys of one dictionary on disk; it lets one in a hundred others pass at 800,000 keys."""

_CREATE = "CREATE TABLE {} (size INTEGER, key BLOB, value BLOB, PRIMARY KEY (size, key)) WITHOUT ROWID"
_PUT = "INSERT OR REPLACE INTO {} VALUES (?, ?, ?)"
_GET = "SELECT value FROM {} WHERE size = ? AND key = ?"
_COUNT = "SELECT count(*) FROM {}"
_NEXT = "SELECT size, key, value FROM {} WHERE (size, key) > (?, ?) ORDER BY size, key LIMIT 1024"


class Scratch:
    """The file of one run. It is made when the first dictionary spills, and only one thread uses it."""

    def __init__(self, hot: int = HOT) -> None:
        self.hot = hot
        self._numbers = count()
        self._connection: sqlite3.Connection | None = None
        self._dictionaries: WeakSet[SpilledDict] = WeakSet()

    def dictionary(self) -> SpilledDict:
        """A new empty dictionary."""
        made = SpilledDict(self, f"spilled_{next(self._numbers)}")
        self._dictionaries.add(made)
        return made

    def release(self, filters_too: bool = False) -> None:
        """Keep nothing at hand of the dictionaries that lie on disk: their memory is needed elsewhere. Without their
        filters they are slower to say that they do not hold a key.
        """
        for one in self._dictionaries:
            one.release()
            if filters_too:
                one.drop_filter()
        if self._connection is not None:
            self._connection.execute("PRAGMA shrink_memory")

    @property
    def connection(self) -> sqlite3.Connection:
        """The open file."""
        if self._connection is None:
            # An empty name is SQLite's temporary database: a file that is unlinked once it is open.
            self._connection = sqlite3.connect("", isolation_level=None, cached_statements=256)
            for setting in ("journal_mode = OFF", "synchronous = OFF", f"cache_size = -{_CACHE_KIB}"):
                self._connection.execute(f"PRAGMA {setting}")
        return self._connection

    def close(self) -> None:
        """Give the file up; its dictionaries are empty of what had spilled."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class SpilledDict:
    """Text to text. `in_order` goes by the length of the key in characters, then by the key."""

    def __init__(self, scratch: Scratch, table: str) -> None:
        self._scratch, self._table = scratch, table
        self._fresh: dict[str, str] = {}
        """Not on disk, or newer than there."""
        self._read: dict[str, str] = {}
        """The same as on disk."""
        self._is_spilled = False
        self._on_disk: Bloom | None = None
        """Knows the keys on disk, so that one that is not there is not looked for."""
        self._get_sql = _GET.format(table)

    def get(self, key: str) -> str | None:
        """The value of a key, or None."""
        found = self._fresh.get(key)
        if found is None and self._is_spilled:
            found = self._read.get(key)
            return self._fetch(key) if found is None else found
        return found

    def _fetch(self, key: str) -> str | None:
        if self._on_disk is not None and not self._on_disk.may_hold(key):
            return None
        row = self._scratch.connection.execute(self._get_sql, (len(key), _encoded(key))).fetchone()
        if row is None:
            return None
        if len(self._read) >= self._scratch.hot:
            self._read.clear()
        found = self._read[key] = _decoded(row[0])
        return found

    def __contains__(self, key: str) -> bool:
        return self.get(key) is not None

    def __setitem__(self, key: str, value: str) -> None:
        self._fresh[key] = value
        if len(self._fresh) >= self._scratch.hot:
            self._spill()

    def _spill(self) -> None:
        """Sorted, so that neighbours in the file are written together. What was just written is still at hand."""
        connection = self._scratch.connection
        if not self._is_spilled:
            connection.execute(_CREATE.format(self._table))
            self._is_spilled = True
        self._on_disk = self._on_disk or Bloom(_FILTER_BITS)
        for key in self._fresh:
            self._on_disk.add(key)
        rows = [(len(key), _encoded(key), _encoded(self._fresh[key])) for key in _sorted(self._fresh)]
        connection.execute("BEGIN")
        connection.executemany(_PUT.format(self._table), rows)
        connection.execute("COMMIT")
        self._read, self._fresh = self._fresh, {}

    def __len__(self) -> int:
        if not self._is_spilled:
            return len(self._fresh)
        self._flush()
        return int(self._scratch.connection.execute(_COUNT.format(self._table)).fetchone()[0])

    def _flush(self) -> None:
        if self._fresh:
            self._spill()

    def in_order(self) -> Iterator[tuple[str, str]]:
        """Every entry. This dictionary must not be changed meanwhile; others of the same scratch may be."""
        if not self._is_spilled:
            return iter([(key, self._fresh[key]) for key in _sorted(self._fresh)])
        self._flush()
        return self._pages()

    def _pages(self) -> Iterator[tuple[str, str]]:
        place = (-1, b"")
        while rows := self._scratch.connection.execute(_NEXT.format(self._table), place).fetchall():
            page = {_decoded(key): _decoded(value) for _, key, value in rows}
            self._at_hand(page)
            yield from page.items()
            place = rows[-1][:2]

    def _at_hand(self, page: dict[str, str]) -> None:
        """Who goes through the entries is likely to ask for them."""
        if len(self._read) + len(page) > self._scratch.hot:
            self._read = {}
        self._read.update(page)

    def release(self) -> None:
        """Keep nothing at hand, if it has ever spilled."""
        if self._is_spilled:
            self._flush()
            self._read = {}

    def drop_filter(self) -> None:
        """Give the room of the filter back, if it has ever spilled; every key is looked for from now on."""
        if self._on_disk is not None:
            self._on_disk = Bloom.of_all()

    def drop(self) -> None:
        """Forget every entry and give its room back."""
        if self._is_spilled:
            self._scratch.connection.execute(f"DROP TABLE {self._table}")
        self._fresh, self._read, self._is_spilled, self._on_disk = {}, {}, False, None


def _sorted(keys: Iterable[str]) -> list[str]:
    """By length, then by the text."""
    return sorted(sorted(keys), key=len)


def _encoded(text: str) -> bytes:
    """UTF-8 in which lone surrogates, as JSON escapes may name them, survive; its order is that of the text."""
    return text.encode("utf-8", "surrogatepass")


def _decoded(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass")
