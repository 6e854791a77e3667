"""By place in the schedule, what its request needs and what its answer gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from smartsandbox.packs.slots import Slot
from smartsandbox.replay_engine.drive.correlation.uses import Uses


class Need(NamedTuple):
    """A value of a request that an answer gives: the number of the gift, and where the recorded value stands."""

    gift: int
    slot: Slot


class Gift(NamedTuple):
    """A value of an answer that later requests need: its number, where it stands, and the recorded value."""

    number: int
    at: str
    recorded: str


@dataclass(slots=True)
class Instances:
    """`needs` and `gives` by place in the schedule, `waits` are the answers to wait for: (the place that gives, the
    place that needs); `count` is how many gifts there are."""

    needs: dict[int, Sequence[Need]] = field(default_factory=dict)
    gives: dict[int, list[Gift]] = field(default_factory=dict)
    waits: list[tuple[int, int]] = field(default_factory=list)
    count: int = 0

    @staticmethod
    def of(uses: Uses) -> Instances:
        """Of the bindings of a schedule."""
        gifts: dict[tuple[int, str], int] = {}
        needs: dict[int, list[Need]] = {}
        gives: dict[int, list[Gift]] = {}
        for producer, at, consumer, slot in uses:
            number = gifts.get((producer, at))
            if number is None:
                number = gifts[producer, at] = len(gifts)
                gives.setdefault(producer, []).append(Gift(number, at, slot.value))
            needs.setdefault(consumer, []).append(Need(number, slot))
        waits = list(dict.fromkeys(zip(uses.producers.tolist(), uses.consumers.tolist(), strict=True)))
        return Instances(dict(needs), gives, waits, len(gifts))
