"""The people of a rewritten trace and the groups that its readers see: who shares each published combination."""

from __future__ import annotations

from smartsandbox.anonymize.kanon.demands import Rows
from smartsandbox.anonymize.kanon.encode import normal, suppressed
from smartsandbox.anonymize.kanon.fits import Vector, fitting_groups
from smartsandbox.anonymize.policy import Policy
from smartsandbox.anonymize.subjects import SubjectTable


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

    Those who are suppressed share no group: their sensitive values are withheld.
    """
    vectors = {
        person: vector
        for person in sorted(people.rows)
        if (vector := published_vector(people, person, policy)) is not None
    }
    shown = {number: vector for number, vector in enumerate(vectors.values()) if not is_suppressed(vector, policy)}
    return list(vectors), list(fitting_groups(shown).values())
