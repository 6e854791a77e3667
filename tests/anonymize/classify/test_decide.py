from __future__ import annotations

import pytest

from smartsandbox.anonymize.classify.decide import Classifier
from smartsandbox.anonymize.classify.stats import LeafStats
from smartsandbox.anonymize.leaves import Address, Kind
from smartsandbox.anonymize.vocabulary import Vocabulary

CLASSIFIER = Classifier(5, Vocabulary())


def decided(
    pointer: str, values: list[str], location: str = "response.body", kind: Kind = Kind.STRING, times: int = 1
) -> str:
    address = Address("GET /v1/things", location, tuple(pointer.strip("/").split("/")))
    stats = LeafStats()
    for number, value in enumerate(values * times):
        stats.add(value, kind, f"s_{number % 9}")
    return str(CLASSIFIER.decide(address, stats))


@pytest.mark.parametrize(
    ("pointer", "values", "decision"),
    [
        ("/email", ["x"], "surrogate email"),
        ("/contact", ["zoe@tidewater.test", "kai@tidewater.test"], "surrogate email"),
        ("/customer/name", ["Zephyrine Oakhurst"], "surrogate person"),
        ("/first_name", ["Zephyrine"], "surrogate first_name"),
        ("/billing/address/line1", ["12 High Street"], "surrogate address"),
        ("/phone", ["+44 7911 123456"], "surrogate phone"),
        ("/card/number", ["4929127443917268"], "surrogate card"),
        ("/last4", ["7268"], "surrogate card_ending"),
        ("/account/iban", ["DE89370400440532013000"], "surrogate iban"),
        ("/bank", ["DE89 3704 0044 0532 0130 00"], "surrogate iban"),
        ("/password", ["hunter"], "surrogate token"),
        ("/birth_date", ["1980-01-01"], "generalise birth_date"),
        ("/address/postcode", ["10115"], "generalise postcode"),
        ("/gender", ["female"], "generalise gender"),
        ("/created_at", ["2024-01-01T00:00:00Z"], "retime"),
        ("/whatever", ["2024-01-01T00:00:00Z"], "retime"),
        ("/id", ["thing_9Kq2Lm4Z"], "surrogate id"),
        ("/uid", ["550e8400-e29b-41d4-a716-446655440000"], "surrogate uuid"),
        ("/self", ["https://api.tidewater.test/v1/x"], "surrogate url"),
        ("/error/message", ["account acct_1 not found"], "free_text"),
        ("/error/code", ["card_declined", "insufficient_funds"], "common"),
        ("/token_type", ["Bearer"], "common"),
        ("/status", ["active", "closed"], "common"),
        ("/currency", ["EUR"], "common"),
        ("/event", ["payment.succeeded", "refund.created"], "common"),
        ("/favourite", ["Zorblax"], "surrogate text"),
        ("/ssn", ["078-05-1120"], "surrogate national_id"),
        ("/remote_ip", ["10.0.0.1"], "surrogate ip"),
    ],
)
def test_strings_are_told_by_form_name_and_values(pointer: str, values: list[str], decision: str) -> None:
    assert decided(pointer, values) == decision


@pytest.mark.parametrize(
    ("pointer", "values", "decision"),
    [
        ("/amount", ["1250", "999"], "band amount"),
        ("/balance_after", ["0"], "band balance"),
        ("/followers", ["17", "1234"], "band followers"),
        ("/items", ["1", "2"], "keep"),
        ("/page", ["1234"], "keep"),
        ("/id", ["42"], "surrogate id"),
        ("/code", ["404"], "keep"),
        ("/created", ["1700000000"], "retime"),
        ("/seen", ["1700000000"], "retime"),
        ("/snowflake", ["175928847299117063"], "surrogate id"),
        ("/age", ["44"], "generalise age"),
        ("/phone", ["5551234567"], "surrogate phone"),
        ("/location/lat", ["52.5"], "surrogate number"),
        ("/expires_in", ["3600"], "keep"),
        ("/amount_refunded", ["0"], "band amount"),
    ],
)
def test_numbers_are_kept_unless_name_form_or_spread_says_that_they_identify(
    pointer: str, values: list[str], decision: str
) -> None:
    assert decided(pointer, values, kind=Kind.NUMBER) == decision


@pytest.mark.parametrize(
    ("name", "location", "decision"),
    [
        ("content-type", "response.header", "keep"),
        ("etag", "response.header", "surrogate token"),
        ("traceparent", "request.header", "surrogate token"),
        ("x-request-id", "request.header", "surrogate token"),
        ("referer", "request.header", "surrogate url"),
        ("location", "response.header", "surrogate url"),
        ("user-agent", "request.header", "surrogate user_agent"),
        ("date", "response.header", "retime"),
        ("content-security-policy", "response.header", "drop"),
        ("x-forwarded-for", "request.header", "surrogate ip"),
        ("x-something-new", "request.header", "surrogate token"),
        ("theme", "request.cookie", "surrogate token"),
    ],
)
def test_headers_go_by_the_reviewed_table_and_unknown_ones_are_replaced(
    name: str, location: str, decision: str
) -> None:
    assert decided(name, ["Zorblax9 of Quux"], location) == decision


def test_an_enumeration_needs_few_values_many_sightings_and_enough_sessions() -> None:
    assert decided("/flavour", ["zorb", "quux"], times=20) == "common"
    assert decided("/flavour", ["zorb", "quux"], times=1) == "surrogate text"


def test_names_in_a_field_without_a_telling_name_are_found() -> None:
    assert decided("/opened_for", ["Jennifer Oakhurst", "Andrew Blythe"]) == "surrogate person"


def test_a_field_that_was_only_ever_null_is_bound_by_its_name() -> None:
    assert decided("/email", ["null"], kind=Kind.LITERAL) == "surrogate email"
    assert decided("/failure_code", ["null"], kind=Kind.LITERAL) == "common"


@pytest.mark.slow
def test_a_value_that_a_recogniser_knows_is_not_kept_as_common() -> None:
    assert decided("/zorb", ["active", "active-2", "deleted", "closed", "078-05-1121"], times=30) != "common"
