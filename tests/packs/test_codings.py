from __future__ import annotations

import gzip
import zlib

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.packs.codings import (
    PLAIN_ALREADY,
    TOO_LARGE,
    UNDECODABLE,
    UNKNOWN_CODING,
    decode_body,
    decode_if_coded,
)

PLAIN = b'{"amount": 1200, "note": "' + b"x" * 500 + b'"}'
RAW_DEFLATE = zlib.compress(PLAIN)[2:-4]

CODED = {
    "gzip": gzip.compress(PLAIN),
    "x-gzip": gzip.compress(PLAIN),
    "deflate": zlib.compress(PLAIN),
    "br": brotli.compress(PLAIN),
    "zstd": zstandard.ZstdCompressor().compress(PLAIN),
    "gzip, br": brotli.compress(gzip.compress(PLAIN)),
    "identity, GZIP": gzip.compress(PLAIN),
}


def decoded(coding: str, body: bytes, limit: int = 1 << 20) -> tuple[bytes, list[str]]:
    notes: list[str] = []
    return decode_body(body, (("Content-Encoding", coding),), notes, limit), notes


@pytest.mark.parametrize("coding", CODED)
def test_every_coding_is_undone(coding: str) -> None:
    assert decoded(coding, CODED[coding]) == (PLAIN, [])


def test_a_raw_deflate_stream_is_taken_too() -> None:
    assert decoded("deflate", RAW_DEFLATE) == (PLAIN, [])


def test_codings_on_two_header_lines_count_in_order() -> None:
    headers = (("content-encoding", "gzip"), ("Content-Encoding", "br"))
    assert decode_body(CODED["gzip, br"], headers, []) == PLAIN


def test_gzip_members_in_a_row_are_one_body() -> None:
    assert decoded("gzip", gzip.compress(b"one ") + gzip.compress(b"two")) == (b"one two", [])


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_body_that_is_plain_already_stays_and_is_noted(coding: str) -> None:
    assert decoded(coding, b'{"a": 1}') == (b'{"a": 1}', [PLAIN_ALREADY])


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_body_cut_short_stays_as_recorded_and_is_noted(coding: str) -> None:
    cut = CODED[coding][:-6]
    assert decoded(coding, cut)[0] == cut
    assert decoded(coding, cut)[1] in ([UNDECODABLE], [PLAIN_ALREADY])


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_what_comes_out_is_bounded(coding: str) -> None:
    assert decoded(coding, CODED[coding], limit=100) == (CODED[coding], [TOO_LARGE])


def test_a_bomb_stops_at_the_limit() -> None:
    bomb = brotli.compress(bytes(8 << 20))
    assert decoded("br", bomb) == (bomb, [TOO_LARGE])


def test_an_unknown_coding_leaves_the_body() -> None:
    assert decoded("aws-chunked", b"5;x") == (b"5;x", [UNKNOWN_CODING])


def test_an_empty_body_has_no_coding() -> None:
    assert decoded("gzip", b"") == (b"", [])


def test_only_bytes_that_carry_a_mark_are_decoded_where_plain_is_the_rule() -> None:
    headers = (("content-encoding", "gzip"),)
    notes: list[str] = []
    assert decode_if_coded(b"plain", headers, notes) == b"plain"
    assert decode_if_coded(gzip.compress(b"x"), headers, notes) == b"x"
    assert notes == []


@given(st.binary(), st.sampled_from(["gzip", "deflate", "br", "zstd", "gzip, deflate", "zstd,br"]))
def test_any_bytes_are_decoded_or_kept(body: bytes, coding: str) -> None:
    plain, notes = decoded(coding, body)
    assert plain == body or not notes
