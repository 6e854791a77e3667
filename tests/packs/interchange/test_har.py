"""What is exported as HAR comes back as it was."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import pytest

from smartsandbox.packs.capture.har import read_har
from smartsandbox.packs.capture.report import Report
from smartsandbox.packs.interchange import EXPORTERS
from smartsandbox.packs.interchange.entries import NO_SOCKETS, entries
from smartsandbox.packs.interchange.har import write_har
from smartsandbox.packs.model import LOST, Exchange
from smartsandbox.packs.pack import Pack
from smartsandbox.packs.testing import a_request, a_response, a_socket, an_exchange, closed, make_pack, received, sent


def test_a_har_read_back_holds_the_same_exchanges(pack: Pack, tmp_path: Path) -> None:
    done = write_har(pack, tmp_path / "out.har")
    report = Report(place="out.har")
    back = list(read_har(tmp_path / "out.har", report))

    assert (done.written, report.ledger.dropped) == (7, {})
    assert [comparable(exchange) for exchange in back] == [comparable(entry.exchange) for entry in entries(pack)]
    gaps = [after.started_us - before.started_us for before, after in itertools.pairwise(back)]
    assert gaps == [100_000] * 6


def test_messages_come_back_in_order_with_their_times(tmp_path: Path) -> None:
    said = (sent(5, {"ask": 1}), received(1_000_009, b"\x00\xff"), closed(2_000_000, 4001, "enough"))
    lost = (received(7, "hi"), closed(9, LOST))
    pack = make_pack(tmp_path, [a_socket("a", said), a_socket("b", lost, at_us=10), a_socket("c", (), at_us=20)])
    write_har(pack, tmp_path / "out.har")

    back = list(read_har(tmp_path / "out.har", Report(place="out.har")))
    assert [exchange.messages for exchange in back] == [said, lost, ()]


@pytest.mark.parametrize("name", sorted(EXPORTERS.keys() - {"har"}))
def test_what_has_no_words_for_messages_counts_what_it_leaves_out(name: str, tmp_path: Path) -> None:
    pack = make_pack(tmp_path, [a_socket("a", (sent(5, "hi"),)), an_exchange("b", a_request(), a_response(), at_us=9)])
    done = EXPORTERS[name].write(pack, tmp_path / "out.js")
    assert (done.written, done.left_out) == (1, {NO_SOCKETS: 1})


def comparable(exchange: Exchange) -> Exchange:
    """Less what a HAR has no place for, or gives anew."""
    return replace(exchange, id="", service="", started_us=0, session=None, endpoint=None, source="")
