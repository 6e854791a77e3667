"""A recorded journey against a live API that knows none of the recorded ids, tokens, cursors and validators."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from smartsandbox.packs.pack import Pack
from smartsandbox.packs.testing import make_pack
from smartsandbox.replay_engine.drive.correlation.binder import Bound
from smartsandbox.replay_engine.drive.driver import Driven, drive_pack
from smartsandbox.replay_engine.drive.options import DriveOptions
from smartsandbox.replay_engine.drive.outcomes import Differs, Ending
from smartsandbox.replay_engine.drive.target import resolve_target
from smartsandbox.replay_engine.report.build import build_report
from smartsandbox.replay_engine.report.terminal import to_text
from smartsandbox.replay_engine.testing_live import Live, record, running


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    """Three clients' journeys at once."""
    recorded = Live("recorded")
    exchanges = [exchange for n in range(3) for exchange in record(recorded, f"s{n}", n * 1000)]
    return make_pack(tmp_path_factory.mktemp("live"), exchanges)


def driven(pack: Pack, live: Live, **options: object) -> Driven:
    with running(live) as url:
        chosen = DriveOptions(**{"connections": 2, **options})  # type: ignore[arg-type]
        return drive_pack(pack, resolve_target(url), chosen)


def test_a_journey_passes_where_no_recorded_value_is_known(pack: Pack) -> None:
    live = Live("another")
    outcomes = driven(pack, live).outcomes

    assert [line for line, status in live.seen if status >= 400] == []
    assert not outcomes.differs.any()
    assert np.bincount(outcomes.bound, minlength=3).tolist() == [3, 27, 0]


def test_what_else_differs_is_told_by_endpoint_kind_and_place(pack: Pack) -> None:
    def extra(live: Live) -> dict[str, object]:
        return {"new": "x"} if live.orders else {"id": 5}

    outcomes = driven(pack, Live("another", extra)).outcomes

    assert {(kind, at) for _, kind, at in outcomes.tally.counts} >= {("added", "/id"), ("added", "/new")}
    assert set(outcomes.differs[outcomes.differs > 0].tolist()) == {Differs.BODY | Differs.SCHEMA}


def test_without_links_every_later_request_is_refused(pack: Pack) -> None:
    live = Live("another")
    outcomes = driven(pack, live, bind=False).outcomes

    assert [status for _, status in live.seen].count(401) == 27
    assert np.count_nonzero(outcomes.differs & Differs.STATUS) == 27
    assert not outcomes.bound.any()


def test_a_target_that_answers_as_recorded_changes_no_request(tmp_path: Path) -> None:
    pack = make_pack(tmp_path, record(Live("recorded")))
    live = Live("recorded")
    outcomes = driven(pack, live).outcomes

    assert not outcomes.differs.any()
    assert not outcomes.bound.any()


class NoToken(Live):
    """Logs nobody in."""

    def _login(self):  # type: ignore[no-untyped-def]
        return self._json(503, {})


@pytest.mark.parametrize(("skip", "requests", "ending"), [(False, 30, Ending.ANSWERED), (True, 3, Ending.WITHHELD)])
def test_what_was_never_answered_is_unbound(pack: Pack, skip: bool, requests: int, ending: Ending) -> None:
    live = NoToken("another")
    outcomes = driven(pack, live, skip_unbound=skip).outcomes

    assert len(live.seen) == requests
    assert np.bincount(outcomes.bound, minlength=3).tolist() == [3, 0, 27]
    assert set(outcomes.ending[outcomes.bound == Bound.UNBOUND].tolist()) == {ending}


def test_the_report_counts_what_was_bound_and_what_was_not(pack: Pack) -> None:
    report = build_report(driven(pack, NoToken("another"), skip_unbound=True))

    assert {name: report["counts"][name] for name in ("sent", "withheld", "bound", "unbound")} == {
        "sent": 3,
        "withheld": 27,
        "bound": 0,
        "unbound": 27,
    }
    assert report["notes"][0] == "27 requests needed a value that the target never answered, and were not sent"
    assert "missing in 27" in to_text(report)
