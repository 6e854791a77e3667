"""A forecast of which nodes of a lattice fail, from those checked so far.

The logarithm of the rows that would have to be suppressed falls about evenly with the levels, so a line is fitted to
it, nodes near the border weighing most. A wrong forecast costs checks; it never changes what the search finds.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from smartsandbox.anonymize.kanon.rollup import Levels

_ENOUGH = 3
_RIDGE = 0.05
_LEAST_SPREAD = 0.3
_NORMAL = 1.7
"""The logistic function of 1.7 x is the normal distribution function of x, to 0.01."""


def margin(forced: int, allowance: int) -> float:
    """How far a node is from the border: above 0 if more rows are forced out than are allowed, on a log scale."""
    return math.log((forced + 0.5) / (allowance + 1))


class Forecast:
    """Fitted anew whenever it is asked, by ridge regression over one term an attribute and a constant."""

    def __init__(self, shape: Levels) -> None:
        self._shape = shape
        self._nodes: list[Levels] = []
        self._margins: list[float] = []

    def observe(self, node: Levels, margin: float) -> None:
        """Take up a check."""
        self._nodes.append(node)
        self._margins.append(margin)

    def failing(self) -> NDArray[np.float64]:
        """For every node, the probability that it fails; a half before there is enough to go by."""
        if len(self._nodes) < _ENOUGH:
            return np.full(self._shape, 0.5)
        slopes, constant, spread = self._fitted()
        expected = np.full(self._shape, constant)
        for axis, slope in enumerate(slopes):
            expected += _along(axis, slope * np.arange(self._shape[axis]), len(self._shape))
        likely: NDArray[np.float64] = 0.5 * (1 + np.tanh(_NORMAL * expected / (2 * spread)))
        return likely

    def _fitted(self) -> tuple[NDArray[np.float64], float, float]:
        terms = np.column_stack([np.array(self._nodes, np.float64), np.ones(len(self._nodes))])
        margins = np.array(self._margins)
        weights = np.exp(-np.abs(margins) / 2)
        ridge = np.diag([_RIDGE] * len(self._shape) + [1e-6])
        weighted = terms.T * weights
        fitted = np.linalg.solve(weighted @ terms + ridge, weighted @ margins)
        spread = math.sqrt(float(np.average((terms @ fitted - margins) ** 2, weights=weights)))
        return fitted[:-1], float(fitted[-1]), max(spread, _LEAST_SPREAD)


def _along(axis: int, values: NDArray[np.float64], dimensions: int) -> NDArray[np.float64]:
    return values.reshape([-1 if other == axis else 1 for other in range(dimensions)])
