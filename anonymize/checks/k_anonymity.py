"""k-anonymity, counted again on the rewritten trace: people, not rows, that share each published combination."""

from __future__ import annotations

from collections.abc import Iterator

from smartsandbox.anonymize.checks.base import Evidence
from smartsandbox.anonymize.checks.published import is_suppressed, published_vector
from smartsandbox.anonymize.policy import Policy
from smartsandbox.anonymize.subjects import group_sizes
from smartsandbox.packs.certificate import Verdict

_NAME = "k-anonymity"
_CRITERION = "singling out"
_TAKEN = ", each taken for a person"


def k_anonymity(evidence: Evidence) -> Verdict:
    """Passes if every combination is shared by at least k people, but for those suppressed within the limit."""
    policy = evidence.policy
    if not policy.quasi_identifiers:
        counted = "people" if policy.subjects else f"sessions{_TAKEN}"
        return Verdict(
            _NAME, _CRITERION, True, f"no quasi-identifier is published; {evidence.population} {counted}",
            {"k": policy.k}, {"population": evidence.population},
        )  # fmt: skip
    people = evidence.walk.walked.people
    vectors = [
        vector for person in sorted(people.rows) if (vector := published_vector(people, person, policy)) is not None
    ]
    sizes = group_sizes(vectors)
    small = {vector: size for vector, size in sizes.items() if size < policy.k and not is_suppressed(vector, policy)}
    hidden = sum(1 for vector in vectors if is_suppressed(vector, policy))
    share = hidden / len(vectors) if vectors else 0.0
    passed = not small and share <= policy.suppression_limit
    smallest = min((size for vector, size in sizes.items() if not is_suppressed(vector, policy)), default=0)
    return Verdict(
        check=_NAME,
        criterion=_CRITERION,
        passed=passed,
        summary=_summary(policy, len(vectors), len(small), smallest, hidden),
        bounds={"k": policy.k, "suppression_limit": policy.suppression_limit},
        metrics={
            "method": str(policy.method),
            **evidence.plan.metrics(policy.k),
            "people_checked": len(vectors),
            "smallest_group_published": smallest,
            "quasi_identifiers": ", ".join(sorted(policy.quasi_identifiers)),
        },
        findings=(*(f"a group of {size} people" for _, size in sorted(small.items(), key=str)), *_blame(evidence)),
    )


def _blame(evidence: Evidence) -> Iterator[str]:
    """What drove suppression: how many of those suppressed would have a group without each quasi-identifier."""
    plan = evidence.plan
    for name, saved in sorted(plan.blame.items(), key=lambda item: (-item[1], item[0])):
        if saved:
            yield f"{saved} of {len(plan.suppressed)} suppressed people would have a group without {name}"


def _summary(policy: Policy, people: int, small: int, smallest: int, hidden: int) -> str:
    if small:
        return f"{small} published combinations are shared by fewer than {policy.k} people"
    counted, others = "people" if policy.subjects else f"sessions{_TAKEN},", max(0, smallest - 1)
    return (
        f"each of {people} {counted} shares a published combination with {others} others or more; {hidden} suppressed"
    )
