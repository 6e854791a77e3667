from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from smartsandbox.anonymize.attacks.shelf import Shelf
from smartsandbox.packs.model import Exchange, FailureKind
from smartsandbox.packs.testing import closed, sent


def test_what_is_taken_equals_what_was_put_in_any_order(exchange: Callable[..., Exchange]) -> None:
    items = [
        exchange("/v1/a", {"n": 1}, session="s"),
        exchange("/v1/b", b"\x00\xff", session=None),
        replace(exchange(), response=None, failure=FailureKind.TIMEOUT),
        replace(exchange(), messages=(sent(1, "hi"), closed(2, None, "bye"))),
        replace(exchange(), messages=()),
    ]
    shelf = Shelf()
    places = [shelf.put(one) for one in items]
    assert [shelf.get(place) for place in reversed(places)] == items[::-1]
    last = shelf.put(items[0])
    assert (shelf.get(places[1]), shelf.get(last)) == (items[1], items[0])
