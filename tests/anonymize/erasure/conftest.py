"""A small invented service for erasure: Ann has an id, an e-mail and a phone; Bob and an admin are others."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from smartsandbox.anonymize.leaves import Address, from_text
from smartsandbox.anonymize.policy import Decision, Policy

ANN, ANN_MAIL = "cus_0001AnnQ7", "ann.marlowe@oakmoor.co.uk"
BOB, BOB_MAIL = "cus_0002BobZ4", "bob.tarrant@oakmoor.co.uk"


def policy_of(lines: dict[str, str], subjects: tuple[str, ...] = (), endpoints: tuple[str, ...] = ()) -> Policy:
    """Addresses as "location pointer" under "*"."""

    def address(text: str) -> Address:
        location, _, pointer = text.partition(" ")
        return Address("*", location, from_text(pointer))

    decisions = {address(text): Decision.parse(decision) for text, decision in lines.items()}
    return Policy("tidewater", decisions, endpoints, subjects=frozenset(map(address, subjects)))


@pytest.fixture
def policy() -> Policy:
    """Customers by id and e-mail, a list of them for admins, and pages that name nobody."""
    return policy_of(
        {
            "path /customer_id": "surrogate id",
            "response.body /id": "surrogate id",
            "response.body /email": "surrogate email",
            "response.body /items/*/id": "surrogate id",
            "response.body /items/*/email": "surrogate email",
            "response.body /items/*/name": "surrogate person",
            "response.body /note": "free_text",
            "request.body /email": "surrogate email",
        },
        ("path /customer_id", "response.body /id", "response.body /email", "request.body /email"),
        ("GET /v1/customers/{customer_id}", "GET /v1/customers", "GET /v1/things", "POST /v1/sessions"),
    )


MakePolicy = Callable[..., Policy]


@pytest.fixture
def make_policy() -> MakePolicy:
    """`policy_of`."""
    return policy_of
