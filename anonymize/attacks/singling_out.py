"""Singling out: a predicate learnt on the published table that fits exactly one real person.

The predicates are those of Giomi et al. (PETS 2023), section 5.1. A predicate that fits one published row is tried
first; where too few do, those that fit the fewest rows follow, so that a table without unique rows is attacked too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from smartsandbox.anonymize.attacks.base import AttackResult, Sample, Trial, evenly
from smartsandbox.anonymize.attacks.knowledge import KNOWN, attempts_on
from smartsandbox.anonymize.attacks.people import Floats, People

MOST_ATTEMPTS = 500
_DRAWS_PER_ATTEMPT = 4


@dataclass(frozen=True, slots=True)
class Condition:
    """One attribute compared with one value. `operator` is "=", "<=", ">=" or "missing"."""

    column: int
    operator: str
    value: float

    def holds(self, people: People) -> NDArray[np.bool_]:
        """Which rows fit; a missing cell fits only "missing"."""
        cells = people.cells[:, self.column]
        if self.operator == "missing":
            return np.isnan(cells)
        if self.operator == "=":
            return np.asarray(cells == self.value)
        return np.asarray(cells <= self.value if self.operator == "<=" else cells >= self.value)


Predicate = tuple[Condition, ...]


def fitting(predicate: Predicate, people: People) -> int:
    """How many rows fit every condition."""
    rows = np.ones(people.count, np.bool_)
    for condition in predicate:
        rows &= condition.holds(people)
    return int(rows.sum())


@dataclass(frozen=True, slots=True)
class Univariate:
    """Predicates on one attribute: a value, the extremes of a number, a missing value."""

    most: int = MOST_ATTEMPTS

    def run(self, original: Sample, published: Sample, control: Sample, rng: np.random.Generator) -> AttackResult:
        """One attempt a predicate."""
        table = published.people
        candidates: list[Predicate] = [
            (one,) for at in range(len(table.names)) for one in _on(table, at, self.most, rng)
        ]
        return _attempt(_sharpest(candidates, table, self.most, rng), original, published, control, rng)


@dataclass(frozen=True, slots=True)
class Multivariate:
    """Predicates on several attributes of a published row: equal categories, numbers on its side of the median."""

    attributes: int = KNOWN
    most: int = 3 * MOST_ATTEMPTS

    def run(self, original: Sample, published: Sample, control: Sample, rng: np.random.Generator) -> AttackResult:
        """One attempt a predicate."""
        table = published.people
        if not table.count or not table.names:
            return AttackResult(())
        medians = [_median(table, at) for at in range(len(table.names))]
        drawn = {self._draw(table, medians, rng): None for _ in range(self.most * _DRAWS_PER_ATTEMPT)}
        return _attempt(_sharpest(list(drawn), table, self.most, rng), original, published, control, rng)

    def _draw(self, table: People, medians: list[float], rng: np.random.Generator) -> Predicate:
        row = int(rng.integers(table.count))
        width = min(self.attributes, len(table.names))
        columns = sorted(int(at) for at in rng.choice(len(table.names), width, replace=False))
        return tuple(_like(table, row, at, medians[at]) for at in columns)


def _on(table: People, at: int, most: int, rng: np.random.Generator) -> Iterator[Condition]:
    cells = table.cells[:, at]
    known, counts = np.unique(cells[~np.isnan(cells)], return_counts=True)
    if np.isnan(cells).any():
        yield Condition(at, "missing", 0.0)
    sharpest = np.lexsort((rng.random(len(known)), counts))[:most]
    yield from (Condition(at, "=", float(value)) for value in known[sharpest])
    if table.numeric[at] and len(known):
        yield Condition(at, "<=", float(known[0]))
        yield Condition(at, ">=", float(known[-1]))


def _like(table: People, row: int, at: int, median: float) -> Condition:
    value = float(table.cells[row, at])
    if np.isnan(value):
        return Condition(at, "missing", 0.0)
    if not table.numeric[at]:
        return Condition(at, "=", value)
    return Condition(at, ">=" if value > median else "<=", value)


def _median(table: People, at: int) -> float:
    cells = table.cells[:, at]
    known = cells[~np.isnan(cells)]
    return float(np.median(known)) if len(known) else 0.0


@dataclass(frozen=True, slots=True)
class _Weighed:
    """Predicates that are tried, and as how much of an attempt each counts."""

    predicates: list[Predicate]
    weights: Floats

    @property
    def attempts(self) -> int:
        return round(float(self.weights.sum()))


def _sharpest(candidates: list[Predicate], table: People, most: int, rng: np.random.Generator) -> _Weighed:
    """Those that fit the fewest published rows, but at least one: up to `most`, equally sharp ones in random order.

    With few people they count as one attempt a person, the sharpest whole and equally sharp ones alike.
    """
    sizes = [fitting(one, table) for one in candidates]
    order = sorted(zip(sizes, rng.random(len(candidates)), range(len(candidates)), strict=True))
    found = [(size, at) for size, _, at in order if size][:most]
    return _Weighed([candidates[at] for _, at in found], evenly([size for size, _ in found], attempts_on(table, most)))


def _attempt(
    tried: _Weighed, original: Sample, published: Sample, control: Sample, rng: np.random.Generator
) -> AttackResult:
    notes: Counter[str] = Counter()
    hits = control_hits = baseline = 0.0
    for predicate, weight in zip(tried.predicates, tried.weights.tolist(), strict=True):
        if not weight:
            continue
        alone = fitting(predicate, original.people) == 1
        hits += weight * alone
        control_hits += weight * (fitting(predicate, control.people) == 1)
        baseline += weight * (fitting(_guess(predicate, published.people, rng), original.people) == 1)
        if alone:
            notes.update(original.people.names[condition.column] for condition in predicate)
    count = tried.attempts
    return AttackResult((Trial(count, hits, count, control_hits, baseline),), notes)


def _guess(predicate: Predicate, table: People, rng: np.random.Generator) -> Predicate:
    """A predicate of the same shape with values drawn evenly from the published range or code book."""
    return tuple(_guessed(condition, table, rng) for condition in predicate)


def _guessed(condition: Condition, table: People, rng: np.random.Generator) -> Condition:
    cells = table.cells[:, condition.column]
    known = np.unique(cells[~np.isnan(cells)])
    if condition.operator == "missing" or not len(known):
        return condition
    if table.numeric[condition.column]:
        return replace(condition, value=float(rng.uniform(known[0], known[-1])))
    return replace(condition, value=float(rng.choice(known)))
