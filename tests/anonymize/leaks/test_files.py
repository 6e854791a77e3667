from __future__ import annotations

import base64
import gzip
import io
import tarfile
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.anonymize.leaks import files
from smartsandbox.anonymize.leaks.archives import MOST_DEEP
from smartsandbox.anonymize.leaks.files import OVERLAP, FileScan, blocks, scan_files
from smartsandbox.anonymize.leaks.parquet import texts_of
from smartsandbox.anonymize.leaks.scan import BLOCK
from smartsandbox.anonymize.leaks.scanner import LeakScanner
from smartsandbox.packs.parquet import write_table

EMAIL = "ottoline@tidewater.test"


def findings(path: Path, most_bytes: int = files.MOST_BYTES) -> list[str]:
    scan = FileScan(LeakScanner([EMAIL]).scan(), most_bytes)
    scan.feed(path, path.name)
    return list(scan.findings())


def zipped(members: dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return held.getvalue()


def tarred(name: str, data: bytes) -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as archive:
        info = tarfile.TarInfo(name)
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    return held.getvalue()


def parquet(values: list[str]) -> bytes:
    held = io.BytesIO()
    pq.write_table(pa.table({"body": values}), held, compression="zstd")
    return held.getvalue()


def test_a_file_with_a_value_is_named_and_the_value_is_not(tmp_path: Path) -> None:
    clean, dirty, table = tmp_path / "clean.txt", tmp_path / "dirty.html", tmp_path / "rows.parquet"
    clean.write_text("nothing here")
    dirty.write_text(f"<p>{EMAIL}</p>")
    write_table(pa.table({"body": ["x", base64.b64encode(b"to ottoline@tidewater.test").decode()]}), table)
    found = scan_files([clean, dirty, table, tmp_path], [EMAIL])
    assert found == (
        "dirty.html: a source value in the raw bytes",
        "rows.parquet: a source value in column body, row group 0",
        "rows.parquet: a source value in the raw bytes",
    )


def test_the_row_group_of_a_value_is_told(tmp_path: Path) -> None:
    pq.write_table(pa.table({"note": ["a", "b", f"to {EMAIL}"]}), tmp_path / "x.parquet", row_group_size=1)
    assert "x.parquet: a source value in column note, row group 2" in findings(tmp_path / "x.parquet")


@pytest.mark.parametrize(
    "array",
    [
        pa.array([EMAIL]),
        pa.array([EMAIL.encode()]),
        pa.array([[{"name": "x", "value": EMAIL}]]),
        pa.array([{"deep": [EMAIL]}]),
        pa.array([[("key", EMAIL)]], pa.map_(pa.string(), pa.string())),
        pa.array([[(EMAIL, "x")]], pa.map_(pa.string(), pa.string())),
        pa.array([EMAIL, EMAIL]).dictionary_encode(),
    ],
    ids=lambda array: str(array.type),
)
def test_values_are_found_in_columns_of_every_kind(array: pa.Array) -> None:
    assert list(texts_of(array)).count(EMAIL.encode()) == 1


def test_whole_numbers_are_texts_and_other_kinds_say_nothing() -> None:
    assert list(texts_of(pa.array([123456789012]))) == [b"123456789012"]
    assert [*texts_of(pa.array([1.5])), *texts_of(pa.array([True])), *texts_of(pa.nulls(2))] == []


@pytest.mark.parametrize(
    ("name", "data", "place"),
    [
        ("a.zip", zipped({"in.txt": EMAIL.encode()}), "a.zip!in.txt: a source value in the raw bytes"),
        ("a.gz", gzip.compress(EMAIL.encode()), "a.gz!unpacked: a source value in the raw bytes"),
        ("a.tar", tarred("in.txt", EMAIL.encode()), "a.tar!in.txt: a source value in the raw bytes"),
        (
            "a.tgz",
            gzip.compress(tarred("b.zip", zipped({"in.txt": EMAIL.encode()}))),
            "a.tgz!unpacked!b.zip!in.txt: a source value in the raw bytes",
        ),
        ("a.zip", zipped({"p": parquet(["x", EMAIL])}), "a.zip!p: a source value in column body, row group 0"),
        ("a.gz", gzip.compress(parquet([EMAIL])), "a.gz!unpacked: a source value in column body, row group 0"),
    ],
    ids=["zip", "gzip", "tar", "zip in tar in gzip", "parquet in zip", "parquet in gzip"],
)
def test_what_archives_hold_is_searched(tmp_path: Path, name: str, data: bytes, place: str) -> None:
    (tmp_path / name).write_bytes(data)
    assert place in findings(tmp_path / name)


def test_a_name_that_holds_a_value_is_not_told(tmp_path: Path) -> None:
    (tmp_path / f"{EMAIL}.txt").write_text("x")
    (tmp_path / "a.zip").write_bytes(zipped({f"{EMAIL}.txt": EMAIL.encode()}))
    assert findings(tmp_path / f"{EMAIL}.txt") == ["file 1 (its name is left out): a source value in the file's name"]
    assert findings(tmp_path / "a.zip")[-2:] == [
        "file 2 (its name is left out): a source value in the file's name",
        "file 2 (its name is left out): a source value in the raw bytes",
    ]


def nested(deep: int) -> bytes:
    data = EMAIL.encode()
    for _ in range(deep):
        data = zipped({"x": data})
    return data


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (zipped({"in": b"x" * 99})[:-30], "cannot be unpacked (BadZipFile)"),
        (gzip.compress(b"x" * 9999)[:-9], "cannot be unpacked (EOFError)"),
        (nested(MOST_DEEP + 1), "nested more than 4 deep"),
    ],
    ids=["cut zip", "cut gzip", "nested too deep"],
)
def test_what_cannot_be_opened_is_a_finding(tmp_path: Path, data: bytes, reason: str) -> None:
    (tmp_path / "a").write_bytes(data)
    (line,) = findings(tmp_path / "a")
    assert "not searched" in line
    assert reason in line


def test_an_archive_that_unpacks_to_too_much_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "a.gz").write_bytes(gzip.compress(b"x " * 5000))
    (line,) = findings(tmp_path / "a.gz", most_bytes=9999)
    assert line == "a.gz!unpacked: not searched: an archive of more than 9999 bytes, unpacked"
    assert findings(tmp_path / "a.gz", most_bytes=10000) == []


def test_a_file_that_only_begins_like_parquet_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"PAR1 and nothing else")
    (line,) = findings(tmp_path / "a.parquet")
    assert line == "a.parquet: not searched: no readable Parquet (ArrowInvalid)"


@given(st.integers(-300, 300), st.sampled_from([b" ", b"x"]))
def test_a_value_at_the_edge_of_a_block_is_whole_in_one_of_two(shift: int, filler: bytes) -> None:
    value = base64.b64encode(b"ottoline@tidewater.test and more")
    data = filler * (BLOCK + shift) + value + filler * OVERLAP
    cut = list(blocks(io.BytesIO(data).read))
    assert len(cut) == 2
    assert any(value in block for block in cut)
    assert cut[-1] == data[-len(cut[-1]) :]


def test_a_word_that_a_block_ends_in_is_not_cut() -> None:
    data = b"brandon " * (BLOCK // 8 - 1) + b"xxxxbrandonhill " * 9
    assert all(
        block.endswith(b" ") and block.startswith((b"brandon", b"xxxx")) for block in blocks(io.BytesIO(data).read)
    )
