"""Header lines: recorded order and case, nothing of the connection, nothing that adds a line."""

import pyarrow as pa

from smartsandbox.packs.schema import HEADERS
from smartsandbox.replay_engine.heads import HOP_BY_HOP, HeaderLines, values_of


def column(*rows: list[tuple[str, str]] | None) -> pa.Array:
    return pa.array([row and [{"name": n, "value": v} for n, v in row] for row in rows], HEADERS)


def test_lines_keep_order_case_and_repeats_and_lose_the_connection_s_own() -> None:
    fields = [("B", "2"), ("Connection", "close"), ("a", "1"), ("B", "3"), ("TE", "trailers")]
    lines = HeaderLines.build(column(fields, None, []), HOP_BY_HOP)
    assert lines.of(0) == [b"B: 2\r\n", b"a: 1\r\n", b"B: 3\r\n"]
    assert lines.of(1) == lines.of(2) == []


def test_a_recorded_value_cannot_add_a_line() -> None:
    fields = [("X", "a\r\nSet-Cookie: b\x00c"), ("Bad\r\nName", "v"), ("Also bad", "v")]
    assert HeaderLines.build(column(fields), HOP_BY_HOP).of(0) == [b"X: a Set-Cookie: b c\r\n"]


def test_text_beyond_latin_1_goes_out_as_utf_8() -> None:
    lines = HeaderLines.build(column([("X", "é"), ("Y", "€")]), HOP_BY_HOP).of(0)
    assert lines == [b"X: \xe9\r\n", b"Y: \xe2\x82\xac\r\n"]


def test_the_first_value_of_a_header_is_found_for_the_rows_that_have_it() -> None:
    fields = column([("A", "1"), ("CONTENT-ENCODING", "gzip"), ("content-encoding", "br")], None, [("A", "2")])
    assert values_of(fields, "content-encoding") == {0: "gzip"}
    assert values_of(fields, "a") == {0: "1", 2: "2"}
