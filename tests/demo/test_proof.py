"""The demo's own search for its customers: what counts as found, and where."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smartsandbox.demo.proof import search_published

WANTED = ("Emma Horton", "+447700900123", "12 Mill Lane")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("by Emma Horton.", True),
        ("EMMA HORTON", True),
        ("to emmahorton99@mail.example", True),
        ("?name=Emma%20Horton&", True),
        ("?name=Emma+Horton", True),
        ("_Emma Horton_", True),
        (r"Dear\nEmma Horton", True),
        (r"\u003cb\u003eEmma Horton", True),
        ("name%3AEmma%20Horton", True),
        (r"\u002012 Mill Lane", True),
        ("Jemma Horton", False),
        ("Emma Hortons", False),
        ("Jemma Horton and Emma Horton", True),
        ("tel +447700900123", True),
        ("tel:%2B447700900123;", True),
        ("tel +4477009001234", False),
        ("12 Mill Lane", True),
        ("112 Mill Lane", False),
        ("12 Mill Lane 3", True),
    ],
)
def test_a_value_counts_where_it_stands_alone(tmp_path: Path, text: str, found: bool) -> None:
    (tmp_path / "page.txt").write_text(text, "utf-8")

    assert search_published(tmp_path, WANTED).places == (("page.txt (bytes)",) if found else ())


def test_a_compressed_column_is_read_as_values(tmp_path: Path) -> None:
    table = pa.table({"id": [1, 2], "body": [b"nothing", b'{"holder":"Emma Horton"}']})
    pq.write_table(table, tmp_path / "part.parquet", compression="gzip", use_dictionary=False, write_statistics=False)

    searched = search_published(tmp_path, WANTED)

    assert searched.places == ("part.parquet (body)",)
    assert searched.files == 1
    assert searched.bytes == (tmp_path / "part.parquet").stat().st_size
