from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.packs.capture.json_entries import Entries, salvage_entries
from smartsandbox.packs.errors import UnreadableError


@pytest.mark.parametrize(
    ("text", "entries", "damage"),
    [
        ('{"log":{"entries":[{"a":1},{"b":2}]}}', [{"a": 1}, {"b": 2}], None),
        ('{"log":{"entries":[{"a":1},{"b":', [{"a": 1}], "the file ends inside the list"),
        ('{"log":{"entries":[{"a":1}', [{"a": 1}], "the file ends inside the list"),
        ('{"log":{"entries":[{"a":1},{b:2}]}}', [{"a": 1}], "not valid JSON"),
        ('{"log":{"entries":[{"a":"x\ny"}]}}', [{"a": "x\ny"}], None),
        ('{"log":{"entries":[{"a":"\\ud83d"}]}}', [{"a": "\ud83d"}], None),
        ('{"log":{"entries":[1]}}\n{"log":{"entries":[2]}}', [1], "another document stands behind the first"),
        ('{"log":{"entries":[' + "[" * 10_000, [], "nested too deep"),
    ],
)
def test_what_stands_before_the_damage_is_kept(text: str, entries: list[object], damage: str | None) -> None:
    assert salvage_entries(text.encode("utf-8", "surrogatepass"), "entries") == Entries(entries, damage)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "the file is empty"),
        ('{"log":', "not valid JSON at line 1 column 8"),
        ('{"log":' * 5000, "JSON nested too deep"),
    ],
)
def test_damage_before_the_list_is_named(text: str, reason: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        salvage_entries(text.encode(), "entries")
    assert caught.value.reason == reason


@given(st.binary())
def test_any_bytes_after_the_list_began_give_entries(data: bytes) -> None:
    assert isinstance(salvage_entries(b'{"entries":[' + data, "entries"), Entries)
