"""Inference: who knows all attributes of a person but one looks up the nearest published row and reads off the last.

Giomi et al. (PETS 2023), section 5.3, for every attribute in turn. Only people are tried whom the commonest value does
not describe, because guessing that value needs no publication; each attribute is judged by itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smartsandbox.anonymize.attacks.base import AttackResult, Sample, Trial, chosen
from smartsandbox.anonymize.attacks.distance import nearest, ranked, ranks
from smartsandbox.anonymize.attacks.people import Floats, People

MOST_ATTEMPTS = 500
FEWEST_TARGETS = 5
"""Fewer people than this, in the publication or in the control, say nothing about an attribute."""

NEAR_ENOUGH = 0.025
"""A number is inferred if it is this near in rank: within the same twentieth of all people."""


@dataclass(frozen=True, slots=True)
class Inference:
    """One part an attribute, named after it."""

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
        return AttackResult(tuple(trial for trial in trials if trial is not None))

    def _secret(
        self, at: int, original: People, table: People, control: People, everyone: Floats, rng: np.random.Generator
    ) -> Trial | None:
        targets, absent = (self._targets(people, at, everyone, rng) for people in (original, control))
        if min(targets.count, absent.count) < FEWEST_TARGETS:
            return None
        truth = targets.cells[:, at]
        hits = _right(_inferred(targets, table, at, rng), truth, everyone, bool(table.numeric[at]))
        control_hits = _right(_inferred(absent, table, at, rng), absent.cells[:, at], everyone, bool(table.numeric[at]))
        guesses = _right(
            rng.choice(np.unique(everyone[~np.isnan(everyone)]), targets.count),
            truth,
            everyone,
            bool(table.numeric[at]),
        )
        return Trial(targets.count, hits, absent.count, control_hits, guesses, table.names[at])

    def _targets(self, people: People, at: int, everyone: Floats, rng: np.random.Generator) -> People:
        cells = people.cells[:, at]
        rows = np.flatnonzero(~np.isnan(cells) & (people.numeric[at] | (cells != commonest(everyone))))
        return people.take(rows[chosen(len(rows), self.most, rng)])


def commonest(values: Floats) -> float:
    """The most frequent value, the smallest of equally frequent ones; NaN if there is none."""
    found, counts = np.unique(values[~np.isnan(values)], return_counts=True)
    return float(found[np.argmax(counts)]) if len(found) else float("nan")


def _inferred(targets: People, table: People, at: int, rng: np.random.Generator) -> Floats:
    known = np.delete(np.arange(len(table.names)), at)
    asked, held = ranked(targets, table)[:, known], ranked(table, table)[:, known]
    found: NDArray[np.int64] = nearest(asked, held, table.numeric[known], rng)
    return np.asarray(table.cells[found, at])


def _right(guesses: Floats, truth: Floats, everyone: Floats, numeric: bool) -> int:
    if not numeric:
        return int((guesses == truth).sum())
    return int((np.abs(ranks(guesses, everyone) - ranks(truth, everyone)) <= NEAR_ENOUGH).sum())
