"""Which part of a schedule one worker drives, when several share it.

Sessions are dealt by a hash of their names, each round of a loop anew, so a session is wholly in one worker, and every
worker finds the same deal without asking another. Requests of no session are dealt by their match key, which keeps
equal ones together.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from smartsandbox.packs.errors import UsageError
from smartsandbox.replay_engine.drive.pacing import Schedule
from smartsandbox.replay_engine.rows import Rows

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

    def of(self, rows: Rows, plan: Schedule) -> Schedule:
        """This worker's part of the whole schedule."""
        return plan if self.count == 1 else plan.part(owners(rows, plan, self.count) == self.index)


WHOLE = Share()


def owners(rows: Rows, plan: Schedule, count: int) -> npt.NDArray[np.int64]:
    """The worker of each place in the schedule."""
    names = np.array([zlib.crc32(name.encode()) for name in rows.session.names] or [0], np.uint64)
    codes = np.asarray(rows.session.codes)[plan.rows]
    dealt = np.where(codes >= 0, names[np.maximum(codes, 0)], rows.key[plan.rows, 1])
    return (_mixed(dealt + plan.turns.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) % np.uint64(count)).astype(
        np.int64
    )


def _mixed(values: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
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
