"""The plan of a k-anonymous publication, settled: it keeps every demand as its readers will see it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from smartsandbox.anonymize.kanon.demands import demands_of
from smartsandbox.anonymize.kanon.fits import fitting_groups
from smartsandbox.anonymize.kanon.placing import as_published, place_people
from smartsandbox.anonymize.kanon.task import Plan, Task

__all__ = ["Plan", "Task", "left_out", "plan_groups"]


def plan_groups(task: Task) -> Plan:
    """Group people by the task's method within each pattern of known attributes. The order of rows does not matter.

    Raises UsageError if the method is given a hierarchy that lacks values.
    """
    plan = _settled(task)
    return replace(plan, blame=_blame(task, plan)) if plan.suppressed else plan


def _settled(task: Task) -> Plan:
    """A plan that keeps every demand as its readers see it.

    The most frequent value stands for that of people who are suppressed, which moves the whole that t-closeness
    compares with; and a combination that lacks attributes fits the members of several groups. So groups are made again,
    with those people withheld, until nobody more has to be.
    """
    plan, method = place_people(task), task.method
    while (withheld := _to_withhold(task, plan)) != task.withheld:
        left = method.having_suppressed(len(withheld), plan.population)
        task = replace(task, withheld=withheld, method=left)
        plan = place_people(task)
    return plan


def _to_withhold(task: Task, plan: Plan) -> frozenset[str]:
    if not task.sensitive:
        return task.withheld
    moves_the_whole = any(attribute.t for attribute in task.sensitive.values())
    return task.withheld | (plan.suppressed if moves_the_whole else frozenset()) | frozenset(_misfits(task, plan))


def _misfits(task: Task, plan: Plan) -> Iterator[str]:
    """People who publish a combination of less than all attributes, of which those whom it fits break a demand."""
    people, names = task.people, sorted(task.kinds)
    shown = {
        number: tuple(plan.published[person].get(name) for name in names)
        for number, person in enumerate(people)
        if person not in plan.suppressed
    }
    partial = {vector: rows for vector, rows in fitting_groups(shown).items() if None in vector}
    held = as_published(replace(task, withheld=plan.suppressed), people)
    demands = demands_of(people, held, task.sensitive)
    breaking = {vector for vector, rows in partial.items() if not demands.keeps(rows)}
    return (people[number] for number, vector in shown.items() if vector in breaking)


def left_out(task: Task) -> int:
    """How many people would have no group at all; cheap, for asking what a relaxation would change."""
    return len(place_people(replace(task, method=task.method.quick)).suppressed)


def _blame(task: Task, plan: Plan) -> dict[str, int]:
    """People whom the method left out of its groups, and people too few for any: each kind by its own measure."""
    outside = left_out(task)
    if not outside:
        return dict(plan.blame)
    return {
        name: plan.blame.get(name, 0) + max(0, outside - left_out(task.without(name))) for name in sorted(task.kinds)
    }
