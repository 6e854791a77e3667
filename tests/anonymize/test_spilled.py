from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.anonymize.holders import Holders, holder
from smartsandbox.anonymize.spilled import Scratch

_KEYS = st.text(st.characters(), max_size=3)


def test_what_has_spilled_is_found_again_and_changed_in_place() -> None:
    names = Scratch(hot=2).dictionary()
    for key, value in (("bb", "1"), ("a", "2"), ("ccc", "3"), ("bb", "4")):
        names[key] = value
    assert [names.get(key) for key in ("a", "bb", "ccc", "d")] == ["2", "4", "3", None]
    assert list(names.in_order()) == [("a", "2"), ("bb", "4"), ("ccc", "3")]
    assert len(names) == 3


def test_lone_surrogates_and_nul_survive() -> None:
    names = Scratch(hot=1).dictionary()
    names["\ud800\x00"] = "\x00\udfff"
    assert list(names.in_order()) == [("\ud800\x00", "\x00\udfff")]


def test_others_may_be_filled_while_one_is_read() -> None:
    scratch = Scratch(hot=3)
    names, copies = scratch.dictionary(), scratch.dictionary()
    for number in range(20):
        names[f"{number:02d}"] = str(number)
    for key, value in names.in_order():
        copies[key] = value
    assert [key for key, _ in copies.in_order()] == [f"{number:02d}" for number in range(20)]


def test_a_dropped_dictionary_is_empty_and_can_be_used_again() -> None:
    names = Scratch(hot=1).dictionary()
    names["a"] = "1"
    names.drop()
    assert names.get("a") is None
    names["b"] = "2"
    assert list(names.in_order()) == [("b", "2")]


@given(st.lists(st.tuples(_KEYS, _KEYS)), st.integers(1, 5))
def test_it_is_a_dictionary_whatever_has_spilled(entries: list[tuple[str, str]], hot: int) -> None:
    spilled, plain = Scratch(hot).dictionary(), dict[str, str]()
    for key, value in entries:
        assert spilled.get(key) == plain.get(key)
        spilled[key] = plain[key] = value
    assert list(spilled.in_order()) == sorted(plain.items(), key=lambda item: (len(item[0]), item[0]))
    assert len(spilled) == len(plain)
    assert all(spilled.get(key) == value for key, value in plain.items())


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="open files are listed by Linux only")
def test_the_file_has_no_name_and_is_gone_when_it_is_closed() -> None:
    before = nameless_files()
    scratch = Scratch(hot=500)
    names = scratch.dictionary()
    for number in range(30_000):
        names[f"{number:0500d}"] = "x" * 500
    assert len(nameless_files() - before) == 1
    scratch.close()
    assert not nameless_files() - before


def nameless_files() -> set[str]:
    """Open files of SQLite that stand in no folder any more."""
    links = [link for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    return {name for name in map(os.readlink, links) if "/etilqs_" in name and name.endswith("(deleted)")}


def test_holders_are_counted_once_each_and_no_further_than_asked() -> None:
    held = Holders(Scratch(hot=1), most=2)
    for session in ("s1", "s1", "s2", "s3"):
        held.add("EUR", [holder(session)])
    held.add("USD", [holder("s1")])
    held.add("nobody's", [])
    assert [held.count(value) for value in ("EUR", "USD", "nobody's", "GBP")] == [2, 1, 0, 0]
    assert [value for value, _ in held.in_order()] == ["EUR", "USD", "nobody's"]


def test_a_very_long_value_is_told_apart_by_its_digest() -> None:
    held = Holders(Scratch(), most=5)
    held.add("a" * 100_000, [holder("s1")])
    assert (held.count("a" * 100_000), held.count("a" * 99_999)) == (1, 0)
    assert max(len(value) for value, _ in held.in_order()) < 200


def test_what_is_released_is_read_from_disk_and_can_be_changed() -> None:
    scratch = Scratch(hot=2)
    spilled, small = scratch.dictionary(), scratch.dictionary()
    for name in ("a", "b", "c"):
        spilled[name] = name.upper()
    small["x"] = "1"
    scratch.release()
    spilled["a"] = "new"
    assert [spilled.get(name) for name in ("a", "b", "c", "d")] == ["new", "B", "C", None]
    assert small.get("x") == "1"
