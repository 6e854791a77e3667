"""From pairs of exchanges to rows of people and sessions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from smartsandbox.anonymize.attacks.extract import Extract, extract
from smartsandbox.anonymize.attacks.sample import side_by_side
from smartsandbox.anonymize.leaves import Address
from smartsandbox.anonymize.policy import AttributeKind, Decision, Policy
from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.model import Exchange, Response

WEEK_US = 7 * 24 * 3600 * 1_000_000
ENDPOINT = "GET /v1/people"
PEOPLE = (("ann@tidewater.test", "Ulm", 7, "2026-01-05"), ("bob@tidewater.test", "Bonn", 9, "2026-01-06"))
FIELDS = {
    "email": "surrogate email",
    "city": "generalise city",
    "visits": "keep",
    "joined": "retime",
    "nick": "surrogate text",
}
Make = Callable[..., Exchange]


@pytest.fixture
def policy() -> Policy:
    decisions = {Address(ENDPOINT, "response.body", (name,)): Decision.parse(text) for name, text in FIELDS.items()}
    return Policy(
        "tidewater", decisions, (ENDPOINT,), 2, 0.5, {"city": AttributeKind.PLACE},
        frozenset({Address(ENDPOINT, "response.body", ("email",))}),
    )  # fmt: skip


def body(email: str, city: str, visits: int, joined: str) -> dict[str, object]:
    return {"email": email, "city": city, "visits": visits, "joined": joined, "nick": "n", "note": None}


def published(raw: Exchange, person: dict[str, object], make: Make) -> Exchange:
    """What a run would make of an exchange: another id and session, four weeks earlier."""
    made = make("/v1/people", person)
    return replace(
        made, id="new " + raw.id, session="other", endpoint=ENDPOINT, started_us=raw.started_us - 4 * WEEK_US
    )


@pytest.fixture
def found(exchange: Make, policy: Policy) -> Extract:
    raws = [exchange("/v1/people", body(*person)) for person in PEOPLE]
    safe = [
        published(raw, body(f"x{at}@example.com", "Jena", visits, f"2025-12-0{8 + at}"), exchange)
        for at, (raw, (_, _, visits, _)) in enumerate(zip(raws, PEOPLE, strict=True))
    ]
    return extract(side_by_side(raws, reversed(safe), lambda name: "new " + name), policy)


def test_rows_hold_what_is_published_about_the_same_person(found: Extract) -> None:
    assert found.names == ("city", "joined", "visits")
    assert found.raw == (
        {"city": "Ulm", "joined": "2026-01-05", "visits": "7"},
        {"city": "Bonn", "joined": "2026-01-06", "visits": "9"},
    )
    assert [row["city"] for row in found.published] == ["Jena", "Jena"]


def test_the_move_of_the_whole_capture_is_undone(found: Extract) -> None:
    assert [row["joined"] for row in found.published] == ["2026-01-05", "2026-01-06"]
    assert found.raw_sessions[0].starts_us == found.published_sessions[0].starts_us


def test_published_sessions_have_the_key_of_the_raw_one(found: Extract) -> None:
    assert [one.key for one in found.raw_sessions] == [one.key for one in found.published_sessions]


def test_an_exchange_that_was_not_published_leaves_its_person_without_values(exchange: Make, policy: Policy) -> None:
    raws = [exchange("/v1/people", body(*person)) for person in PEOPLE]
    found = extract(side_by_side(raws, [], lambda name: name), policy)
    assert [row["city"] for row in found.published] == ["", ""]
    assert found.published_sessions == ()


def test_what_is_published_as_recorded_is_read_once_and_found_as_if_it_were_read_twice(
    exchange: Make, policy: Policy
) -> None:
    raws = [exchange("/v1/people", body(*person)) for person in PEOPLE]
    copies = [replace(raw) for raw in raws]
    assert extract([(raw, raw) for raw in raws], policy) == extract(list(zip(raws, copies, strict=True)), policy)


def test_a_failed_answer_has_no_size(exchange: Make, policy: Policy) -> None:
    raw = replace(exchange("/v1/people", None), response=Response(204))
    assert extract([(raw, raw)], policy).raw_sessions[0].sizes == (0,)


def test_a_null_is_no_person(exchange: Make, policy: Policy) -> None:
    raws = [exchange("/v1/people", {**body(*person), "email": None}, session=person[0]) for person in PEOPLE]
    assert len(extract([(raw, raw) for raw in raws], policy).raw) == 2


def test_a_request_that_the_policy_does_not_know_is_refused(exchange: Make, policy: Policy) -> None:
    stray = exchange("/v2/elsewhere/at/all")
    with pytest.raises(UsageError, match="no endpoint of the policy"):
        extract([(stray, None)], policy)


def test_a_field_with_the_name_of_a_quasi_identifier_is_another_attribute(exchange: Make, policy: Policy) -> None:
    shop = Address(ENDPOINT, "response.body", ("shop", "city"))
    wider = replace(policy, decisions={**policy.decisions, shop: Decision.parse("keep")})
    raws = [
        exchange("/v1/people", {**body(*person), "shop": {"city": f"shop {at}"}}) for at, person in enumerate(PEOPLE)
    ]
    found = extract([(raw, raw) for raw in raws], wider)
    assert found.raw[0]["city"] == "Ulm"
    assert found.raw[0]["other city"] == "shop 0"


def test_a_category_that_changes_with_each_request_is_no_attribute_of_a_person(exchange: Make, policy: Policy) -> None:
    names = ("status", "visits", "colour")
    places = {Address(ENDPOINT, "response.body", (name,)): Decision.parse("keep") for name in names}
    wider = replace(policy, decisions={**policy.decisions, **places})
    raws = [
        exchange(
            "/v1/people",
            {"email": f"p{at % 9}@tidewater.test", "status": f"s{at % 4}", "visits": at, "colour": f"c{at % 9}"},
            session=f"s{at % 9}",
        )
        for at in range(90)
    ]
    assert extract([(raw, raw) for raw in raws], wider).names == ("colour", "visits")
