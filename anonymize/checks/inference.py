"""l-diversity and t-closeness, measured again on the rewritten trace over the groups that its readers see."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from smartsandbox.anonymize.checks.base import Evidence
from smartsandbox.anonymize.checks.published import published_groups
from smartsandbox.anonymize.criteria.base import Assessment
from smartsandbox.anonymize.kanon.demands import Demand, demands_of
from smartsandbox.anonymize.sensitive import Bound, Sensitive
from smartsandbox.packs.certificate import Verdict

_CRITERION = "inference"


def l_diversity(evidence: Evidence) -> Verdict:
    """Passes if every published group has the variety that the policy asks for, in each attribute it asks it for."""
    return _verdict("l-diversity", "l", evidence, lambda attribute: attribute.l)


def t_closeness(evidence: Evidence) -> Verdict:
    """Passes if no published group is farther from the whole than the policy allows."""
    return _verdict("t-closeness", "t", evidence, lambda attribute: attribute.t)


def _verdict(check: str, letter: str, evidence: Evidence, bound: Callable[[Sensitive], Bound | None]) -> Verdict:
    policy = evidence.policy
    asked = {name: one for name, one in policy.sensitive.items() if bound(one) is not None}
    people = evidence.walk.walked.people
    grouped, groups = published_groups(people, policy)
    demands = demands_of(grouped, people.held, asked)
    found = [(one, result) for one, result in demands.assess(groups) if one.bound == letter]
    known = {name: sum(1 for person in grouped if people.held.get(person, {}).get(name)) for name in sorted(asked)}
    return Verdict(
        check=check,
        criterion=_CRITERION,
        passed=bool(groups) and all(result.passed for _, result in found),
        summary=_summary(found, len(groups)),
        bounds={name: str(bound(one)) for name, one in sorted(asked.items())},
        metrics={
            "groups": len(groups),
            **{f"attained_{one.attribute}": _finite(result.worst) for one, result in found},
            **{f"people_with_{name}": count for name, count in known.items()},
        },
        findings=(
            *(f"{one.name}: groups that fail: {one.failing_classes}, people in them: {one.failing_rows}"
              for _, one in found if not one.passed),
            *(f"{name} is known of none of the people in groups" for name, count in known.items() if not count),
        ),
    )  # fmt: skip


def _summary(found: Sequence[tuple[Demand, Assessment]], groups: int) -> str:
    failing = ", ".join(result.name for _, result in found if not result.passed)
    if not groups:
        return "no group was published"
    if failing:
        return f"of {groups} published groups, not all keep {failing}"
    return f"all {groups} published groups keep " + ", ".join(result.name for _, result in found)


def _finite(worst: float) -> float | str:
    return round(worst, 6) if abs(worst) != float("inf") else "none known"
