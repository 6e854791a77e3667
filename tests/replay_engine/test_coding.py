"""Content codings: what is encoded decodes to the same, twice the same, and only where the client takes it."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.replay_engine.coding import ENCODERS, accepted, chosen, decode, encode, known

LIMIT = 1 << 20


@given(st.binary(max_size=500), st.lists(st.sampled_from(sorted(ENCODERS)), min_size=1, max_size=3))
def test_decoding_undoes_encoding_and_encoding_repeats(body: bytes, names: list[str]) -> None:
    header = ", ".join(names)
    assert decode(encode(body, header), header, LIMIT) == body
    assert encode(body, header) == encode(body, header)


def test_a_body_that_is_not_so_coded_or_too_large_comes_back_as_it_is() -> None:
    assert decode(b"plain", "gzip", LIMIT) == b"plain"
    bomb = encode(bytes(LIMIT), "gzip")
    assert decode(bomb, "gzip", LIMIT // 2) == bomb


@pytest.mark.parametrize(
    ("accept", "coding", "taken"),
    [
        (None, "gzip", False),
        ("gzip", "gzip", True),
        ("GZIP;q=0.5", "gzip", True),
        ("gzip;q=0", "gzip", False),
        ("br, *;q=0.1", "gzip", True),
        ("*;q=0", "gzip", False),
        ("br", "gzip", False),
        ("gzip;q=x", "gzip", False),
        ("gzip", "gzip, br", False),
        ("gzip, br", "gzip, br", True),
        (None, "identity", True),
        ("identity", "", True),
    ],
)
def test_a_coding_is_used_only_where_it_is_accepted(accept: str | None, coding: str, taken: bool) -> None:
    assert accepted(accept, coding) is taken


def test_an_unknown_coding_is_known_to_be_unknown() -> None:
    assert known("gzip, br")
    assert not known("gzip, aws-chunked")


def test_no_import_is_left_to_the_first_coded_body() -> None:
    script = (
        "import sys; from smartsandbox.replay_engine.coding import ENCODERS, decode, encode, load_codecs\n"
        "load_codecs(); loaded = set(sys.modules)\n"
        "for name in ENCODERS: decode(encode(b'x' * 9000, name), name, 10000)\n"
        "assert set(sys.modules) == loaded, set(sys.modules) - loaded"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("accept", "recorded", "sent"),
    [
        ("br, gzip", "gzip", "gzip"),
        ("gzip;q=0, br", "gzip", ""),
        ("br;q=0.5, zstd;q=0.9, identity;q=0", "gzip", "zstd"),
        ("*;q=0, br", "gzip", "br"),
        ("*;q=0", "gzip", ""),
        ("identity;q=0", "gzip", ""),
        ("identity;q=0, *;q=0.1", "gzip", "gzip"),
        ("", "gzip", ""),
        (None, "gzip", ""),
        (None, "identity", "identity"),
        ("gzip", "gzip, br", ""),
        ("gzip, br", "gzip, br", "gzip, br"),
        (None, "compress", "compress"),
    ],
)
def test_the_coding_that_is_sent_is_the_recorded_one_or_one_the_client_takes(
    accept: str | None, recorded: str, sent: str
) -> None:
    assert chosen(accept, recorded) == sent
