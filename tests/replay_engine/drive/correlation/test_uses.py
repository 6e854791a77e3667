"""The bindings of a schedule: read from the pack where it has them, and the same as those that are looked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smartsandbox.packs.errors import RefusedError
from smartsandbox.packs.model import Exchange
from smartsandbox.packs.pack import BINDINGS_FILE, Pack
from smartsandbox.packs.testing import a_request, a_response, an_exchange, as_of, make_pack
from smartsandbox.replay_engine.drive.correlation import uses as module
from smartsandbox.replay_engine.drive.correlation.uses import Uses, found, uses
from smartsandbox.replay_engine.drive.pacing import Loop, Pacing, schedule
from smartsandbox.replay_engine.rows import Rows

_TOLD = st.tuples(st.booleans(), st.integers(0, 3), st.sampled_from(["s1", "s2", None]), st.sampled_from([201, 204]))


def traffic(drawn: list[tuple[bool, int, str | None, int]]) -> list[Exchange]:
    """Orders that are made, and looked at by anyone."""
    made = []
    for number, (is_new, order, session, status) in enumerate(drawn):
        name = f"ord_{order}abcde"
        asked = a_request("POST", "/orders") if is_new else a_request("GET", f"/orders/{name}")
        answer = a_response(status, json={"id": name, "items": [{"sku": f"sku_{number}00000"}]})
        made.append(an_exchange(f"{number:02d}", asked, answer, at_us=number, session=session))
    return made


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=st.lists(_TOLD, min_size=1, max_size=12), rounds=st.integers(1, 3))
def test_what_the_pack_holds_is_what_would_be_found(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[tuple[bool, int, str | None, int]], rounds: int
) -> None:
    pack = make_pack(tmp_path_factory.mktemp("uses"), traffic(drawn))
    rows = Rows.load(pack)
    plan = schedule(rows.offset_us, Pacing(loop=Loop(rounds)))
    cut = plan.part(np.arange(len(plan)) < len(plan) - 1)

    for some in (plan, cut):
        assert list(uses(pack, rows, some)) == list(found(pack, rows, some))


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    return make_pack(tmp_path, traffic([(True, 1, "s1", 201), (False, 1, "s1", 200), (False, 1, "s2", 200)]))


def test_nothing_is_looked_for_where_the_pack_holds_it(pack: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    rows, asked = Rows.load(pack), []
    monkeypatch.setattr(module, "found", lambda *given: asked.append(given) or iter(()))

    assert len(uses(pack, rows, schedule(rows.offset_us, Pacing()))) == 2
    assert asked == []


def test_a_pack_from_before_it_held_bindings_is_searched(pack: Pack) -> None:
    rows = Rows.load(pack)
    plan = schedule(rows.offset_us, Pacing())
    held = list(uses(pack, rows, plan))

    assert list(uses(as_of(pack.folder, 3), rows, plan)) == held != []


def test_rows_that_cannot_be_are_refused(pack: Pack) -> None:
    file = pack.folder / BINDINGS_FILE
    table = pq.read_table(file)
    pq.write_table(table.set_column(0, "producer", pa.array([9] * len(table), pa.int32())), file)
    rows = Rows.load(pack)

    with pytest.raises(RefusedError, match="names rows that cannot be; publish it again"):
        uses(pack, rows, schedule(rows.offset_us, Pacing()))


def test_a_part_keeps_what_stands_between_its_places(pack: Pack) -> None:
    rows = Rows.load(pack)
    used = uses(pack, rows, schedule(rows.offset_us, Pacing()))

    part = used.part(np.array([True, False, True]))

    assert [(one.producer, one.consumer) for one in used] == [(0, 1), (0, 2)]
    assert [(one.producer, one.consumer) for one in part] == [(0, 1)]
    assert list(Uses().part(np.array([True]))) == []
