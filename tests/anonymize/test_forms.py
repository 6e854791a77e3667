from __future__ import annotations

from collections.abc import Callable

from smartsandbox.anonymize.forms import identifiers_in, names_of
from smartsandbox.packs.certificate import SafeTrace
from smartsandbox.packs.model import Exchange


def test_what_identifies_inside_a_text_is_told_as_spelled_with_its_surrogate_class() -> None:
    text = "Ann <ann@harbour.io> paid 4539 5787 6362 1486 from DE89 3704 0044 0532 0130 00, call +49 30 901820"
    assert list(identifiers_in(text, names_of(("order", "contact_phone")))) == [
        ("4539 5787 6362 1486", "card"),
        ("DE89 3704 0044 0532 0130 00", "iban"),
        ("ann@harbour.io", "email"),
        ("+49 30 901820", "phone"),
    ]


def test_a_number_is_a_phone_or_a_social_security_number_only_where_a_name_says_so() -> None:
    assert list(identifiers_in("+49 30 901820 and 219-09-9999", names_of(("note",)))) == []
    assert [kind for _, kind in identifiers_in("219-09-9999", names_of(("taxpayerId",)))] == ["national_id"]


def test_an_address_of_plain_words_inside_free_text_is_replaced(
    exchange: Callable[..., Exchange], anonymized: Callable[..., SafeTrace], everything: Callable[[SafeTrace], str]
) -> None:
    traffic = [exchange(body={"description": "send the report to data@report.com today"}) for _ in range(12)]
    assert "data@report.com" not in everything(anonymized(traffic))
