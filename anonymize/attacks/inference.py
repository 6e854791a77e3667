"""Inference: who knows some attributes of a person looks up the nearest published row and reads off another one.

Giomi et al. (PETS 2023), section 5.3, for every attribute in turn. Only people are tried whom the commonest value does
not describe, because guessing that value needs no publication; each attribute is judged by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from smartsandbox.anonymize.attacks.base import AttackResult, Sample, Trial, pooled
from smartsandbox.anonymize.attacks.distance import Mask, nearest, ranked, ranks
from smartsandbox.anonymize.attacks.knowledge import KNOWN, are_few, implying, known_of, repeated
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
        """What is read off is that of any of the nearest rows, and guessed is that of any row at all."""
        inside, outside = secret.rows(original), secret.rows(control)
        few = are_few(inside, outside)
        having = table.take(np.flatnonzero(~np.isnan(table.cells[:, secret.at])))
        targets, absent = (
            repeated(people, rows, self.most, rng, few) for people, rows in ((original, inside), (control, outside))
        )
        known, known_of_absent = (known_of(one.people, self.known, rng, secret.implied) for one in (targets, absent))
        return Trial(
            targets.attempts,
            targets.added(secret.chances(targets.people, having, known)),
            absent.attempts,
            absent.added(secret.chances(absent.people, having, known_of_absent)),
            targets.added(secret.guesses(targets.people, having)),
            OTHERS if few else table.names[secret.at],
        )


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

    def chances(self, targets: People, having: People, known: Mask) -> Floats:
        """Of each target, how likely one of the nearest rows that have the attribute says it right."""
        chances = np.zeros(targets.count)
        if not having.count:
            return chances
        truth, told = (self._comparable(people) for people in (targets, having))
        apart = self._apart(having)
        for rows, tied in nearest(ranked(targets, having), ranked(having, having), having.numeric, known):
            right = np.abs(truth[rows, None] - told[None, :]) <= apart
            chances[rows] = (tied & right).sum(axis=1) / tied.sum(axis=1)
        return chances

    def guesses(self, targets: People, having: People) -> Floats:
        """The same of any row that has the attribute."""
        if not having.count:
            return np.zeros(targets.count)
        truth, told = self._comparable(targets), np.sort(self._comparable(having))
        apart = self._apart(having)
        right = np.searchsorted(told, truth + apart, "right") - np.searchsorted(told, truth - apart, "left")
        return np.asarray(right / having.count)

    def _apart(self, people: People) -> float:
        return NEAR_ENOUGH if people.numeric[self.at] else 0.0

    def _comparable(self, people: People) -> Floats:
        """A number by its rank among everybody, a category by its code."""
        cells = people.cells[:, self.at]
        return ranks(cells, self.everyone) if people.numeric[self.at] else cells


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
