"""Which part of a schedule one worker drives, when several share it.

Sessions are dealt by a hash of their names, each round of a loop anew, so a session is wholly in one worker, and every
worker finds the same deal without asking another. Requests of no session are dealt by their match key, which keeps
equal ones together. Sessions that take values from each other's answers are dealt as one, so that every value is bound
in the worker that got it.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from smartsandbox.packs.errors import UsageError
from smartsandbox.replay_engine.drive.correlation.uses import Uses
from smartsandbox.replay_engine.drive.pacing import Schedule
from smartsandbox.replay_engine.rows import Rows

Hashes = npt.NDArray[np.uint64]

INDEX, COUNT = "JOB_COMPLETION_INDEX", "JOB_COMPLETIONS"
_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Share:
    """Worker `index` (from 0) of `count`."""

    index: int = 0
    count: int = 1

    def __post_init__(self) -> None:
        if not 0 <= self.index < self.count <= _MOST:
            raise UsageError(f"worker {self.index}/{self.count} must be INDEX/COUNT with 0 <= INDEX < COUNT <= {_MOST}")

    def __str__(self) -> str:
        return f"{self.index}/{self.count}"

    def of(self, rows: Rows, plan: Schedule, uses: Uses) -> npt.NDArray[np.bool_]:
        """Which places of the whole schedule are this worker's; `uses` are the schedule's, none where nothing binds."""
        mine: npt.NDArray[np.bool_] = owners(rows, plan, self.count, uses) == self.index
        return mine


WHOLE = Share()


def owners(rows: Rows, plan: Schedule, count: int, uses: Uses) -> npt.NDArray[np.int64]:
    """The worker of each place in the schedule."""
    names = np.array([zlib.crc32(name.encode()) for name in rows.session.names] or [0], np.uint64)
    codes = np.asarray(rows.session.codes)[plan.rows]
    dealt = np.where(codes >= 0, names[np.maximum(codes, 0)], rows.key[plan.rows, 1])
    dealt = _mixed(dealt + plan.turns.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15))
    return (_joined(dealt, uses) % np.uint64(count)).astype(np.int64)


def _joined(dealt: Hashes, uses: Uses) -> Hashes:
    """The least hash of all that are tied to each other, for each of them."""
    ties = np.unique(np.stack((dealt[uses.producers], dealt[uses.consumers]), 1), axis=0)
    ties = ties[ties[:, 0] != ties[:, 1]]
    if not len(ties):
        return dealt
    least: dict[int, int] = {}
    for one, other in ties.tolist():
        first, second = sorted((_root(least, one), _root(least, other)))
        least[second] = first
    hashes, places = np.unique(dealt, return_inverse=True)
    return np.array([_root(least, value) for value in hashes.tolist()], np.uint64)[places]


def _root(least: dict[int, int], value: int) -> int:
    """The least of its group; the way there is made shorter."""
    while (above := least.get(value, value)) != value:
        least[value] = least.get(above, above)
        value = above
    return value


def unevenness(rows: Rows, plan: Schedule, count: int, uses: Uses) -> float:
    """How many times larger the largest share is than it would be if no session were tied to another."""
    if not len(plan):
        return 1.0
    tied, free = (np.bincount(owners(rows, plan, count, some)).max() for some in (uses, Uses()))
    return float(tied / free)


def _mixed(values: Hashes) -> Hashes:
    """Every bit of the result depends on every bit of the value (the finaliser of splitmix64)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def parse_share(text: str) -> Share:
    """From `2/8`. Raises UsageError."""
    found = re.fullmatch(r"(\d+)/(\d+)", text)
    if found is None:
        raise UsageError(f"worker {text!r} must be INDEX/COUNT, such as 0/4")
    return Share(int(found[1]), int(found[2]))


def share_of(environment: Mapping[str, str]) -> Share:
    """What a Kubernetes Indexed Job says by its environment; the whole where it says nothing. Raises UsageError."""
    index, count = environment.get(INDEX), environment.get(COUNT)
    if index is None and count is None:
        return WHOLE
    if index is None or count is None:
        missing = INDEX if index is None else COUNT
        raise UsageError(f"only one of {INDEX} and {COUNT} is set: set {missing} too, or say --worker INDEX/COUNT")
    return parse_share(f"{index}/{count}")
