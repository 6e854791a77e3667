"""k-anonymity, counted again on the rewritten trace: people, not rows, that share each published combination."""

from __future__ import annotations

from smartsandbox.anonymize.checks.base import Evidence
from smartsandbox.anonymize.kanon.encode import normal, suppressed
from smartsandbox.anonymize.people import people_of
from smartsandbox.anonymize.policy import Policy
from smartsandbox.anonymize.subjects import SubjectTable, group_sizes
from smartsandbox.packs.certificate import Verdict

_NAME = "k-anonymity"
_CRITERION = "singling out"
Vector = tuple[str | None, ...]


def k_anonymity(evidence: Evidence) -> Verdict:
    """Passes if every combination is shared by at least k people, but for those suppressed within the limit."""
    policy = evidence.policy
    if not policy.quasi_identifiers:
        return Verdict(
            _NAME, _CRITERION, True, f"no quasi-identifier is published; population {evidence.population}",
            {"k": policy.k}, {"population": evidence.population},
        )  # fmt: skip
    people = people_of(evidence.output(), policy)
    vectors = [
        vector for person in sorted(people.rows) if (vector := published_vector(people, person, policy)) is not None
    ]
    sizes = group_sizes(vectors)
    small = {vector: size for vector, size in sizes.items() if size < policy.k and not _is_suppressed(vector, policy)}
    hidden = sum(1 for vector in vectors if _is_suppressed(vector, policy))
    share = hidden / len(vectors) if vectors else 0.0
    passed = not small and share <= policy.suppression_limit
    smallest = min((size for vector, size in sizes.items() if not _is_suppressed(vector, policy)), default=0)
    return Verdict(
        check=_NAME,
        criterion=_CRITERION,
        passed=passed,
        summary=_summary(policy.k, len(vectors), len(small), smallest, hidden),
        bounds={"k": policy.k, "suppression_limit": policy.suppression_limit},
        metrics={
            **evidence.plan.metrics(policy.k),
            "people_checked": len(vectors),
            "smallest_group_published": smallest,
            "quasi_identifiers": ", ".join(sorted(policy.quasi_identifiers)),
        },
        findings=tuple(f"a group of {size} people" for _, size in sorted(small.items(), key=str)),
    )


def published_vector(people: SubjectTable, person: str, policy: Policy) -> Vector | None:
    """The person's published combination, or None if nothing is published of them."""
    row = people.rows[person]
    vector = tuple(
        normal(row[name], kind) if row.get(name) else None for name, kind in sorted(policy.quasi_identifiers.items())
    )
    return vector if any(value is not None for value in vector) else None


def _is_suppressed(vector: Vector, policy: Policy) -> bool:
    kinds = [kind for _, kind in sorted(policy.quasi_identifiers.items())]
    return all(value in (None, suppressed(kind)) for value, kind in zip(vector, kinds, strict=True))


def _summary(k: int, people: int, small: int, smallest: int, hidden: int) -> str:
    if small:
        return f"{small} published combinations are shared by fewer than {k} people"
    others = max(0, smallest - 1)
    return f"each of {people} people shares a published combination with {others} others or more; {hidden} suppressed"
