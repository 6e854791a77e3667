"""The wording of a text is the same whether its values are worked out or not."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from smartsandbox.anonymize.amounts import Amounts
from smartsandbox.anonymize.keys import GivenKey
from smartsandbox.anonymize.pools import Pools
from smartsandbox.anonymize.surrogates.book import Book
from smartsandbox.anonymize.values import Values
from smartsandbox.anonymize.vocabulary import Vocabulary
from smartsandbox.anonymize.wording import template_of, wording_of

KEY = GivenKey("ab" * 32).key()


def book_and_amounts() -> tuple[Book, Amounts]:
    """Ottoline and one order are known, and the amounts 1000 to 1049 of fifty people, in hundredths."""
    values, pools = Values(), Pools()
    values.note("Ottoline", "first_name")
    values.note("ord_8Kd02LmQpe", "id")
    for number in range(50):
        pools.note("amount", str(1000 + number), f"holder {number}")
    book = Book(KEY, values, Vocabulary())
    book.settle()
    return book, Amounts(pools.settle(5, KEY, lambda holder: holder))


BOOK, AMOUNTS = book_and_amounts()
WORDS = ("Rent for", "Ottoline", "ord_8Kd02LmQpe", "10.25", "1,025.00", "1025", "2024", "123456", "99.50", "7", ", ")


def test_values_amounts_and_long_numbers_are_cut_out() -> None:
    assert wording_of("Rent for Ottoline, 10.25 of 1025", BOOK, AMOUNTS) == "Rent for \0, \0 of \0"
    assert wording_of("Row 7 of 123456", BOOK, AMOUNTS) == "Row 7 of \0"


@settings(max_examples=60)
@given(st.lists(st.sampled_from(WORDS), max_size=6), st.sampled_from((" ", "", "-")))
def test_it_is_the_template_of_the_rewritten_text(words: list[str], between: str) -> None:
    text = between.join(words)
    assert wording_of(text, BOOK, AMOUNTS) == template_of(text, BOOK, AMOUNTS)[0]
