"""Synthetic packs are packs: they open, verify, and answer themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import packs, stubs
from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.self_replay import self_replay


@pytest.fixture
def accounts(tmp_path: Path) -> Pack:
    """A pack of 30 accounts and 3 transfers."""
    packs.build(packs.accounts(30), tmp_path)
    return Pack.open(tmp_path)


def test_it_opens_and_every_digest_verifies(accounts: Pack) -> None:
    assert list(accounts.verify()) == []
    assert accounts.manifest.counts["exchanges"] == 33


def test_it_says_that_it_was_not_anonymised(accounts: Pack) -> None:
    assert not accounts.manifest.anonymised


def test_transfers_differ_in_their_body_only_and_so_in_their_key(accounts: Pack) -> None:
    rows = [row for row in accounts.table("exchanges").to_pylist() if row["method"] == "POST"]
    assert {row["path"] for row in rows} == {stubs.POST_PATH}
    assert len({row["key"] for row in rows}) == 3


def test_it_answers_itself(accounts: Pack) -> None:
    assert self_replay(accounts).passed


def test_building_it_twice_gives_the_same_digest(accounts: Pack, tmp_path: Path) -> None:
    again = tmp_path / "again"
    again.mkdir()
    assert packs.build(packs.accounts(30), again).digest == accounts.manifest.digest


def test_journeys_put_a_thousand_sessions_side_by_side(tmp_path: Path) -> None:
    packs.build(packs.journeys(1001), tmp_path)
    sessions = Pack.open(tmp_path).table("exchanges", ["session"])["session"].to_pylist()
    assert len(set(sessions[:1000])) == 1000
    assert sessions[1000] == sessions[0]
