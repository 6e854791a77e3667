"""How far people are from one another: Gower's distance (1971), in which every attribute counts alike.

A category is 0 or 1 apart. A number is as far as the share of people between, which no outlier can stretch.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from smartsandbox.anonymize.attacks.people import Floats, People

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
    targets: Floats, published: Floats, numeric: NDArray[np.bool_], known: NDArray[np.bool_], rng: np.random.Generator
) -> NDArray[np.int64]:
    """The nearest published row of each target; among equally near ones any, drawn at random.

    `known` says, in the shape of `targets`, which cells are compared. `published` is not empty. Memory is bounded:
    targets are taken in blocks.
    """
    found = [_pick(distances, rng) for distances in _blocks(targets, published, numeric, known)]
    return np.concatenate(found) if found else np.zeros(0, np.int64)


def _blocks(
    targets: Floats, published: Floats, numeric: NDArray[np.bool_], known: NDArray[np.bool_]
) -> Iterator[Floats]:
    step = max(1, _CELLS // max(1, len(published)))
    for start in range(0, len(targets), step):
        block = targets[start : start + step]
        total = np.zeros((len(block), len(published)))
        for at in range(len(numeric)):
            asked = np.flatnonzero(known[start : start + step, at])
            total[asked] += _apart(block[asked, at, None], published[None, :, at], bool(numeric[at]))
        yield total


def _apart(one: Floats, other: Floats, numeric: bool) -> Floats:
    missing = np.isnan(one) | np.isnan(other)
    both = np.isnan(one) & np.isnan(other)
    apart = np.abs(one - other) if numeric else (one != other).astype(np.float64)
    return np.where(missing, np.where(both, 0.0, 1.0), apart)


def _pick(distances: Floats, rng: np.random.Generator) -> NDArray[np.int64]:
    tied = distances <= distances.min(axis=1, keepdims=True) + 1e-9
    return np.asarray(np.argmax(np.where(tied, rng.random(distances.shape), -1.0), axis=1), dtype=np.int64)
