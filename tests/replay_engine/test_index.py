"""The index finds every key and no other."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.replay_engine.index import KeyIndex


def built(keys: list[bytes]) -> KeyIndex:
    halves = np.frombuffer(b"".join(keys), ">u8").astype(np.uint64).reshape(-1, 2)
    return KeyIndex.build(halves)


def test_rows_with_one_key_come_back_in_pack_order() -> None:
    a, b = bytes(16), b"\xff" * 16
    index = built([b, a, b, b])
    assert index.rows(index.find(b)) == [0, 2, 3]
    assert index.rows(index.find(a)) == [1]
    assert index.find(bytes(15) + b"\x01") == -1


def test_an_empty_pack_finds_nothing() -> None:
    assert built([]).find(bytes(16)) == -1
    assert len(built([])) == 0


KEYS = st.lists(st.sampled_from([bytes([a, *bytes(14), b]) for a in (0, 1, 255) for b in range(4)]), max_size=40)


@given(KEYS | st.lists(st.binary(min_size=16, max_size=16), max_size=40), st.binary(min_size=16, max_size=16))
def test_the_index_is_a_dictionary_of_lists(keys: list[bytes], stranger: bytes) -> None:
    expected: dict[bytes, list[int]] = {}
    for row, key in enumerate(keys):
        expected.setdefault(key, []).append(row)
    index = built(keys)
    assert {key: index.rows(index.find(key)) for key in expected} == expected
    assert (index.find(stranger) >= 0) == (stranger in expected)
