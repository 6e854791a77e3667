from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.packs.store import Item
from smartsandbox.server.service.listing import Slice, slice_of

MEASURES = {"size": lambda item: item.manifest["size"]}


def an_item(name: str, version: str, size: int) -> Item:
    return Item("packs", name, version, "", {"size": size})


ITEMS = [an_item("b", "1", 5), an_item("a", "2", 5), an_item("a", "1", 9), an_item("c", "1", 0)]


@pytest.mark.parametrize(
    ("sort", "refs"),
    [
        ("name", ["a@1", "a@2", "b@1", "c@1"]),
        ("-name", ["c@1", "b@1", "a@2", "a@1"]),
        ("size", ["c@1", "a@2", "b@1", "a@1"]),
        ("-size", ["a@1", "a@2", "b@1", "c@1"]),
    ],
)
def test_a_list_has_the_order_that_is_asked_for(sort: str, refs: list[str]) -> None:
    assert [item.ref for item in slice_of(ITEMS, sort, MEASURES, "", 10).items] == refs


def test_a_cursor_names_the_last_item_and_the_next_page_begins_after_it() -> None:
    first = slice_of(ITEMS, "-size", MEASURES, "", 2)
    assert (first.next, first.total) == ("5~a@2", 4)
    assert [item.ref for item in slice_of(ITEMS, "-size", MEASURES, "5~a@2", 2).items] == ["b@1", "c@1"]


def test_the_last_page_has_no_cursor_even_when_it_is_full() -> None:
    assert slice_of(ITEMS, "name", MEASURES, "a@2", 2).next is None


def test_an_item_published_meanwhile_neither_repeats_nor_hides_another() -> None:
    cursor = slice_of(ITEMS, "name", MEASURES, "", 2).next
    assert cursor is not None
    later = [*ITEMS, an_item("a", "0", 1), an_item("bb", "1", 1)]
    assert [item.ref for item in slice_of(later, "name", MEASURES, cursor, 9).items] == ["b@1", "bb@1", "c@1"]


def test_a_cursor_whose_item_is_gone_still_tells_where_to_go_on() -> None:
    assert [item.ref for item in slice_of(ITEMS, "name", MEASURES, "a@9", 9).items] == ["b@1", "c@1"]


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("123"), st.integers(0, 3)), unique_by=lambda t: t[:2]),
    st.sampled_from(["name", "-name", "size", "-size"]),
    st.integers(1, 4),
)
def test_pages_put_together_are_the_whole_list(triples: list[tuple[str, str, int]], sort: str, limit: int) -> None:
    items = [an_item(*triple) for triple in triples]
    whole = slice_of(items, sort, MEASURES, "", len(items) + 1).items
    paged: list[Item] = []
    part: Slice[Item] = slice_of(items, sort, MEASURES, "", limit)
    paged += part.items
    while part.next is not None:
        part = slice_of(items, sort, MEASURES, part.next, limit)
        paged += part.items
    assert paged == whole
    assert sorted(item.ref for item in whole) == sorted(item.ref for item in items)
