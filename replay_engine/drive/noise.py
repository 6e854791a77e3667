"""Learns the noise of a target: a pack is driven at it several times, and what differs between the runs is noise."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import uuid4

from smartsandbox.packs.errors import InconclusiveError
from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.drive.both import drive_both
from smartsandbox.replay_engine.drive.correlation.links import Links
from smartsandbox.replay_engine.drive.driver import drive
from smartsandbox.replay_engine.drive.judging.learn import Learner
from smartsandbox.replay_engine.drive.judging.rules import Rules
from smartsandbox.replay_engine.drive.options import DriveOptions
from smartsandbox.replay_engine.drive.pairing import Pairing
from smartsandbox.replay_engine.drive.run import Watch, no_watch
from smartsandbox.replay_engine.drive.sandbox.fresh import IDEMPOTENCY
from smartsandbox.replay_engine.drive.target import Target
from smartsandbox.replay_engine.loop import run
from smartsandbox.replay_engine.rows import Rows

LEAST = 0.05
"""The share of its endpoint's answers in which a place must differ to get a rule."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """Rules for what differs; by endpoint how many pairs of answers had different statuses or none; and how many places
    differed too seldom for a rule."""

    rules: Rules
    unsteady: dict[str, int]
    rare: int

    @staticmethod
    def of(learner: Learner, least: float) -> Learnt:
        """What was learnt; `least` is the share of answers in which a place must differ."""
        rules, every = learner.rules(least), learner.rules()
        return Learnt(rules, dict(sorted(learner.unsteady.items())), len(every.given) - len(rules.given))


async def learn(pack: Pack, target: Target, options: DriveOptions, runs: int, watch: Watch = no_watch) -> Learner:
    """What differs, beyond the rules that the options have, between `runs` runs, at least 2.

    Each run sends idempotency keys of its own, as each would at another time: with the same ones a sandbox would only
    repeat its first answers.

    Raises NotReadyError if the target takes no connection, InconclusiveError if nothing was answered twice.
    """
    learner = Learner()
    pairing = Pairing(Rows.load(pack), options.rules.noise, learner.took, keep=True)
    pairing.issued = Links.load(pack).producers if options.bind else frozenset()
    for number in range(runs):
        rules = replace(options.rules, fresh=(*options.rules.fresh, IDEMPOTENCY))
        chosen = replace(options, run=uuid4().hex, rules=rules)
        driven = await drive(pack, target, chosen, watch, listener=pairing.sides[min(number, 1)])
        if not driven.outcomes.answered.any():
            raise InconclusiveError(f"run {number + 1} of {runs} at {target.url} had no answer: nothing can be learnt")
    return learner


async def learn_from_twins(pack: Pack, twins: tuple[Target, Target], options: DriveOptions) -> Learner:
    """What differs between two instances of one sandbox that are driven at once: neither has seen the pack before, so
    what a run leaves behind is not taken for noise. Raises as `learn`."""
    learner = Learner()
    both = await drive_both(pack, twins, options, took=learner.took)
    for driven in (both.one, both.other):
        if not driven.outcomes.answered.any():
            raise InconclusiveError(f"the run at {driven.target.url} had no answer: nothing can be learnt")
    return learner


def learn_noise(
    pack: Pack, target: Target, options: DriveOptions, runs: int, twin: Target | None = None, least: float = LEAST
) -> Learnt:
    """The same on an event loop of its own: from a twin if there is one, else from `runs` runs."""
    found = learn(pack, target, options, runs) if twin is None else learn_from_twins(pack, (target, twin), options)
    return Learnt.of(run(found), least)
