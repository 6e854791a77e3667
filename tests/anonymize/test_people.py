from __future__ import annotations

import json
from collections.abc import Callable, Iterable

from smartsandbox.anonymize.collect import collect
from smartsandbox.anonymize.leaves import Address
from smartsandbox.anonymize.people import people_of, places_of_people
from smartsandbox.anonymize.policy import Action, AttributeKind, Decision, Policy
from smartsandbox.anonymize.suggest import suggest_policy
from smartsandbox.packs.model import Exchange
from smartsandbox.packs.trace import Trace

ME = "GET /v1/customers/{customer_id}"
CITY = Address(ME, "response.body", ("holder", "city"))
TOKEN = Address("*", "request.header", ("x-user",))
PATH = Address(ME, "path", ("customer_id",))


def shop(exchange: Callable[..., Exchange]) -> list[Exchange]:
    """Two people, one of whom is named in a header only."""
    return [
        exchange("/v1/customers/cus_1AbC29", {"holder": {"city": "Oslo"}}, session="s_1"),
        exchange("/v1/customers/cus_2DeF38", {"holder": {"city": "Bergen"}}, session="s_2",
                 headers=(("X-User", "ann"), ("Accept", "*/*"), ("Cookie", "a=b"))),
        exchange("/v1/customers/cus_2DeF38", {"holder": {"city": "Molde"}}, session="s_3"),
        exchange("/v1/nothing", b"<a>Oslo</a>", method="POST", session="s_3", sent=json.dumps([1]).encode()),
    ]  # fmt: skip


def with_people(policy: Policy) -> Policy:
    return Policy(
        service=policy.service,
        decisions={**policy.decisions, CITY: Decision(Action.GENERALISE, "city")},
        endpoints=policy.endpoints,
        quasi_identifiers={"city": AttributeKind.PLACE},
        subjects=frozenset((TOKEN, PATH)),
    )


def test_only_places_of_subjects_and_quasi_identifiers_are_looked_at(
    exchange: Callable[..., Exchange], raw_trace: Callable[[Iterable[Exchange]], Trace]
) -> None:
    policy = with_people(suggest_policy(raw_trace(shop(exchange))))
    assert places_of_people(policy) == {
        ("response.body", "holder"), ("request.header", "x-user"), ("path", "customer_id")
    }  # fmt: skip


def test_the_table_is_that_of_a_walk_over_everything(
    exchange: Callable[..., Exchange], raw_trace: Callable[[Iterable[Exchange]], Trace]
) -> None:
    items = shop(exchange)
    policy = with_people(suggest_policy(raw_trace(items)))
    everywhere, people = collect(items, policy).subjects.table(), people_of(items, policy)
    assert people.rows == everywhere.rows == {"=cus_1abc29": {"city": "Oslo"}, "=cus_2def38": {"city": "Bergen"}}
    assert people.subjects == everywhere.subjects == {"=cus_1abc29", "=cus_2def38", "=ann"}
