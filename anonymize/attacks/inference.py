"""Inference: who knows some attributes of a person looks up the nearest published row and reads off another one.

Giomi et al. (PETS 2023), section 5.3, for every attribute in turn. Only people are tried whom the commonest value does
not describe, because guessing that value needs no publication; each attribute is judged by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from smartsandbox.anonymize.attacks.base import AttackResult, Sample, Trial, pooled
from smartsandbox.anonymize.attacks.distance import nearest, ranked, ranks
from smartsandbox.anonymize.attacks.knowledge import FEWEST_TARGETS, KNOWN, known_of, repeated
from smartsandbox.anonymize.attacks.people import Floats, People
from smartsandbox.anonymize.attacks.statistics import residual_risk, wilson

MOST_ATTEMPTS = 3000
OTHERS = "attributes of few"
"""The part of all attributes that too few people have, in the publication or in the control."""

ROOM = 0.2
"""The upper end of an interval around no risk at all, up to which the attributes of few are judged."""

NEAR_ENOUGH = 0.025
"""A number is inferred if it is this near in rank: within the same twentieth of all people."""


@dataclass(frozen=True, slots=True)
class Inference:
    """One part an attribute, named after it. The adversary knows `known` of the others."""

    known: int = KNOWN
    most: int = MOST_ATTEMPTS

    def run(self, original: Sample, published: Sample, control: Sample, rng: np.random.Generator) -> AttackResult:
        """No attempt if fewer than two attributes are published."""
        table = published.people
        if len(table.names) < 2 or not table.count:
            return AttackResult(())
        everyone = np.concatenate((original.people.cells, control.people.cells))
        trials = [
            self._secret(at, original.people, table, control.people, everyone[:, at], rng)
            for at in range(len(table.names))
        ]
        told = pooled(AttackResult((trial,)) for trial in trials if trial.attempts and trial.control_attempts)
        return replace(told, trials=tuple(trial for trial in told.trials if _is_told(trial)))

    def _secret(
        self, at: int, original: People, table: People, control: People, everyone: Floats, rng: np.random.Generator
    ) -> Trial:
        rows, others = (self._rows(people, at, everyone) for people in (original, control))
        part = table.names[at] if min(len(rows), len(others)) >= FEWEST_TARGETS else OTHERS
        mosts = (len(rows), len(others)) if part == OTHERS else (self.most, self.most)
        targets, absent = repeated(original, rows, mosts[0], rng), repeated(control, others, mosts[1], rng)
        truth = targets.cells[:, at]
        hits = _right(self._inferred(targets, table, at, rng), truth, everyone, bool(table.numeric[at]))
        control_hits = _right(
            self._inferred(absent, table, at, rng), absent.cells[:, at], everyone, bool(table.numeric[at])
        )
        guesses = _right(
            rng.choice(np.unique(everyone[~np.isnan(everyone)]), targets.count),
            truth,
            everyone,
            bool(table.numeric[at]),
        )
        return Trial(targets.count, hits, absent.count, control_hits, guesses, part)

    def _rows(self, people: People, at: int, everyone: Floats) -> NDArray[np.int64]:
        cells = people.cells[:, at]
        others = (~np.isnan(np.delete(people.cells, at, axis=1))).any(axis=1)
        return np.flatnonzero(others & ~np.isnan(cells) & (people.numeric[at] | (cells != commonest(everyone))))

    def _inferred(self, targets: People, table: People, at: int, rng: np.random.Generator) -> Floats:
        """Read off the nearest of the rows that have the attribute."""
        having = table.take(np.flatnonzero(~np.isnan(table.cells[:, at])))
        if not having.count:
            return np.full(targets.count, np.nan)
        known = known_of(targets, self.known, rng, at)
        found = nearest(ranked(targets, having), ranked(having, having), table.numeric, known, rng)
        return np.asarray(having.cells[found, at])


def _is_told(trial: Trial) -> bool:
    """False for attributes of few if they are too few even together: chance alone would not be seen to be chance."""
    if trial.part != OTHERS:
        return True
    control = wilson(trial.control_successes, trial.control_attempts)
    return residual_risk(control, control).high <= ROOM


def commonest(values: Floats) -> float:
    """The most frequent value, the smallest of equally frequent ones; NaN if there is none."""
    found, counts = np.unique(values[~np.isnan(values)], return_counts=True)
    return float(found[np.argmax(counts)]) if len(found) else float("nan")


def _right(guesses: Floats, truth: Floats, everyone: Floats, numeric: bool) -> int:
    if not numeric:
        return int((guesses == truth).sum())
    return int((np.abs(ranks(guesses, everyone) - ranks(truth, everyone)) <= NEAR_ENOUGH).sum())
