"""The bindings of a schedule: those that the pack holds where it is driven from its first row on, else those found in
what is scheduled, because outside of a window there is nothing to take from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from smartsandbox.packs.bindings import Binding, Finder
from smartsandbox.packs.errors import RefusedError
from smartsandbox.packs.linked import Links
from smartsandbox.packs.pack import BINDINGS_FILE, Pack, files_of
from smartsandbox.packs.slots import Slot
from smartsandbox.replay_engine.drive.correlation.recorded import recorded
from smartsandbox.replay_engine.drive.pacing import Schedule
from smartsandbox.replay_engine.rows import Rows

Places = npt.NDArray[np.int64]


def _none() -> Places:
    return np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class Uses:
    """For each use of a value, the places of the schedule that give and take it, in order of taking; and which of the
    pairs of places in answer and request it is of."""

    producers: Places = field(default_factory=_none)
    consumers: Places = field(default_factory=_none)
    which: Places = field(default_factory=_none)
    pairs: tuple[list[str], list[Slot]] = field(default_factory=lambda: ([], []))

    def __len__(self) -> int:
        return len(self.consumers)

    def __iter__(self) -> Iterator[Binding]:
        """One by one."""
        ats, slots = self.pairs
        for giver, taker, which in zip(
            self.producers.tolist(), self.consumers.tolist(), self.which.tolist(), strict=True
        ):
            yield Binding(giver, ats[which], taker, slots[which])

    def part(self, mask: npt.NDArray[np.bool_]) -> Uses:
        """Those between places of a part of the schedule, which are counted anew."""
        kept = mask[self.producers] & mask[self.consumers]
        places = np.cumsum(mask) - 1
        return Uses(places[self.producers[kept]], places[self.consumers[kept]], self.which[kept], self.pairs)

    @staticmethod
    def of(bindings: Iterable[Binding]) -> Uses:
        """Of single ones."""
        found = list(bindings)
        places = np.array([(one.producer, one.consumer) for one in found], np.int64).reshape(-1, 2)
        pairs = [one.at for one in found], [one.slot for one in found]
        return Uses(places[:, 0], places[:, 1], np.arange(len(found)), pairs)


def uses(pack: Pack, rows: Rows, plan: Schedule) -> Uses:
    """Of a whole schedule. Raises RefusedError for bindings that do not fit the pack."""
    count = len(rows)
    if BINDINGS_FILE in files_of(pack.manifest) and np.array_equal(plan.rows, np.arange(len(plan)) % max(count, 1)):
        return _repeated(_stored(pack, count), count, len(plan))
    return Uses.of(found(pack, rows, plan))


def _stored(pack: Pack, count: int) -> Uses:
    table = pack.table("bindings")
    producers, consumers = (table[name].to_numpy().astype(np.int64) for name in ("producer", "consumer"))
    if ((producers < 0) | (consumers <= producers) | (consumers >= count)).any():
        raise RefusedError(f"pack {pack.folder}: {BINDINGS_FILE} names rows that cannot be; publish it again")
    slots = list(map(Slot, *(table[name].to_pylist() for name in Slot._fields)))
    return Uses(producers, consumers, np.arange(len(slots)), (table["at"].to_pylist(), slots))


def _repeated(once: Uses, count: int, length: int) -> Uses:
    """The same in every round of a loop, up to the length of the schedule."""
    rounds = -(-length // count) if count else 0
    first = np.repeat(np.arange(rounds) * count, len(once))
    columns = (np.tile(once.producers, rounds) + first, np.tile(once.consumers, rounds) + first)
    kept = columns[1] < length
    return Uses(columns[0][kept], columns[1][kept], np.tile(once.which, rounds)[kept], once.pairs)


def found(pack: Pack, rows: Rows, plan: Schedule) -> Iterator[Binding]:
    """By looking for them in what is scheduled: some ten microseconds a request."""
    links = links_of(pack)
    if not links.pairs:
        return
    finder, codes, turns = Finder(links), rows.session.codes, plan.turns.tolist()
    for row, exchange in recorded(pack, rows, plan.rows.tolist(), links):
        yield from finder.take(exchange, codes[row], turns[exchange.number])


def links_of(pack: Pack) -> Links:
    """All links of a pack."""
    return Links.of_rows(pack.table("links").to_pylist())
