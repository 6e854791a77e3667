"""What is exported as HAR comes back as it was."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

from smartsandbox.packs.capture.har import read_har
from smartsandbox.packs.capture.report import Report
from smartsandbox.packs.interchange.entries import entries
from smartsandbox.packs.interchange.har import write_har
from smartsandbox.packs.model import Exchange
from smartsandbox.packs.pack import Pack


def test_a_har_read_back_holds_the_same_exchanges(pack: Pack, tmp_path: Path) -> None:
    done = write_har(pack, tmp_path / "out.har")
    report = Report(place="out.har")
    back = list(read_har(tmp_path / "out.har", report))

    assert (done.written, report.ledger.dropped) == (7, {})
    assert [comparable(exchange) for exchange in back] == [comparable(entry.exchange) for entry in entries(pack)]
    gaps = [after.started_us - before.started_us for before, after in itertools.pairwise(back)]
    assert gaps == [100_000] * 6


def comparable(exchange: Exchange) -> Exchange:
    """Less what a HAR has no place for, or gives anew."""
    return replace(exchange, id="", service="", started_us=0, session=None, endpoint=None, source="")
