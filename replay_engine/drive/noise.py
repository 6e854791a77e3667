"""Learns the noise of a target: a pack is driven at it several times, and what differs between the runs is noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import uuid4

from smartsandbox.packs.errors import InconclusiveError
from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.drive.correlation.uses import links_of
from smartsandbox.replay_engine.drive.driver import drive
from smartsandbox.replay_engine.drive.judging.learn import Learner
from smartsandbox.replay_engine.drive.judging.rules import Rules
from smartsandbox.replay_engine.drive.options import DriveOptions
from smartsandbox.replay_engine.drive.pairing import Pairing
from smartsandbox.replay_engine.drive.sandbox.fresh import IDEMPOTENCY
from smartsandbox.replay_engine.drive.target import Target
from smartsandbox.replay_engine.drive.watch import Watch, no_watch
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


async def learn(pack: Pack, targets: Sequence[Target], options: DriveOptions, watch: Watch = no_watch) -> Learner:
    """What differs, beyond the rules that the options have, between runs at these targets, one after another: the same
    sandbox several times, or instances of it that have not seen the pack before.

    Each run sends idempotency keys of its own, as each would at another time: with the same ones a sandbox would only
    repeat its first answers. Raises NotReadyError if a target takes no connection, InconclusiveError if nothing was
    answered.
    """
    learner = Learner()
    pairing = Pairing(Rows.load(pack), options.rules.noise, learner.took, keep=True)
    pairing.issued = links_of(pack).producers if options.bind else frozenset()
    for number, target in enumerate(targets):
        rules = replace(options.rules, fresh=(*options.rules.fresh, IDEMPOTENCY))
        chosen = replace(options, run=uuid4().hex, rules=rules)
        pairing.origins = {targets[0].url.rstrip("/"): target.url.rstrip("/")}
        driven = await drive(pack, target, chosen, watch, listener=pairing.sides[min(number, 1)])
        if not driven.outcomes.answered.any():
            raise InconclusiveError(
                f"run {number + 1} of {len(targets)}, at {target.url}, had no answer: nothing to learn from"
            )
    return learner


def learn_noise(pack: Pack, targets: Sequence[Target], options: DriveOptions, least: float = LEAST) -> Learnt:
    """The same on an event loop of its own, as rules."""
    return Learnt.of(run(learn(pack, targets, options)), least)
