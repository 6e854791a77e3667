"""Which nodes of a generalisation lattice can still hold the optimum, and which to check next.

A node is one level for each attribute. A node that fails a monotone criterion rules out all beneath it; a lower bound
of the loss at a node holds for all above it. Until the border between failing and passing nodes is known, the next
node is the one whose check is expected to rule out most, by a forecast of which nodes fail. Counts beneath and above
every node come from cumulative sums along each attribute.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from smartsandbox.anonymize.kanon.forecast import Forecast
from smartsandbox.anonymize.kanon.rollup import Levels
from smartsandbox.packs.errors import UsageError

MAX_NODES = 5_000_000


class Frontier:
    """The nodes not ruled out. `heights` are the numbers of levels; `costs`, where known beforehand, the exact losses.

    Ties in the loss go to the node with the smaller sum of levels, then to the lexicographically smaller one.
    Raises UsageError if the lattice has more than MAX_NODES nodes.
    """

    def __init__(self, heights: Sequence[int], costs: NDArray[np.float64] | None = None) -> None:
        self.nodes = math.prod(heights)
        if self.nodes > MAX_NODES:
            raise UsageError(
                f"the hierarchies span {self.nodes} combinations of levels; the search takes {MAX_NODES}: "
                "use fewer levels or attributes, or Mondrian"
            )
        self._shape = tuple(heights)
        self._ties = _tie_ranks(self._shape)
        self._lower = np.full(self._shape, -np.inf) if costs is None else costs.copy()
        self._order = None if costs is None else np.lexsort((self._ties.ravel(), costs.ravel()))
        self._open = np.ones(self._shape, np.bool_)
        self._undecided = np.ones(self._shape, np.bool_)
        self._forecast = Forecast(self._shape)

    def next(self) -> Levels | None:
        """The node to check, or None when no node can be better than the best that passed."""
        searched = self._open & self._undecided
        if searched.any():
            return self._most_telling(searched)
        if self._open.any():
            return self._unravel(int(np.argmin(np.where(self._open, self._lower, np.inf))))
        return None

    def checked(self, node: Levels, margin: float, bound: float) -> None:
        """Take up a check. `bound` is a lower bound of the loss of the node and of all above it.

        `margin` is above 0 if the criteria that prune fail (see `forecast.margin`).
        """
        self._forecast.observe(node, margin)
        beneath = tuple(slice(0, level + 1) for level in node)
        above = tuple(slice(level, None) for level in node)
        if margin > 0:
            self._open[beneath] = self._undecided[beneath] = False
        else:
            self._undecided[above] = False
        self._open[node] = self._undecided[node] = False
        np.maximum(self._lower[above], bound, out=self._lower[above])

    def passed(self, node: Levels, loss: float) -> None:
        """A node keeps every criterion at this loss: none that cannot be better remains."""
        worse = (self._lower > loss) | ((self._lower == loss) & (self._ties >= self._ties[node]))
        self._open &= ~worse

    def tie(self, node: Levels) -> int:
        """The rank that decides between nodes of equal loss, smallest first."""
        return int(self._ties[node])

    def _most_telling(self, searched: NDArray[np.bool_]) -> Levels:
        """A node that is itself ruled out may be the best to check, for what its failing would rule out beneath."""
        failing = self._forecast.failing()
        expected = failing * _cumulated(searched) + (1 - failing) * self._settled_by_passing(searched)
        return self._unravel(int(np.argmax(np.where(self._undecided, expected, -1))))

    def _settled_by_passing(self, searched: NDArray[np.bool_]) -> NDArray[np.int32]:
        """How many nodes each one would rule out: those of no smaller loss where losses are known, else those above."""
        if self._order is None:
            flipped = tuple(slice(None, None, -1) for _ in self._shape)
            return _cumulated(searched[flipped])[flipped]
        from_worst = self._order[::-1]
        settled = np.empty(self.nodes, np.int32)
        settled[from_worst] = np.cumsum(searched.ravel()[from_worst])
        return settled.reshape(self._shape)

    def _unravel(self, index: int) -> Levels:
        return tuple(int(level) for level in np.unravel_index(index, self._shape))


def _cumulated(marked: NDArray[np.bool_]) -> NDArray[np.int32]:
    """The marked nodes at or beneath each node."""
    counts = marked.astype(np.int32)
    for axis in range(counts.ndim):
        np.cumsum(counts, axis=axis, out=counts)
    return counts


def _tie_ranks(shape: Levels) -> NDArray[np.int64]:
    sums = np.zeros(shape, np.int64)
    for axis, height in enumerate(shape):
        sums += np.arange(height).reshape([-1 if other == axis else 1 for other in range(len(shape))])
    ranks = np.empty(sums.size, np.int64)
    ranks[np.argsort(sums, axis=None, kind="stable")] = np.arange(sums.size)
    return ranks.reshape(shape)
