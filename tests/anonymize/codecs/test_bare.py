"""What stands beside compressed bytes goes, and the bytes stay the same where nothing does."""

from __future__ import annotations

import gzip
import io

import pytest
import zstandard

from smartsandbox.anonymize.codecs.compression import is_bare, pack, rewrite_labelled
from smartsandbox.anonymize.leaves import Location
from smartsandbox.anonymize.rewrite import CODECS, no_maps
from smartsandbox.anonymize.walk import Shared, Walk

PLAIN = b'{"status": "open"}'


def named() -> bytes:
    stream = io.BytesIO()
    with gzip.GzipFile("ann.json", "wb", fileobj=stream, mtime=0) as file:
        file.write(PLAIN)
    return stream.getvalue()


ZSTD = zstandard.ZstdCompressor().compress(PLAIN)
SKIPPED = b"\x5a\x2a\x4d\x18\x03\x00\x00\x00ann"
BARE = {"gzip": gzip.compress(PLAIN, mtime=0), "zstd": ZSTD, "packed": pack("gzip", PLAIN)}
MORE = {
    "a name": ("gzip", named()),
    "a time": ("gzip", gzip.compress(PLAIN, mtime=1_772_452_800)),
    "an empty stream behind": ("gzip", gzip.compress(PLAIN, mtime=0) + gzip.compress(b"", mtime=0)),
    "a frame that is skipped": ("zstd", ZSTD + SKIPPED),
}


def rewritten(coding: str, raw: bytes) -> bytes | None:
    shared = Shared()
    shared.begin()
    walk = Walk("GET /", Location.RESPONSE_BODY, lambda leaf: leaf.value, no_maps, CODECS, shared)
    return rewrite_labelled(raw, coding, "application/json", (), (), walk, 0)


@pytest.mark.parametrize("case", BARE)
def test_bare_bytes_stay_the_same(case: str) -> None:
    assert is_bare(BARE[case])
    assert rewritten("zstd" if case == "zstd" else "gzip", BARE[case]) == BARE[case]


@pytest.mark.parametrize("case", MORE)
def test_what_stands_beside_goes(case: str) -> None:
    coding, raw = MORE[case]
    assert not is_bare(raw)
    assert rewritten(coding, raw) in (pack(coding, PLAIN), None)
