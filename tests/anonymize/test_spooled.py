from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.anonymize.spooled import Spooled

TEXTS = ["plain", "", "two\nlines\x00", "\ud800", "日本"]


def test_they_are_worked_out_once_and_read_as_often_as_asked() -> None:
    made = []

    def make() -> Iterator[str]:
        made.append(1)
        yield from TEXTS

    texts = Spooled(make, at_once=2)
    assert [list(texts) for _ in range(3)] == [TEXTS] * 3
    assert len(made) == 1


def test_a_reading_that_was_given_up_is_begun_again() -> None:
    texts = Spooled(lambda: TEXTS, at_once=1)
    assert next(iter(texts)) == "plain"
    assert list(texts) == TEXTS


def test_two_readers_take_turns() -> None:
    texts = Spooled(lambda: TEXTS, at_once=1)
    list(texts)
    assert list(zip(texts, texts, strict=True)) == list(zip(TEXTS, TEXTS, strict=True))


@given(st.lists(st.text(st.characters())), st.integers(1, 4))
def test_nothing_is_lost_or_changed(texts: list[str], at_once: int) -> None:
    spooled = Spooled(lambda: texts, at_once)
    assert list(spooled) == list(spooled) == texts
