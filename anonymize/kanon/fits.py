"""Whom a published combination fits: all who share it, and where it lacks attributes, all who agree in the others.

That is what a reader of the publication can tell, whatever groups it was made from; somebody may be in several of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import numpy as np

from smartsandbox.anonymize.kanon.demands import Rows

Vector = tuple[str | None, ...]


def fitting_groups(vectors: Mapping[int, Vector]) -> dict[Vector, Rows]:
    """For each combination the numbers, ascending, of those whom it fits; `vectors` is by the number of a person."""
    sharing: dict[Vector, list[int]] = defaultdict(list)
    for number, vector in vectors.items():
        sharing[vector].append(number)
    return {vector: np.array(_fitting(vector, sharing), np.int64) for vector in sharing}


def _fitting(vector: Vector, sharing: Mapping[Vector, list[int]]) -> list[int]:
    if None not in vector:
        return sorted(sharing[vector])
    known = [index for index, value in enumerate(vector) if value is not None]
    agreeing = (numbers for other, numbers in sharing.items() if all(other[i] == vector[i] for i in known))
    return sorted(number for numbers in agreeing for number in numbers)
