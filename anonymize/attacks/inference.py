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
from smartsandbox.anonymize.attacks.knowledge import FEWEST_TARGETS, KNOWN, implying, known_of, repeated
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
        secrets = (_Secret(at, implying(everyone, at), everyone[:, at]) for at in range(len(table.names)))
        tried = (self._played(secret, original.people, table, control.people, rng) for secret in secrets)
        told = pooled(AttackResult((trial,)) for trial in tried if trial.attempts and trial.control_attempts)
        return replace(told, trials=tuple(trial for trial in told.trials if _is_told(trial)))

    def _played(
        self, secret: _Secret, original: People, table: People, control: People, rng: np.random.Generator
    ) -> Trial:
        inside, outside = secret.rows(original), secret.rows(control)
        is_few = min(len(inside), len(outside)) < FEWEST_TARGETS
        targets = repeated(original, inside, len(inside) if is_few else self.most, rng)
        absent = repeated(control, outside, len(outside) if is_few else self.most, rng)
        hits, control_hits = (
            secret.right(self._inferred(people, table, secret, rng), people) for people in (targets, absent)
        )
        guesses = secret.right(rng.choice(_read_off(table, secret.at), targets.count), targets)
        part = OTHERS if is_few else table.names[secret.at]
        return Trial(targets.count, hits, absent.count, control_hits, guesses, part)

    def _inferred(self, targets: People, table: People, secret: _Secret, rng: np.random.Generator) -> Floats:
        """Read off the nearest of the rows that have the attribute."""
        having = table.take(np.flatnonzero(~np.isnan(table.cells[:, secret.at])))
        if not having.count:
            return np.full(targets.count, np.nan)
        known = known_of(targets, self.known, rng, secret.implied)
        found = nearest(ranked(targets, having), ranked(having, having), table.numeric, known, rng)
        return np.asarray(having.cells[found, secret.at])


@dataclass(frozen=True, slots=True)
class _Secret:
    """The attribute to find out: its column, those that imply it, and everybody's value."""

    at: int
    implied: list[int]
    everyone: Floats

    def rows(self, people: People) -> NDArray[np.int64]:
        """Who has it, and something else by which to be found, and is not described by the commonest value."""
        cells = people.cells[:, self.at]
        others = (~np.isnan(np.delete(people.cells, self.implied, axis=1))).any(axis=1)
        is_rarer = people.numeric[self.at] | (cells != commonest(self.everyone))
        return np.flatnonzero(others & ~np.isnan(cells) & is_rarer)

    def right(self, guesses: Floats, people: People) -> int:
        """How many guesses are right; a number is if it is near enough in rank."""
        truth = people.cells[:, self.at]
        if not people.numeric[self.at]:
            return int((guesses == truth).sum())
        return int((np.abs(ranks(guesses, self.everyone) - ranks(truth, self.everyone)) <= NEAR_ENOUGH).sum())


def _read_off(table: People, at: int) -> Floats:
    """What guessing draws from: the published values of any row; one NaN if there is none."""
    cells = table.cells[:, at]
    known = cells[~np.isnan(cells)]
    return known if len(known) else np.array([np.nan])


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
