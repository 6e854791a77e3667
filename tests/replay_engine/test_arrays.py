"""Columns as flat memory read as the columns they were made of."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.replay_engine import arrays
from smartsandbox.replay_engine.arrays import Arena, Coded, Names, in_memory


@given(st.lists(st.lists(st.binary(max_size=5) | st.none(), max_size=5), max_size=4))
def test_an_arena_is_the_list_of_its_strings(columns: list[list[bytes | None]]) -> None:
    parts = in_memory(lambda add: Arena.write("a", [pa.array(column, pa.binary()) for column in columns], add))
    arena = Arena.read(parts, "a")
    expected = [text or b"" for column in columns for text in column]
    assert [arena[at] for at in range(len(arena))] == expected
    assert [arena.size(at) for at in range(len(arena))] == list(map(len, expected))


@pytest.mark.parametrize("few", [0, 1024])
@given(texts=st.lists(st.text("aé€", max_size=2) | st.none()), stranger=st.text("aé€z", max_size=2))
def test_a_coded_column_names_its_rows_and_finds_its_names(few: int, texts: list[str | None], stranger: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arrays, "_FEW", few)
        coded = Coded.of(pa.chunked_array([pa.array(texts, pa.string())]))
    assert [coded.name(row) for row in range(len(texts))] == texts
    assert list(coded.names) == list(dict.fromkeys(text for text in texts if text is not None))
    names = coded.names
    if isinstance(names, Names):
        for name in (*filter(None, texts), stranger):
            assert names.find(name) == (list(names).index(name) if name in names else -1)
