"""Names of headers, cookies and keys that hold somebody's id."""

from __future__ import annotations

import pytest

from smartsandbox.anonymize.classify.decide import DROP, KEEP
from smartsandbox.anonymize.classify.telling import telling_finder, without_telling_lines
from smartsandbox.anonymize.leaves import Address
from smartsandbox.anonymize.needles import published_needles
from smartsandbox.anonymize.substitute import Finder
from smartsandbox.anonymize.vocabulary import Vocabulary

SOMEBODY = "cust_7h2k9qwx4rt"
VALUES = {SOMEBODY, "anna@brook.test", "okta"}


@pytest.mark.parametrize(
    ("location", "name", "dropped"),
    [
        ("request.cookie", SOMEBODY, True),
        ("response.cookie", f"cart-{SOMEBODY}", True),
        ("request.header", f"x-id-{SOMEBODY}", True),
        ("request.header", "x-okta-request-id", False),
        ("response.body", SOMEBODY, False),
    ],
)
def test_a_line_is_dropped_only_if_its_name_holds_an_id(location: str, name: str, dropped: bool) -> None:
    address = Address("*", location, (name, "path"))
    finder = telling_finder(VALUES, VALUES)
    assert without_telling_lines({address: KEEP}, finder) == {address: DROP if dropped else KEEP}


def test_an_id_that_stands_in_the_policy_is_still_searched_for_and_a_word_is_not() -> None:
    needles = {SOMEBODY: "id", "okta": "first_name", "gistfile1": "id"}
    published = frozenset((f"x-id-{SOMEBODY}", "okta_user", "gistfile1"))
    left_out = published_needles(Finder.of(needles), needles, Vocabulary(published))
    assert left_out == {"okta", "gistfile1"}
