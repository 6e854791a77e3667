"""The people of a rewritten trace and the groups that its readers see: who shares each published combination."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from smartsandbox.anonymize.kanon.demands import Rows
from smartsandbox.anonymize.kanon.encode import normal, suppressed
from smartsandbox.anonymize.policy import Policy
from smartsandbox.anonymize.subjects import SubjectTable

Vector = tuple[str | None, ...]


def published_vector(people: SubjectTable, person: str, policy: Policy) -> Vector | None:
    """The person's published combination, or None if nothing is published of them."""
    row = people.rows[person]
    vector = tuple(
        normal(row[name], kind) if row.get(name) else None for name, kind in sorted(policy.quasi_identifiers.items())
    )
    return vector if any(value is not None for value in vector) else None


def is_suppressed(vector: Vector, policy: Policy) -> bool:
    """True if the combination is what stands for those who fit no group."""
    kinds = [kind for _, kind in sorted(policy.quasi_identifiers.items())]
    return all(value in (None, suppressed(kind)) for value, kind in zip(vector, kinds, strict=True))


def published_groups(people: SubjectTable, policy: Policy) -> tuple[list[str], list[Rows]]:
    """The people of whom a combination is published, in order, and for each combination those whom it fits.

    A combination that lacks attributes fits all who agree in the others, so somebody may be in several groups. Those
    who are suppressed share no group: their sensitive values are withheld.
    """
    vectors = {
        person: vector
        for person in sorted(people.rows)
        if (vector := published_vector(people, person, policy)) is not None
    }
    numbers: dict[Vector, list[int]] = defaultdict(list)
    for number, vector in enumerate(vectors.values()):
        numbers[vector].append(number)
    shown = {vector: members for vector, members in numbers.items() if not is_suppressed(vector, policy)}
    groups = [np.array(_fitting(vector, shown), np.int64) for vector in shown]
    return list(vectors), groups


def _fitting(vector: Vector, shown: dict[Vector, list[int]]) -> list[int]:
    if None not in vector:
        return shown[vector]
    known = [index for index, value in enumerate(vector) if value is not None]
    agreeing = (rows for other, rows in shown.items() if all(other[index] == vector[index] for index in known))
    return sorted(row for rows in agreeing for row in rows)
