"""Self-replay, the release gate of a pack: served and driven against itself, every answer is the recorded one.

Both sides run here on one event loop over a real socket. It proves what is answered, not how fast: requests are
spread evenly, without recorded latency, and no verdict on pace is given.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.drive.driver import Driven, drive
from smartsandbox.replay_engine.drive.options import DriveOptions
from smartsandbox.replay_engine.drive.outcomes import Differs
from smartsandbox.replay_engine.drive.pacing import Pacing
from smartsandbox.replay_engine.drive.target import resolve_target
from smartsandbox.replay_engine.drive.watch import Watch, no_watch
from smartsandbox.replay_engine.loop import run
from smartsandbox.replay_engine.plan import Scaled
from smartsandbox.replay_engine.serve.options import ServeOptions
from smartsandbox.replay_engine.serve.server import serve_pack

RATE = 2000.0
"""Requests a second; sessions keep their order whatever the rate."""
_EXAMPLES = 10


@dataclass(frozen=True, slots=True)
class SelfReplay:
    """`matches` of `exchanges` came back as recorded; `differs` counts the others by what differs, `examples` are ids
    of a few of them."""

    exchanges: int
    matches: int
    differs: dict[str, int]
    examples: tuple[str, ...]

    @property
    def share(self) -> float:
        """1.0 for a pack that answers as recorded throughout; an empty pack has nothing to answer."""
        return self.matches / self.exchanges if self.exchanges else 1.0

    @property
    def passed(self) -> bool:
        """True if every exchange matched."""
        return self.matches == self.exchanges

    def to_json(self) -> dict[str, Any]:
        """A JSON object of the fields."""
        return {
            "exchanges": self.exchanges,
            "matches": self.matches,
            "share": self.share,
            "differs": self.differs,
            "examples": list(self.examples),
        }


def self_replay(
    pack: Pack, rate: float = RATE, watch: Watch = no_watch, options: ServeOptions | None = None
) -> SelfReplay:
    """Serve a pack on a free loopback port, as `options` say but for latency, and drive it against itself. Not for use
    inside a running event loop."""
    return run(replay_itself(pack, rate, watch, options))


async def replay_itself(
    pack: Pack, rate: float = RATE, watch: Watch = no_watch, options: ServeOptions | None = None
) -> SelfReplay:
    """The same on the running loop."""
    served = replace(options or ServeOptions(), latency=Scaled(0.0))
    count = int(pack.manifest.counts["exchanges"])
    paced = DriveOptions(pacing=Pacing(rate=rate), max_in_flight=max(1, count), exact=True)
    server = await serve_pack(pack, options=replace(served, sessions=max(served.sessions, count)))
    try:
        driven = await drive(pack, resolve_target(server.url), paced, watch)
    finally:
        await server.stop()
    return _judged(driven)


def _judged(driven: Driven) -> SelfReplay:
    outcomes = driven.outcomes
    wrong = outcomes.differs.astype(bool) | ~outcomes.attempted
    kinds = Counter(
        bit.name.lower() for bit in Differs if bit.name for value in outcomes.differs.tolist() if value & bit
    )
    ids = [driven.rows.id[row].decode() for row in outcomes.rows[wrong][:_EXAMPLES].tolist()]
    return SelfReplay(len(outcomes), int((~wrong).sum()), dict(sorted(kinds.items())), tuple(ids))
