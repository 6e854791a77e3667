"""Sessions from sightings."""

from __future__ import annotations

from smartsandbox.anonymize.attacks.sessions import Sighting, group_of, sessions_of, sizes_of
from smartsandbox.packs.testing import a_request, a_response, a_socket, an_exchange, closed, received, sent


def test_requests_of_a_group_stand_in_order_of_time() -> None:
    found = sessions_of([Sighting("k", "g", 20, "pay", (5,)), Sighting("k", "g", 10, "login", (3,))])
    assert [(one.starts_us, one.endpoints, one.sizes) for one in found] == [((10, 20), ("login", "pay"), (3, 5))]


def test_groups_are_sessions_and_sorted_by_key() -> None:
    found = sessions_of([Sighting("b", "1", 20, "x", (0,)), Sighting("a", "2", 10, "x", (0,))])
    assert [one.key for one in found] == ["a", "b"]


def test_a_mixed_group_has_the_key_of_its_first_request() -> None:
    assert sessions_of([Sighting("b", "1", 20, "x", (0,)), Sighting("a", "1", 10, "x", (0,))])[0].key == "a"


def test_an_exchange_without_a_session_is_alone() -> None:
    one, other = (an_exchange(name, a_request(), a_response(), session=None) for name in ("x", "y"))
    assert group_of(one) != group_of(other)


def test_a_message_is_a_size_of_its_own() -> None:
    exchange = a_socket("a", (sent(1, "hello"), received(2, b"\x00\xff"), closed(3, 1000, "bye")))
    assert sizes_of(exchange) == (0, 5, 2, 3)
    found = sessions_of([Sighting("k", "g", 10, "feed", sizes_of(exchange)), Sighting("k", "g", 20, "pay", (7,))])
    assert found[0].sizes == (0, 5, 2, 3, 7)
