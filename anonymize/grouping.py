"""The groups that a policy asks for, or a refusal that says what is attained and what it would take."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from smartsandbox.anonymize.kanon.demands import demands_of
from smartsandbox.anonymize.kanon.hierarchy import Hierarchy
from smartsandbox.anonymize.kanon.methods import FullDomain, Method, Mondrian
from smartsandbox.anonymize.kanon.plan import Plan, Task, left_out, plan_groups
from smartsandbox.anonymize.policy import Policy
from smartsandbox.anonymize.recoding import Recoding
from smartsandbox.anonymize.subjects import SubjectTable
from smartsandbox.packs.errors import NotSafeError


def method_of(policy: Policy) -> Method:
    """The method that the policy names, with its hierarchies."""
    if policy.method is Recoding.MONDRIAN:
        return Mondrian()
    given = {name: Hierarchy.of(name, file.rows) for name, file in policy.hierarchies.items()}
    return FullDomain(given, policy.suppression_limit)


def task_of(people: SubjectTable, policy: Policy) -> Task:
    """What the policy asks to be done with these people."""
    return Task(people.rows, policy.quasi_identifiers, policy.k, people.held, policy.sensitive, method_of(policy))


def checked_plan(people: SubjectTable, policy: Policy) -> Plan:
    """The groups to publish.

    Raises NotSafeError if there are too few people, if even all of them together do not keep l or t, or if more would
    have to be suppressed than may be; UsageError if a hierarchy lacks values.
    """
    require_people(people, policy)
    task = task_of(people, policy)
    _require_attainable(task)
    plan = plan_groups(task)
    if len(plan.suppressed) > policy.suppression_limit * plan.population:
        raise NotSafeError(_refusal(task, plan, policy.suppression_limit))
    return plan


def require_people(people: SubjectTable, policy: Policy) -> None:
    """Raises NotSafeError if quasi-identifiers of fewer than k people are to be published."""
    if policy.quasi_identifiers and len(people.rows) < policy.k:
        raise NotSafeError(
            f"the policy publishes quasi-identifiers in groups of k={policy.k}, but only {len(people.rows)} people have"
            " any: capture more people, lower k, or make them surrogates"
        )


def _require_attainable(task: Task) -> None:
    """No group can be more diverse than everybody."""
    people = task.people
    everybody = [np.arange(len(people))] if people else []
    for demand, found in demands_of(people, task.held, task.sensitive).assess(everybody):
        if people and not found.passed:
            raise NotSafeError(
                f"{found.name} cannot be kept: even all {len(people)} people together reach {found.worst:.4g}; ask for "
                f"that at most, or drop the places of {demand.attribute!r} and take it out of sensitive"
            )


def _refusal(task: Task, plan: Plan, limit: float) -> str:
    bounds = " that keeps every l and t" if task.sensitive else ""
    share = len(plan.suppressed) / plan.population
    advice = "; ".join((*_cheapest(task, plan), *_lower_k(task, plan, limit)))
    return (
        f"{len(plan.suppressed)} of {plan.population} people fit no group of {task.k}{bounds}, over the suppression "
        f"limit of {limit:g}: {advice}; or allow a limit of {_rounded_up(share):g}"
    )


def _cheapest(task: Task, plan: Plan) -> Iterator[str]:
    """The quasi-identifier whose loss helps most, and the bound whose loss does, each with how many remain."""
    left = {name: len(plan.suppressed) - saved for name, saved in plan.blame.items()}
    for name in sorted(left, key=lambda one: (left[one], one))[:1]:
        yield f"without {name!r} {left[name]} would be left, so make it a surrogate"
    eased = {f"{bound} on {name!r}": left_out(one) for name, bound, one in _eased(task)}
    for bound in sorted(eased, key=lambda one: (eased[one], one))[:1]:
        if eased[bound] < len(plan.suppressed):
            yield f"without {bound} {eased[bound]} would be left, so ask for less"


def _eased(task: Task) -> Iterator[tuple[str, str, Task]]:
    """The task without each of the bounds on sensitive attributes."""
    for name, attribute in sorted(task.sensitive.items()):
        for bound, eased in (("l", replace(attribute, l=None)), ("t", replace(attribute, t=None))):
            if eased != attribute:
                yield name, bound, replace(task, sensitive={**task.sensitive, name: eased})


def _lower_k(task: Task, plan: Plan, limit: float) -> Iterator[str]:
    """The largest smaller k that keeps the limit, by halving; people who fit groups of k fit groups of less."""
    low, high = 1, task.k
    while high - low > 1:
        middle = (low + high) // 2
        fits = left_out(replace(task, k=middle)) <= limit * plan.population
        low, high = (middle, high) if fits else (low, middle)
    if low > 1:
        yield f"lower k to {low}"


def _rounded_up(share: float) -> float:
    return min(1.0, float(np.ceil(share * 1000) / 1000))
