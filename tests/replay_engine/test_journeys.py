"""Which write stands between two reads, and when a live session's read moves on."""

from __future__ import annotations

from pathlib import Path

import pytest

from smartsandbox.packs.model import Exchange
from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack
from smartsandbox.replay_engine.candidates import Candidates
from smartsandbox.replay_engine.journeys import FREE, Journeys
from smartsandbox.replay_engine.rows import Rows
from smartsandbox.replay_engine.sessions import Session


def read(name: str, at_ms: int, took_ms: int | None = 1, session: str = "s") -> Exchange:
    return an_exchange(
        name,
        a_request(target="/account"),
        a_response(json=name),
        at_us=at_ms * 1000,
        session=session,
        total_us=None if took_ms is None else took_ms * 1000,
    )


def write(name: str, at_ms: int, took_ms: int | None = 1, session: str = "s") -> Exchange:
    return an_exchange(
        name,
        a_request("POST", f"/{name}"),
        a_response(201, json=name),
        at_us=at_ms * 1000,
        session=session,
        total_us=None if took_ms is None else took_ms * 1000,
    )


class Live:
    """A live session over a pack of these exchanges, which are named by their ids."""

    def __init__(self, folder: Path, exchanges: list[Exchange]) -> None:
        self.rows = Rows.load(make_pack(folder, exchanges))
        self.names = [self.rows.id[row].decode() for row in range(len(self.rows))]
        reads = [row for row, name in enumerate(self.names) if name.startswith("r")]
        self.reads = Candidates(0, reads)
        self.journeys, self.session = Journeys(self.rows), Session("live")

    @property
    def guards(self) -> list[str]:
        guards = self.journeys.guards(self.reads)
        return [] if guards is None else ["free" if guard == FREE else self.names[guard] for guard in guards]

    def do(self, name: str) -> str:
        """A write by its id, or "?" for the read; the id of the row that answers."""
        if name != "?":
            self.journeys.made(self.names.index(name), self.session)
            return name
        position = self.journeys.advance(self.reads, self.session)
        return self.names[self.reads.rows[min(position, len(self.reads.rows) - 1)]]


@pytest.mark.parametrize(
    ("exchanges", "guards"),
    [
        ([read("r0", 0), write("w1", 10), read("r1", 20)], ["w1"]),
        ([read("r0", 0), read("r1", 20)], []),
        ([read("r0", 0), write("w1", 10), read("r1", 20), read("r2", 30)], ["w1", "free"]),
        ([read("r0", 0, 15), write("w1", 10), write("w2", 16), read("r1", 20)], ["w2"]),  # w1 overlaps r0
        ([read("r0", 0), write("w1", 10, 15), read("r1", 20)], []),  # w1 overlaps r1
        ([read("r0", 0, None), write("w1", 10, None), read("r1", 20)], ["w1"]),  # unknown: each had waited
        ([read("r0", 0), write("w1", 10, session="other"), read("r1", 20)], []),
        ([read("r0", 0), write("w1", 10), read("r1", 20, session="other")], []),
    ],
)
def test_the_guard_is_the_first_write_that_was_over_in_between(
    tmp_path: Path, exchanges: list[Exchange], guards: list[str]
) -> None:
    assert Live(tmp_path, exchanges).guards == guards


DAY = [read("r0", 0), write("w1", 10), read("r1", 20), write("w2", 30), write("w3", 40), read("r2", 50), read("r3", 60)]


@pytest.mark.parametrize(
    ("asked", "answers"),
    [
        ("? w1 ? w2 w3 ? ?", "r0 w1 r1 w2 w3 r2 r3"),  # as recorded
        ("? ? ? w1 ? ?", "r0 r0 r0 w1 r1 r1"),  # reads alone do not move
        ("w1 ? w2 ?", "w1 r1 w2 r2"),  # the first read sees what was written before it
        ("? w3 ?", "r0 w3 r2"),  # a later write stands for those before it
        ("w3 ? ? ?", "w3 r2 r3 r3"),  # a free step moves at each ask; the last answer stays
    ],
)
def test_a_read_moves_on_when_a_write_in_between_was_made(tmp_path: Path, asked: str, answers: str) -> None:
    live = Live(tmp_path, DAY)
    assert " ".join(map(live.do, asked.split())) == answers


def test_lists_of_writes_move_at_each_ask(tmp_path: Path) -> None:
    live = Live(tmp_path, [write("w1", 0), read("r0", 5), write("w1b", 10)])
    writes = Candidates(1, [row for row, name in enumerate(live.names) if name.startswith("w")])
    assert [live.journeys.advance(writes, live.session) for _ in range(3)] == [0, 1, 2]
