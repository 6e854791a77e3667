"""Canonical JSON and digests."""

from __future__ import annotations

import hashlib
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.packs.canonical import canonical_json, digest_bytes, digest_file, digest_rows


def test_keys_are_sorted_and_there_is_no_space() -> None:
    assert canonical_json({"b": 1, "a": [True, None, "ü"]}) == '{"a":[true,null,"ü"],"b":1}'.encode()


def test_the_digest_is_sha256() -> None:
    # FIPS 180-2, appendix B.1.
    assert digest_bytes(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_rows_are_prefixed_with_their_length() -> None:
    expected = hashlib.sha256(b"\0" * 7 + b"\1a" + b"\0" * 7 + b"\2bc").hexdigest()

    assert digest_rows([b"a", b"bc"]) == expected


@given(st.lists(st.binary(max_size=5), max_size=5), st.lists(st.binary(max_size=5), max_size=5))
def test_other_rows_have_another_digest(one: list[bytes], other: list[bytes]) -> None:
    assert (digest_rows(one) == digest_rows(other)) == (one == other)


def test_a_file_has_the_digest_of_its_bytes(tmp_path: Path) -> None:
    file = tmp_path / "f"
    file.write_bytes(b"abc")

    assert digest_file(file) == digest_bytes(b"abc")
