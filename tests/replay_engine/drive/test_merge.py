"""Shares of a schedule, and their outcomes joined again."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smartsandbox.packs.bindings import Binding
from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.pack import Pack
from smartsandbox.packs.slots import Slot
from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack
from smartsandbox.replay_engine.drive.correlation.uses import Uses
from smartsandbox.replay_engine.drive.driver import Driven
from smartsandbox.replay_engine.drive.merge import merge_files
from smartsandbox.replay_engine.drive.options import DriveOptions
from smartsandbox.replay_engine.drive.outcomes import Cells, Ending, Outcomes
from smartsandbox.replay_engine.drive.outcomes_file import write_outcomes
from smartsandbox.replay_engine.drive.pacing import Loop, Pacing, schedule
from smartsandbox.replay_engine.drive.planned import planned
from smartsandbox.replay_engine.drive.share import Share, owners, parse_share, share_of, unevenness
from smartsandbox.replay_engine.drive.target import named
from smartsandbox.replay_engine.report.build import build_report
from smartsandbox.replay_engine.rows import Rows

PACING = Pacing(loop=Loop(2), speed=3)


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    """Forty exchanges of seven sessions and of none, some of them equal."""
    exchanges = [
        an_exchange(
            f"e{n:02d}",
            a_request(target=f"/x/{n % 9}"),
            a_response(),
            at_us=n * 1000,
            session=f"s{n % 7}" if n % 3 else None,
        )
        for n in range(40)
    ]
    return make_pack(tmp_path_factory.mktemp("merge"), exchanges)


@pytest.fixture(scope="module")
def rows(pack: Pack) -> Rows:
    return Rows.load(pack)


@given(count=st.integers(1, 9))
def test_every_place_has_one_owner_and_a_session_or_equal_requests_the_same(rows: Rows, count: int) -> None:
    plan = schedule(rows.offset_us, PACING)
    found = owners(rows, plan, count, Uses())
    parts = [Share(index, count).of(rows, plan, Uses()).tolist() for index in range(count)]
    assert parts == [(found == index).tolist() for index in range(count)]
    assert ((found >= 0) & (found < count)).all()
    owner: dict[object, int] = {}
    for turn, row, place in zip(plan.turns.tolist(), plan.rows.tolist(), found.tolist(), strict=True):
        session = rows.session.codes[row]
        unit = (turn, session if session >= 0 else tuple(rows.key[row].tolist()))
        assert owner.setdefault(unit, place) == place


def test_a_deal_is_even_enough(rows: Rows) -> None:
    plan = schedule(rows.offset_us, Pacing(loop=Loop(100)))
    assert np.bincount(owners(rows, plan, 4, Uses())).tolist() == pytest.approx([1000] * 4, rel=0.1)


def test_sessions_that_take_values_from_each_other_have_one_owner(rows: Rows) -> None:
    """In the first of two rounds s1 gives to s4 and s4 to s5, and row 2 to row 9, which has no session."""
    plan = schedule(rows.offset_us, PACING)
    session = {f"s{n % 7}": n for n in range(40) if n % 3}
    ties = [(session["s1"], session["s4"]), (session["s4"], session["s5"]), (2, 9)]
    used = Uses.of(Binding(one, "/id", other, Slot("path", "id", "x")) for one, other in ties)
    for count in (2, 5, 9):
        found, free = owners(rows, plan, count, used), owners(rows, plan, count, Uses())
        assert all(found[one] == found[other] for one, other in ties)
        apart = [place for place in range(40, 80) if found[place] != free[place]]
        assert apart == []
    assert unevenness(rows, plan, 3, Uses()) == 1.0
    everyone = Uses.of(Binding(0, "/id", place, Slot("path", "id", "x")) for place in range(1, 80))
    assert len(set(owners(rows, plan, 3, everyone).tolist())) == 1
    assert unevenness(rows, plan, 3, everyone) == pytest.approx(3, rel=0.4)


@st.composite
def outcomes(draw: st.DrawFn, plan_size: int) -> dict[str, Any]:
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    columns = {
        name: np.where(rng.random(plan_size) < 0.1, np.nan, rng.exponential(0.01, plan_size))
        for name in ("lateness", "sent", "first", "finished")
    }
    return {
        **columns,
        "dispatched": rng.exponential(0.01, plan_size),
        "status": rng.choice([-1, 200, 404, 503], plan_size),
        "ending": rng.integers(0, len(Ending), plan_size),
        "size": rng.integers(0, 10**6, plan_size),
        "differs": rng.integers(0, 32, plan_size),
        "bound": rng.integers(0, 3, plan_size),
        "away": rng.random(plan_size) < 0.1,
    }


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(columns=outcomes(80), count=st.integers(1, 5))
def test_merged_equals_single(pack: Pack, rows: Rows, tmp_path: Path, columns: dict[str, Any], count: int) -> None:
    plan = schedule(rows.offset_us, PACING)
    single = Driven(pack, rows, named("http://127.0.0.1:1"), DriveOptions(pacing=PACING), _filled(plan, columns), False)
    owner, files = owners(rows, plan, count, Uses()), []
    for index in reversed(range(count)):
        mask = owner == index
        part = replace(
            single,
            outcomes=_filled(plan.part(mask), {name: values[mask] for name, values in columns.items()}),
            options=replace(single.options, share=Share(index, count)),
        )
        part.outcomes.tally.counts["GET /x", "value", f"body /{index % 2}"] = index + 1
        single.outcomes.tally.merge(part.outcomes.tally)
        files.append(tmp_path / f"{index}.parquet")
        write_outcomes(part, files[-1])
    merged = merge_files(pack, rows, files)
    for name in ("rows", "due", "turns", "bound", "away", *Cells.__slots__):
        np.testing.assert_array_equal(getattr(merged.outcomes, name), getattr(single.outcomes, name))
    assert json.dumps(build_report(merged)) == json.dumps(build_report(replace(single, workers=count)))


def _filled(plan: object, columns: dict[str, Any]) -> Outcomes:
    found = Outcomes(plan.rows, plan.due, plan.turns)  # type: ignore[attr-defined]
    for name, values in columns.items():
        getattr(found, name)[:] = values
    return found


def part(pack: Pack, rows: Rows, file: Path, share: Share, **changes: object) -> Path:
    options = replace(DriveOptions(run="r", share=share), **changes)  # type: ignore[arg-type]
    plan, _ = planned(pack, rows, options)
    write_outcomes(Driven(pack, rows, named("http://127.0.0.1:1"), options, _filled(plan, {}), False), file)
    return file


def test_a_worker_whose_file_is_missing_is_lost_and_the_run_inconclusive(
    pack: Pack, rows: Rows, tmp_path: Path
) -> None:
    merged = merge_files(pack, rows, [part(pack, rows, tmp_path / "1", Share(1, 3))])
    assert (merged.lost, merged.workers) == ((0, 2), 3)
    assert "of 3 workers these were lost (counted from 0): 0, 2" in build_report(merged)["verdict"]["reasons"]


def test_files_that_do_not_belong_together_are_not_joined(
    pack: Pack, rows: Rows, shop_pack: Pack, tmp_path: Path
) -> None:
    one = part(pack, rows, tmp_path / "one", Share(0, 2))
    for words, other in (
        ("options differ", part(pack, rows, tmp_path / "a", Share(1, 2), pacing=Pacing(speed=2))),
        ("options differ", part(pack, rows, tmp_path / "b", Share(1, 2), run="another")),
        ("numbers of workers", part(pack, rows, tmp_path / "c", Share(1, 3))),
        ("both of worker 0/2", part(pack, rows, tmp_path / "d", Share(0, 2))),
    ):
        with pytest.raises(UsageError, match=words):
            merge_files(pack, rows, [one, other])
    with pytest.raises(UsageError, match="another pack"):
        merge_files(shop_pack, Rows.load(shop_pack), [one])
    with pytest.raises(UsageError, match="no outcome files"):
        merge_files(pack, rows, [])
    (tmp_path / "text").write_text("not parquet")
    with pytest.raises(UsageError, match="cannot be read"):
        merge_files(pack, rows, [tmp_path / "text"])


def test_a_share_comes_from_an_option_or_an_indexed_job_s_environment() -> None:
    assert parse_share("2/8") == Share(2, 8)
    assert share_of({}) == Share()
    assert share_of({"JOB_COMPLETION_INDEX": "3", "JOB_COMPLETIONS": "4"}) == Share(3, 4)
    for wrong in ("4/4", "x", "-1/2", "0/0", "0/99999999"):
        with pytest.raises(UsageError, match="worker"):
            parse_share(wrong)
    with pytest.raises(UsageError, match="set JOB_COMPLETIONS too"):
        share_of({"JOB_COMPLETION_INDEX": "3"})
