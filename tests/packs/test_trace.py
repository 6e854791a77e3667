"""The trace file: written, read back, and refused when it is not one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartsandbox.packs.canonical_rows import canonical_rows
from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.model import Exchange, FailureKind, Ledger, Message, Request, Response
from smartsandbox.packs.testing import a_request, a_response, a_socket, an_exchange, closed, received, sent
from smartsandbox.packs.trace import RAW, Trace, day_of, row_bytes, to_row, write_trace
from smartsandbox.packs.trace_batches import batch_of, exchanges_in, rows_in
from smartsandbox.packs.trace_rows import digested

DAY_US = 24 * 3600 * 1_000_000


def pings(*offsets: int) -> list[Exchange]:
    return [an_exchange(f"e{at}", a_request(), a_response(), at_us=at) for at in offsets]


def test_exchanges_come_back_in_order_whatever_order_they_went_in(tmp_path: Path) -> None:
    trace = write_trace(tmp_path / "t", pings(5, 1, 3), RAW, Ledger(kept=3))

    assert [exchange.id for exchange in trace.exchanges()] == ["e1", "e3", "e5"]
    assert trace.count == 3


def test_the_digest_does_not_depend_on_the_order_given(tmp_path: Path) -> None:
    one = write_trace(tmp_path / "a", pings(1, 2, 3), RAW, Ledger())
    other = write_trace(tmp_path / "b", pings(3, 1, 2), RAW, Ledger())

    assert one.digest == other.digest == other.recomputed_digest()


def test_a_trace_is_partitioned_by_service_and_day(tmp_path: Path) -> None:
    write_trace(tmp_path / "t", pings(0, DAY_US), RAW, Ledger())

    found = sorted(str(part.relative_to(tmp_path / "t").parent) for part in (tmp_path / "t").rglob("*.parquet"))

    assert found == ["service=sample/day=2023-11-14", "service=sample/day=2023-11-15"]


def test_two_services_are_merged_by_time(tmp_path: Path) -> None:
    request, response = a_request(), a_response()
    exchanges = [
        Exchange(f"{service}{at}", service, at, request, response) for service in ("b/../x", "a") for at in (1, 2)
    ]

    trace = write_trace(tmp_path / "t", exchanges, RAW, Ledger())

    assert [exchange.order for exchange in trace.exchanges()] == [(1, "a1"), (1, "b/../x1"), (2, "a2"), (2, "b/../x2")]


def test_duckdb_reads_what_was_written(tmp_path: Path) -> None:
    write_trace(tmp_path / "t", pings(1, 2), RAW, Ledger())

    query = f"SELECT service, count(*), min(request_headers::VARCHAR) FROM '{tmp_path}/t/**/*.parquet' GROUP BY 1"  # noqa: S608

    assert duckdb.sql(query).fetchall() == [("sample", 2, "[]")]


def test_equal_ids_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="same id"):
        write_trace(tmp_path / "t", [*pings(1), *pings(1)], RAW, Ledger())


def test_a_folder_that_is_not_a_trace_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")

    with pytest.raises(UsageError, match="is not a trace"):
        write_trace(tmp_path, pings(1), RAW, Ledger())

    assert (tmp_path / "notes.txt").exists()


def test_a_trace_is_replaced_by_a_new_one(tmp_path: Path) -> None:
    write_trace(tmp_path / "t", pings(1, DAY_US), RAW, Ledger())

    trace = write_trace(tmp_path / "t", pings(7), RAW, Ledger())

    assert [exchange.id for exchange in trace.exchanges()] == ["e7"]


@pytest.mark.parametrize(
    ("content", "message"),
    [("{", "damaged"), ("[]", "damaged"), ('{"format": 99}', "format 99; this version reads up to 2: upgrade")],
)
def test_a_damaged_or_newer_trace_says_so(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "trace.json").write_text(content)

    with pytest.raises(UsageError, match=message):
        Trace.open(tmp_path)


def test_a_missing_trace_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="smartsandbox import"):
        Trace.open(tmp_path / "nothing")


def test_a_day_is_utc() -> None:
    assert day_of(1_700_006_400_000_000 - 1) == "2023-11-14"
    assert day_of(1_700_006_400_000_000) == "2023-11-15"


def test_plain_http_has_the_digest_that_it_had_before_there_were_messages(tmp_path: Path) -> None:
    trace = write_trace(tmp_path / "t", [an_exchange("e1", a_request(), a_response())], RAW, Ledger())
    assert trace.digest == "a42647473f06d83722d66338b1d09cdffa2d7fee8392ac5b6b8565320f6d013c"


def test_messages_are_read_back_and_part_of_the_digest(tmp_path: Path) -> None:
    said = (sent(5, {"ask": 1}), received(9, b"\x00\xff"), closed(12, 4001, "enough"))
    items = [*pings(1), a_socket("a", said, at_us=2), a_socket("b", (), at_us=3)]
    trace = write_trace(tmp_path / "t", items, RAW, Ledger())

    assert [one.messages for one in trace.exchanges()] == [None, said, ()]
    assert trace.recomputed_digest() == trace.digest
    other = write_trace(tmp_path / "u", [items[0], replace(items[1], messages=said[:2]), items[2]], RAW, Ledger())
    assert other.digest != trace.digest


def test_a_long_conversation_is_digested_in_pieces_to_the_same_digest(tmp_path: Path) -> None:
    """The pieces of a row together are its canonical bytes."""
    long = replace(a_socket("a", (sent(1, {"n": 1}),)), request=a_request(body=b"x" * 3_000_000))
    content = digested(to_row(long))
    assert not isinstance(content, bytes)
    assert b"".join(content()) == row_bytes(long)


headers = st.lists(st.tuples(st.text("aB-", min_size=1, max_size=4), st.text("xü ", max_size=4)), max_size=3).map(tuple)
outcomes = st.one_of(
    st.tuples(
        st.builds(Response, st.integers(100, 599), st.text("ok ", max_size=3), headers, st.binary(max_size=9)),
        st.none(),
    ),
    st.tuples(st.none(), st.sampled_from(FailureKind)),
)


@settings(max_examples=50)
@given(
    st.builds(
        Request,
        st.just("PUT"),
        st.just("https"),
        st.just("h:1"),
        st.just("/"),
        st.text("a=&", max_size=5),
        headers,
        st.binary(max_size=9),
    ),
    outcomes,
    st.none() | st.integers(0, 10**9),
    st.none() | st.lists(st.sampled_from([sent(1, "hi"), received(2, b"\xff"), closed(3)]), max_size=3).map(tuple),
)
def test_a_batch_reads_back_as_the_exchanges(
    request: Request, outcome: tuple[Response, None], total: int | None, said: tuple[Message, ...] | None
) -> None:
    response, failure = outcome
    exchange = Exchange("e", "s", 1, request, response, failure, None, total, "c", "PUT /", "cause", "f#0", said)

    items = [replace(exchange, id="Ü"), an_exchange("a", a_request(), a_response(), at_us=2), exchange]
    batch = batch_of(items)
    assert list(exchanges_in(batch)) == items
    assert list(exchanges_in(batch.slice(1))) == items[1:]
    assert list(rows_in(batch)) == list(map(to_row, items)) == batch.to_pylist()
    written = list(map(row_bytes, items))
    assert list(canonical_rows(batch)) == [(row, len(row)) for row in written]
    assert list(canonical_rows(batch.slice(1))) == [(row, len(row)) for row in written[1:]]


def test_an_exchange_has_a_response_or_a_failure() -> None:
    with pytest.raises(ValueError, match="neither a response nor a failure"):
        an_exchange("e", a_request())


def test_a_ledger_balances() -> None:
    ledger = Ledger()
    ledger.keep(3)
    ledger.drop("no url")
    ledger.drop("no url", 2)

    assert ledger.seen == 6
    assert ledger.to_json() == {"seen": 6, "kept": 3, "dropped": {"no url": 3}, "unreadable_files": {}, "notes": {}}


@pytest.mark.parametrize("size", [1, 2, 3, 7, 256])
def test_a_long_body_is_digested_in_pieces_as_a_short_one_is_at_once(
    size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = bytes(range(256))
    items = [an_exchange("e1", a_request(body=body), a_response(body=body[::-1])), *pings(5)]
    whole = write_trace(tmp_path / "a", items, RAW, Ledger(kept=2))
    monkeypatch.setattr("smartsandbox.packs.trace_rows._PIECE", size)
    cut = write_trace(tmp_path / "b", items, RAW, Ledger(kept=2))
    assert cut.digest == whole.digest == cut.recomputed_digest()
