from __future__ import annotations

from base64 import b64decode

import pyarrow as pa

from smartsandbox.packs.model import Ledger
from smartsandbox.pipelines.metadata import (
    MAX_ROWS,
    column_schema,
    counts_table,
    ledger_table,
    markdown_table,
    plot,
    same_columns,
)
from smartsandbox.pipelines.plot import Series


def test_a_cell_cannot_break_its_table() -> None:
    assert markdown_table(["a"], [["x|y\nz"]]).md_str == "| a |\n| --- |\n| x\\|y z |"


def test_a_long_table_says_what_it_left_out() -> None:
    text = markdown_table(["n"], [[n] for n in range(MAX_ROWS + 3)]).md_str
    assert text is not None
    assert text.endswith("3 more rows are not shown.")


def test_counts_come_largest_first() -> None:
    text = counts_table("what", {"few": 1, "many": 9, "also few": 1}).md_str
    assert text is not None
    assert [line.split()[1] for line in text.splitlines()[2:]] == ["many", "also", "few"]


def test_a_ledger_shows_every_reason() -> None:
    ledger = Ledger(kept=3)
    ledger.drop("no status", 2)
    text = ledger_table(ledger.to_json()).md_str
    assert text is not None
    assert "| seen | 5 |" in text
    assert "| dropped: no status | 2 |" in text


def test_columns_and_lineage_follow_the_arrow_schema() -> None:
    schema = pa.schema([("id", pa.string()), ("status", pa.int16())])
    assert [(column.name, column.type) for column in column_schema(schema).columns] == [
        ("id", "string"),
        ("status", "int16"),
    ]
    lineage = same_columns(schema, "raw_trace").deps_by_column
    assert [dep.column_name for dep in lineage["status"]] == ["status"]


def test_a_plot_is_a_picture_inside_markdown() -> None:
    text = plot("Traffic", [Series("a", ((0, 1),))], "s", "n").md_str
    assert text is not None
    data = text.removeprefix("![Traffic](data:image/svg+xml;base64,").removesuffix(")")
    assert b64decode(data).startswith(b"<svg")


def test_a_table_without_rows_says_none() -> None:
    assert markdown_table(["what fell out, and why"], []).value == "none"
