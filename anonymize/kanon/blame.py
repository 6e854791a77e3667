"""Why a full-domain search found nothing: what could be attained, and which attribute it would be cheapest to give up.

Also the cost of one level more in each attribute, which shows who drives suppression where something was found.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from smartsandbox.anonymize.criteria.base import Criterion, attainable
from smartsandbox.anonymize.kanon.fulldomain import Check, Optimum, Problem, judge, optimum
from smartsandbox.anonymize.kanon.losses import LevelLoss
from smartsandbox.anonymize.kanon.rollup import Levels, bottom, regroup
from smartsandbox.packs.errors import NotSafeError


@dataclass(frozen=True, slots=True)
class Relaxation:
    """One attribute given up or taken one level higher: rows that would still fail, and the best bound attainable."""

    attribute: str
    holds: bool
    outliers: int
    attained: float
    cost: float
    """What the step adds to a loss by levels; 0 where the loss is one of classes."""


class UnattainableError(NotSafeError):
    """No level of generalisation keeps the criteria. Carries the bound that can be had and the attribute to blame."""

    def __init__(self, criterion: str, attained: float, outliers: int, rows: int, blamed: Relaxation | None) -> None:
        self.criterion, self.attained, self.outliers, self.rows = criterion, attained, outliers, rows
        self.blamed = blamed.attribute if blamed else None
        advice = f"or allow a suppression limit of {outliers / max(rows, 1):.4f}"
        if blamed and blamed.holds:
            advice = f"give up {blamed.attribute!r}, after which it holds, {advice}"
        elif blamed:
            advice = f"giving up {blamed.attribute!r} helps most (it then reaches {blamed.attained:g}), {advice}"
        super().__init__(
            f"{criterion} cannot be kept for {rows} people even with every attribute at the top of its hierarchy: "
            f"at most {attained:g} is reached and {outliers} people fail; {advice}"
        )


def require_optimum(problem: Problem) -> Optimum:
    """The optimum. Raises UnattainableError if there is none."""
    found = optimum(problem)
    if found is None:
        raise _unattainable(problem)
    return found


def relaxations(problem: Problem, levels: Levels) -> list[Relaxation]:
    """For each attribute not yet at the top, what one level more would do; cheapest that holds first."""
    steps = []
    for i, hierarchy in enumerate(problem.hierarchies):
        if levels[i] + 1 < hierarchy.height:
            steps.append(_step(problem, i, tuple(level + (j == i) for j, level in enumerate(levels))))
    return sorted(steps, key=_preference(problem.criteria[0]))


def _unattainable(problem: Problem) -> UnattainableError:
    top = tuple(hierarchy.height - 1 for hierarchy in problem.hierarchies)
    check = _check(problem, top)
    blamed_criterion = _most_failing(problem, check)
    given_up = [
        _step(wider, i, tuple(level + (j == i) for j, level in enumerate(top)), blamed_criterion)
        for i, wider in enumerate(_without(problem))
        if wider is not None
    ]
    given_up.sort(key=_preference(blamed_criterion))
    attained = attainable(blamed_criterion, check.classes, problem.allowance)
    blamed = given_up[0] if given_up else None
    return UnattainableError(blamed_criterion.name, attained, check.outliers, problem.table.rows, blamed)


def _without(problem: Problem) -> list[Problem | None]:
    wider: list[Problem | None] = []
    for i, hierarchy in enumerate(problem.hierarchies):
        taller = tuple(h.with_top() if j == i else h for j, h in enumerate(problem.hierarchies))
        wider.append(replace(problem, hierarchies=taller) if len(hierarchy.labels[-1]) > 1 else None)
    return wider


def _step(problem: Problem, attribute: int, levels: Levels, criterion: Criterion | None = None) -> Relaxation:
    check = _check(problem, levels)
    cost = 0.0
    column, hierarchy = problem.table.columns[attribute], problem.hierarchies[attribute]
    if isinstance(problem.loss, LevelLoss):
        level = levels[attribute]
        cost = problem.loss.level_cost(column, hierarchy, level) - problem.loss.level_cost(column, hierarchy, level - 1)
    attained = attainable(criterion or problem.criteria[0], check.classes, problem.allowance)
    return Relaxation(column.name, check.holds, check.outliers, attained, cost)


def _check(problem: Problem, levels: Levels) -> Check:
    base = bottom(problem.table, problem.hierarchies, problem.sensitive)
    return judge(problem, regroup(base, levels, problem.hierarchies).classes)


def _most_failing(problem: Problem, check: Check) -> Criterion:
    def failing_rows(criterion: Criterion) -> int:
        return int(check.classes.sizes[~criterion.holds(criterion.measure(check.classes))].sum())

    return max(problem.criteria, key=failing_rows)


def _preference(criterion: Criterion) -> Callable[[Relaxation], tuple[bool, float, float]]:
    sign = -1 if criterion.higher_is_safer else 1
    return lambda step: (not step.holds, step.cost if step.holds else step.outliers, sign * step.attained)
