"""Loss measures under their published names: NCP (Xu et al. 2006), discernibility (Bayardo, Agrawal 2005), average
class size (LeFevre et al. 2006)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from smartsandbox.anonymize.kanon.mondrian import Codes, Indices


def ncp(codes: Codes, groups: Sequence[Indices]) -> float:
    """Mean over grouped rows and attributes of the share of the attribute's range that the group covers, 0 to 1."""
    placed = sum(len(group) for group in groups)
    if not placed or not codes.shape[1]:
        return 0.0
    spans = np.ptp(codes, axis=0)
    shares = [
        len(group) * np.divide(np.ptp(codes[group], axis=0), spans, out=np.zeros(len(spans)), where=spans > 0).mean()
        for group in groups
    ]
    return float(sum(shares) / placed)


def discernibility(sizes: Sequence[int], suppressed: int, population: int) -> int:
    """Sum of squared group sizes, plus the population for every suppressed row."""
    return sum(size * size for size in sizes) + suppressed * population


def average_class_size(sizes: Sequence[int], k: int) -> float:
    """Rows by groups by k; 1 is best. 0 where there are no groups."""
    return sum(sizes) / (len(sizes) * k) if sizes else 0.0
