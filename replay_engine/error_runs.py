"""When a service fails: the runs of errors and of successes of one endpoint, as recorded, to be drawn from.

A two-state chain that stays in a state for a recorded run's length, drawn anew at each change. Where recorded runs are
geometric it is the Markov chain of the pack's shape; where they are not, such as one long outage, it keeps them too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from smartsandbox.replay_engine.draws import Draw


@dataclass(frozen=True, slots=True)
class Runs:
    """Recorded run lengths, ascending. Runs of errors alone, or of successes alone, never change state."""

    errors: tuple[int, ...]
    successes: tuple[int, ...]

    @staticmethod
    def of(wrong: Sequence[bool]) -> Runs:
        """From the outcomes of an endpoint in recorded order: True where one was an error."""
        lengths: dict[bool, list[int]] = {True: [], False: []}
        for state, members in groupby(wrong):
            lengths[state].append(sum(1 for _ in members))
        return Runs(tuple(sorted(lengths[True])), tuple(sorted(lengths[False])))

    @property
    def rate(self) -> float:
        """The share of errors."""
        everything = sum(self.errors) + sum(self.successes)
        return sum(self.errors) / everything if everything else 0.0


_LEAST = 1e-9
"""Smaller factors are none at all."""


def stretch(runs: Runs, factor: float) -> float:
    """The factor on runs of successes at which the rate of errors is `factor` times the recorded one, at most all.

    It is not quite 1 for a factor of 1: the first and last run of a recording have only one neighbour.
    """
    wanted = min(1.0, runs.rate * factor)
    error, success = (sum(lengths) / len(lengths) for lengths in (runs.errors, runs.successes))
    return error * (1.0 - wanted) / (wanted * success)


def outcomes(runs: Runs, factor: float, seed: int, endpoint: str) -> Iterator[bool]:
    """Whether each request to the endpoint fails, in order of arrival, for ever.

    It begins somewhere within a run of successes. A fraction of a success is carried over to the next run.
    """
    if not runs.errors or factor < _LEAST:
        while True:
            yield False
    if not runs.successes:
        while True:
            yield True
    factor = stretch(runs, factor)
    number, owed = 0, -_drawn(runs.successes, Draw(seed, endpoint, 0), "success run") * factor
    owed *= Draw(seed, endpoint, 0).uniform("begin")
    while True:
        draw = Draw(seed, endpoint, number)
        owed += _drawn(runs.successes, draw, "success run") * factor
        for _ in range(int(owed)):
            yield False
        owed -= max(0, int(owed))
        for _ in range(_drawn(runs.errors, draw, "error run")):
            yield True
        number += 1


def _drawn(lengths: tuple[int, ...], draw: Draw, name: str) -> int:
    return lengths[int(draw.spread(name) * len(lengths))]
