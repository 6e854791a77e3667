"""Learns the noise of a target: a pack is driven at it several times, and what differs between the runs is noise."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

from smartsandbox.packs.errors import InconclusiveError
from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.drive.correlation.links import Links
from smartsandbox.replay_engine.drive.driver import drive
from smartsandbox.replay_engine.drive.judging.learn import Learner
from smartsandbox.replay_engine.drive.judging.rules import Rules
from smartsandbox.replay_engine.drive.options import DriveOptions
from smartsandbox.replay_engine.drive.pairing import Pairing
from smartsandbox.replay_engine.drive.run import Watch, no_watch
from smartsandbox.replay_engine.drive.target import Target
from smartsandbox.replay_engine.loop import run
from smartsandbox.replay_engine.rows import Rows


async def learn(pack: Pack, target: Target, options: DriveOptions, runs: int, watch: Watch = no_watch) -> Rules:
    """Rules for what differs, beyond those that the options have, from `runs` runs, at least 2.

    Raises NotReadyError if the target takes no connection, InconclusiveError if nothing was answered twice.
    """
    learner = Learner()
    pairing = Pairing(Rows.load(pack), options.rules.noise, learner.took, keep=True)
    pairing.issued = Links.load(pack).producers if options.bind else frozenset()
    for number in range(runs):
        chosen = replace(options, run=uuid4().hex)
        driven = await drive(pack, target, chosen, watch, listener=pairing.sides[min(number, 1)])
        if not driven.outcomes.answered.any():
            raise InconclusiveError(f"run {number + 1} of {runs} at {target.url} had no answer: nothing can be learnt")
    return learner.rules()


def learn_noise(pack: Pack, target: Target, options: DriveOptions, runs: int, watch: Watch = no_watch) -> Rules:
    """The same on an event loop of its own."""
    return run(learn(pack, target, options, runs, watch))
