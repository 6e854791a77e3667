"""Which objects have keys that are data, and at which endpoints."""

from __future__ import annotations

from collections.abc import Callable

from smartsandbox.anonymize.classify.maps import find_maps, placed
from smartsandbox.anonymize.classify.stats import gather
from smartsandbox.anonymize.leaves import Address
from smartsandbox.anonymize.suggest import draft
from smartsandbox.packs.endpoints import EndpointTable, infer_endpoints
from smartsandbox.packs.model import Exchange

Make = Callable[..., Exchange]
BODY = "response.body"
LETTERS = "abcdefgh"


def maps_in(items: list[Exchange]) -> frozenset[Address]:
    table = infer_endpoints((one.request.method, one.request.path) for one in items)
    return find_maps(gather(items, table, lambda endpoint, location, pointer: False))


def test_many_keys_that_few_objects_share_make_a_map(exchange: Make) -> None:
    held = ({f"share{one}{two}": 1 for two in LETTERS} for one in LETTERS)
    items = [exchange("/v1/shares", {"held": {"own": 1, **keys}}) for keys in held]
    assert maps_in(items) == {Address("GET /v1/shares", BODY, ("held",))}


def test_a_long_list_in_an_object_does_not_make_a_map_of_it(exchange: Make) -> None:
    fields = {f"field{n}": n for n in range(40)}
    items = [exchange("/v1/repo", {**fields, "topics": [{"name": f"t{n}"} for n in range(30)]}) for _ in range(2)]
    assert maps_in(items) == frozenset()


def test_a_body_that_is_a_map_is_one_at_its_own_endpoint_and_a_field_wherever_it_stands() -> None:
    settled = EndpointTable.of(["GET /v1/shares/{share_id}", "GET /v1/other"])
    maps = [
        Address("GET /v1/shares/mine", BODY, ()),
        Address("GET /v1/shares/mine", BODY, ("*",)),
        Address("GET /v1/shares/mine", BODY, ("*", "held")),
    ]
    assert placed(maps, settled) == {
        Address("GET /v1/shares/{share_id}", BODY, ()),
        Address("GET /v1/shares/{share_id}", BODY, ("*",)),
        Address("*", BODY, ("*", "held")),
    }


def test_a_body_keyed_by_people_leaves_the_fields_of_other_bodies_alone(exchange: Make) -> None:
    people = ["abernathy", "quillfeather", "oakmoorson", "zorblaxia"]
    items = [exchange("/v1/shares", {person: {"held": 1} for person in people})]
    items += [exchange("/v1/me", {"username": person, "plan": "gold"}) for person in people]
    policy = draft(lambda: items, "tidewater")
    assert policy.maps == {Address("GET /v1/shares", BODY, ())}
    assert str(policy.decide("GET /v1/me", BODY, ("username",))) == "surrogate username"
    assert not any(token in people for address in policy.decisions for token in address.pointer)


def test_one_key_that_is_spelt_like_an_identifier_makes_a_map(exchange: Make) -> None:
    items = [exchange("/v1/balances", {"accounts": {"kdfffcecdcd3": {"amount": 5}}, "page": 1})]
    assert maps_in(items) == {Address("GET /v1/balances", BODY, ("accounts",))}


def test_a_lone_random_key_of_a_capture_stands_nowhere_in_its_draft(exchange: Make) -> None:
    items = [exchange("/v1/balances", {"accounts": {"pmqthxrsvrovmylk": {"amount": n}}, "page": 1}) for n in range(9)]
    policy = draft(lambda: items, "bank")
    assert not any("pmqthxrsvrovmylk" in address.pointer for address in policy.decisions)
    assert any(address.pointer == ("accounts",) for address in policy.maps)


def test_an_id_that_is_the_public_name_of_its_object_makes_no_map_of_what_that_stands_in(exchange: Make) -> None:
    health = {"id": "daemonHealth", "running": True}
    items = [exchange("/graphql", {"data": {"instance": {"id": f"i{n}", "daemonHealth": health}}}) for n in range(9)]
    assert not draft(lambda: items, "jobs").maps
    named = [
        exchange("/graphql", {"data": {"instance": {"id": f"i{n}", "Quillon": {"id": "Quillon"}}}}) for n in range(9)
    ]
    assert draft(lambda: named, "jobs").maps
