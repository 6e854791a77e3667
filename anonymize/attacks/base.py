"""What an attack is: it tries to learn about people from what is published, and counts how often it was right.

Each attack is run three times: on people who are in the publication, on people who are not (the control: what can be
learnt about anybody), and by guessing (the baseline). Only what goes beyond the control is charged to the publication.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from smartsandbox.anonymize.attacks.people import Floats, People
from smartsandbox.anonymize.attacks.sessions import Session
from smartsandbox.anonymize.attacks.statistics import UNKNOWN, Rate, Risk, residual_risk, wilson

Measure = Callable[[Rate, Rate], Risk]
"""From the rate of the attack and that of the control to the risk."""


@dataclass(frozen=True, slots=True)
class Sample:
    """People and sessions, raw or as published. Values and session keys are comparable between samples.

    A published session has the key of the raw session that it was made from. The key is the evaluator's knowledge: an
    attack uses it only to count whether it was right.
    """

    people: People
    sessions: tuple[Session, ...]
    again: tuple[Session, ...] = ()
    """The same sessions in a second release, if there is one."""


@dataclass(frozen=True, slots=True)
class Trial:
    """Counts of one attack, or of one part of it, such as one secret. Control and attack may differ in attempts.

    Where the chance of a success is known it is counted in place of one draw, so successes need not be whole.
    """

    attempts: int
    successes: float
    control_attempts: int
    control_successes: float
    baseline_successes: float
    """Of `attempts` guesses."""
    part: str = ""
    measure: Measure = residual_risk

    @property
    def risk(self) -> Risk:
        """The risk by `measure`; UNKNOWN without attempts on either side."""
        if not self.attempts or not self.control_attempts:
            return UNKNOWN
        attack = wilson(self.successes, self.attempts)
        return self.measure(attack, wilson(self.control_successes, self.control_attempts))

    def plus(self, other: Trial) -> Trial:
        """The counts of both, for the same part."""
        return Trial(
            self.attempts + other.attempts,
            self.successes + other.successes,
            self.control_attempts + other.control_attempts,
            self.control_successes + other.control_successes,
            self.baseline_successes + other.baseline_successes,
            self.part,
            self.measure,
        )


NO_TRIAL = Trial(0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class AttackResult:
    """What an attack did. `notes` count successes by attribute or shape, to say where the risk comes from."""

    trials: tuple[Trial, ...]
    notes: Mapping[str, int] = field(default_factory=dict)
    beyond: tuple[Trial, ...] = ()
    """What somebody could do who knows more than the threat model grants; reported, never judged."""

    @property
    def worst(self) -> Trial:
        """The part with the highest upper bound: an attack is as dangerous as the best thing that it can do."""
        return max(self.trials, key=lambda trial: (trial.risk.high, trial.risk.value, trial.part), default=NO_TRIAL)

    @property
    def risk(self) -> Risk:
        """The risk of the worst part."""
        return self.worst.risk


class Attack(Protocol):
    """One attack. It sees `published`; it is judged on `original`, who are in it, and on `control`, who are not."""

    def run(self, original: Sample, published: Sample, control: Sample, rng: np.random.Generator) -> AttackResult:
        """Count attempts and successes. The same generator state gives the same result."""
        ...


def pooled(results: Iterable[AttackResult]) -> AttackResult:
    """Several runs of one attack as one: the counts of each part are added up."""
    every = list(results)
    notes = Counter[str]()
    for result in every:
        notes.update(result.notes)
    trials, beyond = (_added(trial for part in side for trial in part) for side in _sides(every))
    return AttackResult(trials, dict(notes), beyond)


def _sides(results: list[AttackResult]) -> tuple[list[tuple[Trial, ...]], list[tuple[Trial, ...]]]:
    return [result.trials for result in results], [result.beyond for result in results]


def _added(trials: Iterable[Trial]) -> tuple[Trial, ...]:
    parts: dict[str, Trial] = {}
    for trial in trials:
        parts[trial.part] = parts[trial.part].plus(trial) if trial.part in parts else trial
    return tuple(parts.values())


def evenly(ranks: Sequence[int], most: int) -> Floats:
    """Weights that add up to `most`, or to all if they are fewer: 1 for the lowest ranks, less where not all fit.

    Those at the last rank that fits share what room is left, so that no draw among equals decides.
    """
    every = np.asarray(ranks, dtype=np.int64)
    if len(every) <= most:
        return np.ones(len(every))
    last = np.sort(every)[most - 1] if most else -1
    at_last = every == last
    left = most - int((every < last).sum())
    return np.where(every < last, 1.0, np.where(at_last, left / max(1, int(at_last.sum())), 0.0))


def chosen(count: int, most: int, rng: np.random.Generator) -> list[int]:
    """Up to `most` of `count` row numbers, without repeats, ascending."""
    if count <= most:
        return list(range(count))
    return sorted(rng.choice(count, most, replace=False).tolist())
