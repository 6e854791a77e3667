"""Which of the exchanges that share a key can answer a caller: the refinement ladder.

(a) those of the recorded session that the caller names; else (b) those with the caller's credential, or, where it is
not in the pack, those that carried any credential if the caller does and none if it does not; then, within these,
(c) those of the caller's host where the pack has several. A rung on which nothing stands is skipped, so the list is
never empty and always in pack order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import count

from smartsandbox.replay_engine.arrays import Coded, Names
from smartsandbox.replay_engine.index import KeyIndex
from smartsandbox.replay_engine.rows import Rows

_REMEMBERED = 16_384
NOT_RECORDED = -2
"""The code of a name that the pack does not hold; -1 is the code of no name at all."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, as codes of the pack's own names (see `Callers`)."""

    session: int
    credential: int
    host: int


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Rows that answer one kind of caller for one key; `serial` names the list, so that a cursor can stand on it."""

    serial: int
    rows: list[int]


class Callers:
    """Turns the names in a live request into codes; a name of another origin is NOT_RECORDED."""

    def __init__(self, rows: Rows) -> None:
        self._session, self._credential, self._host = map(_finder, (rows.session, rows.credential, rows.host))
        self.one_host = len(rows.host.names) < 2

    def of(self, session: str | None, credential: str | None, host: str | None) -> Caller:
        """The caller with these names."""
        return Caller(self._session(session), self._credential(credential), self._host(host))


def _finder(column: Coded) -> Callable[[str | None], int]:
    """From a name to its code. Many names are not kept as objects: those asked for last are remembered."""
    names = column.names
    if not isinstance(names, Names):
        codes: dict[str | None, int] = {None: -1, **{name: code for code, name in enumerate(names)}}
        return lambda name: codes.get(name, NOT_RECORDED)

    @lru_cache(_REMEMBERED)
    def find(name: str | None) -> int:
        code = -1 if name is None else names.find(name)
        return code if code >= 0 or name is None else NOT_RECORDED

    return find


class Ladder:
    """Narrows groups to candidates. Each answer is computed once and kept, at most a few times for each row."""

    def __init__(self, rows: Rows, index: KeyIndex, serials: count[int] | None = None) -> None:
        """Ladders whose candidates share sessions number them with one counter."""
        self._rows, self._index = rows, index
        self._groups: dict[int, _Group] = {}
        self._serials = count() if serials is None else serials

    def narrow(self, group: int, caller: Caller) -> Candidates:
        """The candidates of a group for a caller."""
        found = self._groups.get(group)
        if found is None:
            found = self._groups[group] = _Group(self._rows, self._index.rows(group), self._serials)
        return found.narrow(caller)


class _Group:
    """One group, split by session and by credential at first use, and by host where that splits further."""

    __slots__ = ("_all", "_by_credential", "_by_host", "_by_session", "_rows", "_serials")

    def __init__(self, rows: Rows, members: list[int], serials: count[int]) -> None:
        self._rows, self._serials = rows, serials
        self._all = Candidates(next(serials), members)
        self._by_session = self._split(self._all, rows.session.codes)
        self._by_credential = self._split(self._all, rows.credential.codes)
        self._by_host: dict[int, dict[int, Candidates]] = {}
        named = [row for row in members if rows.credential.codes[row] >= 0]
        if named and len(named) < len(members):
            self._by_credential[NOT_RECORDED] = Candidates(next(serials), named)

    def narrow(self, caller: Caller) -> Candidates:
        chosen = self._by_session.get(caller.session) if caller.session >= 0 else None
        if chosen is None:
            chosen = self._by_credential.get(caller.credential)
        if chosen is None and caller.credential >= 0:
            chosen = self._by_credential.get(NOT_RECORDED)
        if chosen is None:
            chosen = self._all
        return self._at_host(chosen, caller.host) if caller.host >= 0 else chosen

    def _at_host(self, chosen: Candidates, host: int) -> Candidates:
        split = self._by_host.get(chosen.serial)
        if split is None:
            split = self._by_host[chosen.serial] = self._split(chosen, self._rows.host.codes)
        return split.get(host, chosen)

    def _split(self, whole: Candidates, codes: memoryview) -> dict[int, Candidates]:
        """The list by code; a code that all members share keeps the list itself."""
        parts: dict[int, list[int]] = {}
        for row in whole.rows:
            parts.setdefault(codes[row], []).append(row)
        if len(parts) == 1:
            return dict.fromkeys(parts, whole)
        return {code: Candidates(next(self._serials), members) for code, members in parts.items()}
