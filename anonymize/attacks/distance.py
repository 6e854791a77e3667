"""How far people are from one another: Gower's distance (1971), in which every attribute counts alike.

A category is 0 or 1 apart. A number is as far as the share of people between, which no outlier can stretch.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from smartsandbox.anonymize.attacks.people import Floats, People

Mask = NDArray[np.bool_]

_CELLS = 500_000


def ranks(values: Floats, among: Floats) -> Floats:
    """The mid-rank of each value among others, from 0 to 1; NaN stays."""
    known = np.sort(among[~np.isnan(among)])
    if not len(known):
        return np.where(np.isnan(values), np.nan, 0.0)
    middle = (np.searchsorted(known, values, "left") + np.searchsorted(known, values, "right")) / (2.0 * len(known))
    return np.where(np.isnan(values), np.nan, middle)


def ranked(people: People, among: People) -> Floats:
    """The cells with numbers replaced by their ranks in another table; categories stay."""
    columns = [
        ranks(people.cells[:, at], among.cells[:, at]) if people.numeric[at] else people.cells[:, at]
        for at in range(len(people.names))
    ]
    return np.stack(columns, axis=1) if columns else people.cells


def nearest(
    targets: Floats, published: Floats, numeric: NDArray[np.bool_], known: NDArray[np.bool_]
) -> Iterator[tuple[slice, Mask]]:
    """Which published rows are nearest to each target, all that tie: a row a target and a column a published row.

    `known` says, in the shape of `targets`, which cells are compared; with none every row is as near. `published` is
    not empty. Memory is bounded: targets come in blocks, in order, each with the slice of `targets` that it is.
    """
    step = max(1, _CELLS // max(1, len(published)))
    for start in range(0, len(targets), step):
        rows = slice(start, start + step)
        apart = _distances(targets[rows], published, numeric, known[rows])
        yield rows, apart <= apart.min(axis=1, keepdims=True) + 1e-9


def _distances(targets: Floats, published: Floats, numeric: NDArray[np.bool_], known: NDArray[np.bool_]) -> Floats:
    total = np.zeros((len(targets), len(published)))
    for at in range(len(numeric)):
        asked = np.flatnonzero(known[:, at])
        total[asked] += _apart(targets[asked, at, None], published[None, :, at], bool(numeric[at]))
    return total


def _apart(one: Floats, other: Floats, numeric: bool) -> Floats:
    missing = np.isnan(one) | np.isnan(other)
    both = np.isnan(one) & np.isnan(other)
    apart = np.abs(one - other) if numeric else (one != other).astype(np.float64)
    return np.where(missing, np.where(both, 0.0, 1.0), apart)
