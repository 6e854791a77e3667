from __future__ import annotations

from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartsandbox.anonymize import pages
from smartsandbox.anonymize.checksums import is_card, is_iban
from smartsandbox.anonymize.keys import GivenKey, RunKey
from smartsandbox.anonymize.spilled import Scratch
from smartsandbox.anonymize.surrogates import CLASSES
from smartsandbox.anonymize.surrogates.base import fold
from smartsandbox.anonymize.surrogates.book import Book
from smartsandbox.anonymize.surrogates.hosts import PUBLIC_HOSTS
from smartsandbox.anonymize.values import Values, is_trivial
from smartsandbox.anonymize.vocabulary import Vocabulary

KEY = GivenKey("ab" * 32).key()
OTHER = GivenKey("cd" * 32).key()


def book_of(*noted: tuple[str, str], key: RunKey = KEY) -> Book:
    values = Values()
    for value, class_name in noted:
        values.note(value, class_name)
    book = Book(key, values, Vocabulary())
    book.settle()
    return book


def one(value: str, class_name: str) -> str:
    return book_of((value, class_name)).of(value, class_name)


def test_a_full_name_is_built_of_the_surrogates_of_its_words() -> None:
    book = book_of(("Ottoline Featherstone", "person"), ("Ottoline", "first_name"), ("Featherstone", "last_name"))
    first, last = book.of("Ottoline", "first_name"), book.of("Featherstone", "last_name")
    assert book.of("Ottoline Featherstone", "person") == f"{first} {last}"
    assert book.of("Featherstone, Ottoline", "person") == f"{last}, {first}"
    assert book.of("OTTOLINE FEATHERSTONE", "person") == f"{first} {last}".upper()


def test_an_address_is_built_of_the_names_inside_and_stands_in_an_example_domain() -> None:
    book = book_of(("Ottoline Featherstone", "person"), ("ottoline.featherstone@tidewater.co.uk", "email"))
    first, last = book.of("ottoline", "first_name"), book.of("featherstone", "last_name")
    local, _, domain = book.of("ottoline.featherstone@tidewater.co.uk", "email").partition("@")
    assert local == f"{first}.{last}"
    assert domain.rpartition("example.")[2] in ("com", "org", "net")


def test_case_variants_of_an_address_stay_one_address() -> None:
    book = book_of(("Ann.Zephyr@Tidewater.test", "email"))
    assert book.of("ann.zephyr@tidewater.test", "email") == book.of("Ann.Zephyr@Tidewater.test", "email").lower()


def test_a_phone_keeps_its_punctuation_and_spellings_stay_one_number() -> None:
    book = book_of(("+44 7911 123456", "phone"), ("+447911123456", "phone"))
    spaced, bare = book.of("+44 7911 123456", "phone"), book.of("+447911123456", "phone")
    assert spaced.replace(" ", "") == bare
    assert [len(part) for part in spaced.split(" ")] == [3, 4, 6]


def test_a_card_keeps_length_spacing_and_luhn_and_its_ending_follows() -> None:
    book = book_of(("4929 1274 4391 7268", "card"), ("7268", "card_ending"))
    number = book.of("4929 1274 4391 7268", "card")
    assert is_card(number.replace(" ", ""))
    assert number.startswith("4242 42")
    assert book.of("7268", "card_ending") == number[-4:]
    assert book.of("**** 7268", "card_ending") == f"**** {number[-4:]}"


def test_an_iban_keeps_country_length_and_check_digits() -> None:
    made = one("DE89 3704 0044 0532 0130 00", "iban")
    assert made.startswith("DE")
    assert len(made) == 27
    assert is_iban(made)


def test_a_uuid_keeps_version_variant_and_spelling() -> None:
    book = book_of(("550e8400-e29b-41d4-a716-446655440000", "uuid"))
    made = book.of("550e8400-e29b-41d4-a716-446655440000", "uuid")
    assert (made[14], made[19]) == ("4", "a")
    assert book.of("550e8400e29b41d4a716446655440000", "uuid") == made.replace("-", "")


@pytest.mark.parametrize("value", ["9007199254740993", "42", "2147483646", "1", "0042"])
def test_a_number_keeps_digits_and_range(value: str) -> None:
    made = one(value, "id")
    assert made != value
    assert len(made) == len(value)
    assert (int(made) <= 2**31 - 1) == (int(value) <= 2**31 - 1)


def test_a_known_prefix_and_the_character_classes_of_an_id_stay() -> None:
    made = one("acct_1Nb7xQ9aZ", "id")
    assert made.startswith("acct_")
    assert [char.isdigit() for char in made] == [char.isdigit() for char in "acct_1Nb7xQ9aZ"]


def test_an_id_inside_a_longer_token_keeps_its_surrogate() -> None:
    book = book_of(("pi_3abcdEFGh", "id"), ("pi_3abcdEFGh_secret_Xy12z", "token"))
    assert book.of("pi_3abcdEFGh_secret_Xy12z", "token").startswith(book.of("pi_3abcdEFGh", "id"))


def test_a_url_takes_the_surrogates_of_its_parts() -> None:
    url = "https://api.tidewater.co.uk/v1/accounts/acct_1Nb7xQ9aZ/cards?limit=10&starting_after=card_9Kq2Lm4Z"
    book = book_of((url, "url"), ("acct_1Nb7xQ9aZ", "id"), ("card_9Kq2Lm4Z", "id"))
    made = book.of(url, "url")
    account, card = book.of("acct_1Nb7xQ9aZ", "id"), book.of("card_9Kq2Lm4Z", "id")
    assert made.endswith(f"/v1/accounts/{account}/cards?limit=10&starting_after={card}")
    assert made.startswith("https://api.")
    assert ".example." in made


def test_a_sub_domain_stands_under_the_surrogate_of_its_domain() -> None:
    book = book_of(("api.tidewater.co.uk", "host"), ("tidewater.co.uk", "host"))
    assert book.of("api.tidewater.co.uk:8443", "host") == f"api.{book.of('tidewater.co.uk', 'host')}:8443"
    assert book.of(".tidewater.co.uk", "host") == "." + book.of("tidewater.co.uk", "host")


@pytest.mark.parametrize(
    ("value", "stays"), [("127.0.0.1", True), ("localhost:8080", True), ("10.1.2.3", False), ("10.1.2.3:8080", False)]
)
def test_loopback_stays_and_other_addresses_move_to_documentation_ranges(value: str, stays: bool) -> None:
    made = one(value, "host")
    assert (made == value) is stays
    assert stays or made.startswith(("192.0.2.", "198.51.100.", "203.0.113."))


@pytest.mark.parametrize("host", ["localhost:3000", "127.0.0.1:8080", "[::1]:99"])
def test_a_value_that_holds_a_host_which_stays_has_a_surrogate_that_holds_it_too(host: str) -> None:
    book = book_of((host, "host"), (f"{host}/@ada_9k2", "id"))
    made = book.of(f"{host}/@ada_9k2", "id")
    assert made != f"{host}/@ada_9k2"
    assert book.of(host, "host") == host


def test_a_value_inside_that_stays_is_drawn_anew_with_what_is_around_it() -> None:
    book = book_of(("---------", "text"), ("Loopback 127.0.0.1 for ada_9k2", "token"), ("127.0.0.1 for", "ip"))
    assert "ada" not in book.of("Loopback 127.0.0.1 for ada_9k2", "token")


def test_the_strongest_class_of_a_value_decides_everywhere() -> None:
    book = book_of(("acct_1Nb7xQ9aZ", "text"), ("acct_1Nb7xQ9aZ", "id"))
    assert book.of("acct_1Nb7xQ9aZ", "text") == book.of("acct_1Nb7xQ9aZ", "id")


def test_known_values_are_replaced_inside_texts_at_word_boundaries() -> None:
    book = book_of(("acct_1Nb7xQ9aZ", "id"), ("Zephyrine Oakhurst", "person"))
    family = book.of("Oakhurst", "last_name")
    assert book.substitute("account acct_1Nb7xQ9aZ of OAKHURST not found") == (
        f"account {book.of('acct_1Nb7xQ9aZ', 'id')} of {family.upper()} not found"
    )
    assert book.substitute("oakhurstian") == "oakhurstian"


def test_common_words_are_not_replaced_in_texts() -> None:
    assert book_of(("status", "text")).substitute("the status is active") == "the status is active"


@pytest.mark.parametrize("mark", ["<REDACTED>", "***", "null", "", "[FILTERED]"])
def test_marks_of_nothing_stay(mark: str) -> None:
    assert one(mark, "phone") == mark


def test_another_key_gives_other_surrogates() -> None:
    ids = [(f"user_{n:06d}kQ", "id") for n in range(200)]
    one_book, other = book_of(*ids), book_of(*ids, key=OTHER)
    assert not {one_book.of(*noted) for noted in ids} & {other.of(*noted) for noted in ids}


def test_the_order_of_noting_does_not_matter() -> None:
    noted = [(str(n), "id") for n in range(1, 60)] + [(f"Ann{chr(97 + n)} Lee", "person") for n in range(20)]
    one_book, other = book_of(*noted), book_of(*reversed(noted))
    assert [one_book.of(*item) for item in noted] == [other.of(*item) for item in noted]


def test_a_crowded_space_of_short_numbers_is_widened_without_collisions() -> None:
    noted = [(str(n), "id") for n in range(1, 10)]
    book = book_of(*noted)
    made = [book.of(*item) for item in noted]
    assert len(set(made)) == 9
    assert not set(made) & {value for value, _ in noted}


@pytest.mark.parametrize(
    ("value", "class_name"),
    [("Quillon 1985", "person"), ("call Quillon at 5551234", "phone"), ("Quillon ending 7268", "card_ending"),
     ("Quillon at 10.1.2.3", "ip"), ("Quillon's 4929127443917268", "card"), ("uuid-of-Quillon", "uuid")],
)  # fmt: skip
def test_a_value_that_is_more_than_its_class_is_replaced_as_a_whole(value: str, class_name: str) -> None:
    made = one(value, class_name)
    assert "quillon" not in made.lower()
    assert not any(digits in made for digits in ("1985", "5551234", "7268", "10.1.2.3"))


def test_a_value_too_long_to_be_kept_has_one_surrogate_and_is_not_listed() -> None:
    long = "Quillon was here. " * 600
    book = book_of((long, "text"), ("Quillon", "first_name"))
    made = book.of(long, "text")
    assert made == book.of(long, "text") != book.of(long + ".", "text")
    assert len(made) < 2100
    assert all(len(canonical) < 200 for _, canonical in book.made)


_VALUES = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF), min_size=1, max_size=24)


@given(st.lists(st.tuples(_VALUES, st.sampled_from(sorted(CLASSES))), min_size=1, max_size=12))
def test_joined_surrogates_are_one_to_one_and_never_a_value_of_the_capture(noted: list[tuple[str, str]]) -> None:
    book = book_of(*noted)
    by_domain: dict[str, set[str]] = {}
    unique = {kind.domain for kind in CLASSES.values() if kind.unique}
    for (domain, canonical), made in book.made.items():
        if domain in unique and made != canonical:
            assert fold(made) not in by_domain.setdefault(domain, set())
            by_domain[domain].add(fold(made))
    for value, class_name in noted:
        if CLASSES[class_name].joins and not is_trivial(fold(value)) and any(char.isalnum() for char in value):
            made = book.of(value, class_name)
            assert fold(made) != fold(value) or made in PUBLIC_HOSTS


@settings(max_examples=40)
@given(st.lists(st.tuples(_VALUES, st.sampled_from(sorted(CLASSES))), max_size=12), st.integers(1, 6))
def test_surrogates_are_the_same_whatever_has_spilled_to_disk(noted: list[tuple[str, str]], hot: int) -> None:
    values = Values(Scratch(hot))
    for item in noted:
        values.note(*item)
    spilled = Book(KEY, values, Vocabulary())
    spilled.settle()
    assert dict(spilled.made) == dict(book_of(*noted).made)


@pytest.mark.parametrize(
    "text", ["email=quill%40oakmoor.test&x=1", "to quill&#64;oakmoor.test", '{"e":"quill\\u0040oakmoor.test"}']
)
def test_known_values_are_replaced_in_escaped_texts_too(text: str) -> None:
    book = book_of(("quill@oakmoor.test", "email"))
    made = book.substitute(text)
    assert made != text
    assert "oakmoor" not in made


def test_a_shared_surrogate_is_drawn_anew_where_it_is_a_value_of_the_capture() -> None:
    by_chance = one("123456789", "number")
    assert book_of((by_chance, "id")).of("123456789", "number") not in (by_chance, "123456789")
    assert book_of(("unspecified", "username")).of("gold", "category") == "unspecified"


@given(
    st.lists(
        st.tuples(st.text("ab12_-@.", max_size=16), st.sampled_from(("id", "token", "postcode", "email", "person"))),
        max_size=12,
    )
)
def test_settling_many_at_once_gives_what_one_at_a_time_gives(noted: list[tuple[str, str]]) -> None:
    whole = dict(book_of(*noted).made)
    with mock.patch.object(pages, "PAGE", 1):
        assert dict(book_of(*noted).made) == whole
