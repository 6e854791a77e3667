"""How many sessions or people hold a value, or ids a prefix, counted up to a number that is enough."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator

from smartsandbox.anonymize.digests import text_key
from smartsandbox.anonymize.spilled import Scratch

_DIGEST = 8


def holder(name: str) -> str:
    """A session as it is remembered: 16 hexadecimal digits. Should two ever be taken for one, fewer are counted."""
    return hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=_DIGEST).hexdigest()


class Holders:
    """Values with the sessions that hold them. Of a value that `most` sessions hold no more are remembered, so that
    unions of holders are exact up to that number too.
    """

    def __init__(self, scratch: Scratch, most: int) -> None:
        self._most, self._held = most, scratch.dictionary()
        self._person: Callable[[str], str] | None = None

    def by_person(self, person: Callable[[str], str]) -> None:
        """From now on give and count whom the sessions belong to, each once. Nothing is added after that."""
        self._person = person

    def add(self, value: str, holders: Iterable[str]) -> None:
        """Sessions, as `holder` names them, that hold a value."""
        known = self._held.get(text_key(value))
        have = known.split() if known else []
        new = [one for one in holders if one not in have]
        if (new and len(have) < self._most) or known is None:
            self._held[text_key(value)] = " ".join([*have, *new][: self._most])

    def count(self, value: str) -> int:
        """How many hold a value, as far as was counted."""
        return len(self._told_apart(self._held.get(text_key(value)) or ""))

    def is_full(self, value: str) -> bool:
        """True if no more sessions that hold a value are remembered."""
        return len((self._held.get(text_key(value)) or "").split()) >= self._most

    def in_order(self) -> Iterator[tuple[str, list[str]]]:
        """Every value with its holders, shorter values first; a very long value by its text key."""
        return ((value, self._told_apart(held)) for value, held in self._held.in_order())

    def _told_apart(self, held: str) -> list[str]:
        sessions = held.split()
        return sessions if self._person is None else list(dict.fromkeys(map(self._person, sessions)))

    def drop(self) -> None:
        """Forget all of them."""
        self._held.drop()
