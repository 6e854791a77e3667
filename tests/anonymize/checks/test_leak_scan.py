from __future__ import annotations

import base64
import html
import json
from pathlib import Path
from urllib.parse import quote, quote_plus

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.anonymize.checks.leak_scan import LeakScanner, scan_files
from smartsandbox.packs.parquet import write_table

SECRET = "Ottoline O'Neill <ottoline+1@tidewater.test>"

FORMS = {
    "plain": SECRET,
    "lower": SECRET.lower(),
    "upper": SECRET.upper(),
    "percent": quote(SECRET, safe=""),
    "form": quote_plus(SECRET),
    "html": html.escape(SECRET),
    "json": json.dumps(SECRET + "/").replace("/", "\\/").replace("<", "\\u003c"),
    "hex": SECRET.encode().hex(),
    "base64 at 0": base64.b64encode(SECRET.encode()).decode(),
    "base64 at 1": base64.b64encode(b"x" + SECRET.encode() + b"yy").decode(),
    "base64 at 2": base64.b64encode(b"xx" + SECRET.encode() + b"y").decode(),
    "base64url": base64.urlsafe_b64encode(b"\xff\xfe\xff" + SECRET.encode()).decode().rstrip("="),
}


@pytest.mark.parametrize("form", sorted(FORMS))
def test_a_value_is_found_in_every_encoding(form: str) -> None:
    assert LeakScanner([SECRET]).finds(f"before {FORMS[form]} after")


def test_a_value_is_found_in_bytes_that_are_no_text() -> None:
    assert LeakScanner(["acct_1Nb7xQ9aZ"]).finds_in_bytes(b"\xff\x00acct_1Nb7xQ9aZ\xff")


@pytest.mark.parametrize(
    "text", ["brandonhill", base64.b64encode(b"brandonhill").decode(), b"brandonhill".hex(), "1234567890"]
)
def test_a_part_of_a_longer_word_or_number_is_no_hit(text: str) -> None:
    assert not LeakScanner(["brandon", "123456789"]).finds(text)


def test_short_values_are_not_searched_for() -> None:
    assert LeakScanner(["abc", "12345678"]).count == 0


@given(st.text(st.characters(min_codepoint=48, max_codepoint=122), min_size=12, max_size=30), st.binary(max_size=5))
def test_base64_hides_nothing_at_any_alignment(secret: str, before: bytes) -> None:
    assert LeakScanner([f"a1{secret}z9"]).finds(
        base64.b64encode(before + b"." + f"a1{secret}z9".encode() + b".").decode()
    )


def test_a_file_with_a_value_is_named_and_the_value_is_not(tmp_path: Path) -> None:
    clean, dirty, table = tmp_path / "clean.txt", tmp_path / "dirty.html", tmp_path / "rows.parquet"
    clean.write_text("nothing here")
    dirty.write_text("<p>ottoline@tidewater.test</p>")
    write_table(pa.table({"body": ["x", base64.b64encode(b"to ottoline@tidewater.test").decode()]}), table)
    found = scan_files([clean, dirty, table], ["ottoline@tidewater.test"])
    assert found[0] == "dirty.html: a source value in the raw bytes"
    assert found[-1] == "rows.parquet: a source value in column body"
    assert not any("ottoline" in line for line in found)
