"""Latency that does not depend on which row answers: drawn from what was recorded, and, if asked, growing with load.

Answers that were cut short or never came keep their recorded times. Draws are counted by session and group of recorded
times, so that those of one group are evenly spread whatever else its session asks for.
"""

from __future__ import annotations

import heapq
from typing import Any

from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.draws import Draw
from smartsandbox.replay_engine.fitted import Fitted, Times
from smartsandbox.replay_engine.load_law import LoadLaw, in_flight, laws, unloaded
from smartsandbox.replay_engine.plan import Latency, Scaled, answered, latency_named
from smartsandbox.replay_engine.rows import Rows
from smartsandbox.replay_engine.serve.answer import Answer
from smartsandbox.replay_engine.serve.effects import MakeEffect, Served


class FittedLatency:
    """An effect: the times of each complete answer are drawn for its endpoint, status and size."""

    local = True

    def __init__(self, rows: Rows, fitted: Fitted, seed: int) -> None:
        self._rows, self._fitted, self._seed = rows, fitted, seed

    @property
    def known(self) -> bool:
        """True if there are recorded times to draw from."""
        return bool(self._fitted)

    def apply(self, answer: Answer, served: Served) -> Answer:
        """The same bytes, at drawn times."""
        row, rows = served.row, self._rows
        if row < 0 or rows.status[row] < 0 or rows.failures[row] >= 0:
            return answer
        first, total = self.times(served)
        return answer.planned(answered(int(first), int(total)))

    def times(self, served: Served) -> tuple[float, float]:
        """Microseconds to the first byte and to the last."""
        rows, row = self._rows, served.row
        place = rows.response_body[row]
        size = rows.bodies.size(place) if place >= 0 else 0
        group = self._fitted.group(rows.endpoint.codes[row], rows.status[row], size)
        session, name = served.session, ("latency", group.number)
        drawn: int = session.get(name, 0)
        session.put(name, drawn + 1)
        return group.draw(Draw(self._seed, session.name, drawn).spread(f"latency {group.number}"), size)


class LoadedLatency(FittedLatency):
    """As FittedLatency, and slower the more answers are on their way, by each endpoint's law."""

    local = False

    def __init__(self, rows: Rows, seed: int) -> None:
        times = Times.of(rows)
        others = in_flight(rows, times)
        self._laws = laws(times, others)
        super().__init__(rows, Fitted(unloaded(times, others, self._laws)), seed)
        self._ends: list[float] = []
        self._most = 0

    def times(self, served: Served) -> tuple[float, float]:
        """See FittedLatency. An answer is on its way from its request's first byte to its own last."""
        first, total = super().times(served)
        begun = served.request.begun
        while self._ends and self._ends[0] <= begun:
            heapq.heappop(self._ends)
        law = self._laws.get(self._rows.endpoint.codes[served.row])
        factor = law.slowdown(len(self._ends)) if isinstance(law, LoadLaw) else 1.0
        heapq.heappush(self._ends, begun + total * factor / 1e6)
        self._most = max(self._most, len(self._ends))
        return first * factor, total * factor

    def facts(self) -> dict[str, Any]:
        """The law of each endpoint, or why it has none and answers as fitted; the most that were in flight."""
        names = self._rows.endpoint.names
        told = {names[code]: _told(law) for code, law in self._laws.items()}
        return {"latency": {"laws": told, "most_in_flight": self._most}}


def _told(law: object) -> dict[str, Any]:
    if isinstance(law, LoadLaw):
        return {"free": round(law.free, 2), "slope": round(law.slope, 4)}
    return {"unfitted": getattr(law, "reason", "")}


def latency_of(name: str, seed: int) -> tuple[Latency, tuple[MakeEffect, ...]]:
    """What `--latency NAME` means: the rows' own times, and the effects that change them. Raises UsageError."""
    if name not in ("fitted", "loaded"):
        return latency_named(name), ()

    def make(pack: Pack, rows: Rows) -> FittedLatency:
        fitted = LoadedLatency(rows, seed) if name == "loaded" else FittedLatency(rows, Fitted(Times.of(rows)), seed)
        if not fitted.known:
            raise UsageError(
                f"latency {name!r} needs recorded times, and pack {pack.manifest.name!r} has none: use --latency none"
            )
        return fitted

    return Scaled(1.0), (make,)
