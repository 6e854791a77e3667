"""Seeded draws: functions of a seed, a session, an ordinal and a name, so that a run can be repeated by anyone.

No state is kept: the same four give the same draw in any order, on any machine and in any process.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

_STRATA = 64


@dataclass(frozen=True, slots=True)
class Draw:
    """Draws for one request: the `ordinal`-th, from 0, of a session."""

    seed: int
    session: str
    ordinal: int

    def uniform(self, name: str) -> float:
        """A number in [0, 1), independent of every other name's, ordinal's and session's."""
        return int.from_bytes(_digest(f"{self.seed}\0{self.session}\0{self.ordinal}\0{name}", 8), "big") / 2.0**64

    def spread(self, name: str) -> float:
        """A number in [0, 1) such that any 64 ordinals from a multiple of 64 have one in each 64th of it.

        What is drawn from a distribution by these follows it much closer than by independent numbers: within about
        0.01 after a thousand, not 0.04. Which comes when is as random as before.
        """
        block, place = divmod(self.ordinal, _STRATA)
        stratum = _order(f"{self.seed}\0{self.session}\0{block}\0order\0{name}")[place]
        return min((stratum + self.uniform(name)) / _STRATA, 1.0 - 2.0**-53)


def _digest(text: str, size: int) -> bytes:
    return blake2b(text.encode("utf-8", "surrogateescape"), digest_size=size).digest()


@lru_cache(4096)
def _order(text: str) -> bytes:
    """The numbers from 0 to 63 in an order of their own for each text."""
    return bytes(sorted(range(_STRATA), key=_digest(text, _STRATA).__getitem__))
