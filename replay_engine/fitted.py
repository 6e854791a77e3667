"""Latency fitted from a pack: how long exchanges of an endpoint, a status and a size took, to be drawn from.

A draw takes the times of one recorded exchange of the group, so that the time to the first byte and to the last stay
the pair they were. Time for the body follows its length by the endpoint's own microseconds a byte, where the recording
shows that it depends on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from smartsandbox.replay_engine.arrays import cells
from smartsandbox.replay_engine.rows import Rows

ENOUGH = 30
"""Recordings that a size class needs to be a group of its own; fewer would repeat a handful of times."""

EXPLAINED = 0.1
"""The share of the variance of body times that their length has to explain."""

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def size_class(size: int) -> int:
    """Classes of body sizes in bytes: 0, 1 to 3, 4 to 15, and so on by factors of four."""
    return (size.bit_length() + 1) // 2


@dataclass(frozen=True, slots=True)
class Times:
    """The complete answers of a pack whose time is known, as columns in pack order; times in microseconds."""

    row: Ints
    endpoint: Ints
    status: Ints
    size: Ints
    first: Floats
    total: Floats

    @staticmethod
    def of(rows: Rows) -> Times:
        """An unknown first byte came with the last; `size` is that of the body without its coding."""
        first, total = np.asarray(rows.ttfb_us), np.asarray(rows.total_us)
        total = np.maximum(total, first)
        kept = np.flatnonzero((np.asarray(rows.status) >= 0) & (np.asarray(rows.failures) < 0) & (total >= 0))
        first = np.where(first < 0, total, first)
        return Times(
            kept,
            np.asarray(rows.endpoint.codes)[kept].astype(np.int64),
            np.asarray(rows.status)[kept].astype(np.int64),
            _sizes(rows)[kept],
            first[kept].astype(np.float64),
            total[kept].astype(np.float64),
        )


def _sizes(rows: Rows) -> Ints:
    lengths = np.append(np.diff(np.asarray(rows.bodies.starts)), 0)
    return np.asarray(lengths[np.asarray(rows.response_body)], np.int64)


@dataclass(frozen=True, slots=True)
class Group:
    """Recorded times in order of the last byte's, with the size that each was recorded with. `number` tells the groups
    of a pack apart."""

    number: int
    first: memoryview
    total: memoryview
    size: memoryview
    us_per_byte: float

    def draw(self, share: float, size: int) -> tuple[float, float]:
        """Microseconds to the first byte and to the last, for a body of `size` bytes; `share` is in [0, 1)."""
        at = int(share * len(self.total))
        first, total = self.first[at], self.total[at]
        return first, max(first, total + self.us_per_byte * (size - self.size[at]))

    @staticmethod
    def of(number: int, times: Times, members: Ints, us_per_byte: float) -> Group:
        """Of some of the recorded answers."""
        order = members[np.argsort(times.total[members], kind="stable")]
        first, total, size = (cells(column[order]) for column in (times.first, times.total, times.size))
        return Group(number, first, total, size, us_per_byte)


class Fitted:
    """Groups by endpoint, status and size class, and the wider ones that stand in where a narrow one is missing."""

    def __init__(self, times: Times) -> None:
        self._groups: dict[tuple[int, ...], Group] = {}
        if len(times.row):
            self._split(times)

    def __bool__(self) -> bool:
        """False where no time is known: there is nothing to draw from."""
        return bool(self._groups)

    def group(self, endpoint: int, status: int, size: int) -> Group:
        """The narrowest group that was recorded: else without the size, else the endpoint's, else the pack's."""
        found = self._groups
        return (
            found.get((endpoint, status, size_class(size)))
            or found.get((endpoint, status))
            or found.get((endpoint,))
            or found[()]
        )

    def _split(self, times: Times) -> None:
        everything = np.arange(len(times.row))
        self._add((), times, everything, us_per_byte(times, everything))
        for endpoint, inside in _parts(times.endpoint, everything):
            self._add((endpoint,), times, inside, us_per_byte(times, inside))
            for status, alike in _parts(times.status, inside):
                slope = us_per_byte(times, alike)
                self._add((endpoint, status), times, alike, slope)
                classes = np.array([size_class(size) for size in times.size[alike].tolist()])
                for kind in np.unique(classes).tolist():
                    members = alike[classes == kind]
                    if ENOUGH <= len(members) < len(alike):
                        self._add((endpoint, status, kind), times, members, slope)

    def _add(self, name: tuple[int, ...], times: Times, members: Ints, slope: float) -> None:
        self._groups[name] = Group.of(len(self._groups), times, members, slope)


def _parts(column: npt.NDArray[Any], members: Ints) -> list[tuple[int, Ints]]:
    """Members by their value in a column, each part in pack order."""
    order = members[np.argsort(column[members], kind="stable")]
    values, starts = np.unique(column[order], return_index=True)
    return list(zip(values.tolist(), np.split(order, starts[1:]), strict=True))


def us_per_byte(times: Times, members: Ints) -> float:
    """The least-squares slope of the body's time on its length; 0 where length explains less than EXPLAINED of it.

    Lengths that hardly differ would otherwise give a steep slope by chance.
    """
    if len(members) < ENOUGH:
        return 0.0
    size, body = times.size[members].astype(np.float64), times.total[members] - times.first[members]
    varies, together = float(size.var()), float(np.mean((size - size.mean()) * (body - body.mean())))
    if varies <= 0.0 or together <= 0.0 or together**2 < EXPLAINED * varies * float(body.var()):
        return 0.0
    return together / varies
