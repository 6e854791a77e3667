"""Conversations of a pack, found by row and by the exchange's id."""

from __future__ import annotations

from pathlib import Path

import pytest

from smartsandbox.packs.pack import Pack
from smartsandbox.packs.testing import a_request, a_response, a_socket, an_exchange, closed, make_pack, received, sent
from smartsandbox.replay_engine.rows import Rows
from smartsandbox.replay_engine.serve.prepared import Prepared
from smartsandbox.replay_engine.websocket.conversations import Conversations

SAID = (sent(5, {"ask": 1}), received(9, b"\x00\xff"), closed(12, 4001, "enough"))


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    return make_pack(
        tmp_path,
        [
            an_exchange("m", a_request(), a_response()),
            a_socket("z", SAID, at_us=1),
            a_socket("k", (), at_us=2),
            a_socket("a", SAID[:1], at_us=3),
        ],
    )


def test_each_row_has_its_own(pack: Pack) -> None:
    for found in (Conversations.load(pack), Prepared.of(pack).conversations):
        assert len(found) == 3
        assert found.of(0) is None
        assert [list(found.of(row) or ()) for row in (1, 2, 3)] == [list(SAID), [], list(SAID[:1])]
        assert found.of(2) is not None


def test_an_id_finds_it_in_any_order_of_ids(pack: Pack) -> None:
    found, ids = Conversations.load(pack), Rows.load(pack).id
    named = {name: found.named(name, ids) for name in (b"a", b"k", b"z", b"m", b"b", b"zz")}
    assert {name: None if one is None else len(one) for name, one in named.items()} == {
        b"a": 1, b"k": 0, b"z": 3, b"m": None, b"b": None, b"zz": None,
    }  # fmt: skip


def test_a_pack_without_any_has_none(tmp_path: Path) -> None:
    found = Conversations.load(make_pack(tmp_path, [an_exchange("m", a_request(), a_response())]))
    assert (len(found), found.of(0)) == (0, None)
