"""Folders of captured exchanges as packs, each replayed against itself: every answer should be the recorded one."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.table import Table
from smartsandbox.packs.capture.imports import import_captures
from smartsandbox.packs.errors import SandboxError
from smartsandbox.packs.pack import Pack
from smartsandbox.packs.testing import make_pack
from smartsandbox.replay_engine.self_replay import self_replay

_SELF_SECONDS = 75.0
"""After this long no further capture is begun."""


@dataclass(frozen=True, slots=True)
class Matched:
    """A captured folder replayed against itself: exchanges, matches, and what differs by kind."""

    name: str
    exchanges: int
    matches: int
    differs: str


def self_replays(folder: Path, home: Path) -> tuple[list[Matched], list[str]]:
    """Every folder of recorded exchanges as a pack against itself, until the time is up; the rest is named."""
    places = [*sorted((folder / "har").iterdir()), folder / "mitm", *sorted((folder / "cassettes").iterdir())]
    done: list[Matched] = []
    skipped: list[str] = []
    until = time.monotonic() + _SELF_SECONDS
    for place in places:
        if time.monotonic() > until:
            skipped.append(f"{place.name}: not begun, time was up")
            continue
        try:
            done.append(_self_replay(place, home / f"self-{place.name}"))
        except SandboxError as error:
            skipped.append(f"{place.name}: {str(error)[:100]}")
    return done, skipped


def _self_replay(place: Path, home: Path) -> Matched:
    home.mkdir()
    recorded, _ = import_captures((place,))
    made: Pack = make_pack(home, recorded, "captured")
    found = self_replay(made)
    return Matched(place.name, found.exchanges, found.matches, ", ".join(f"{k} {n}" for k, n in found.differs.items()))


def replayed_table(matched: Sequence[Matched], skipped: Sequence[str]) -> Table:
    """The table of them; what was skipped stands below with its reason."""
    table = Table("Self-replay of captured folders", ["folder", "exchanges", "matches", "share", "differing"])
    for item in matched:
        share = f"{item.matches / item.exchanges:.2%}" if item.exchanges else ""
        table.add(item.name, str(item.exchanges), str(item.matches), share, item.differs)
    table.notes += skipped
    return table
