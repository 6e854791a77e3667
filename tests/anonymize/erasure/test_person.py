"""Which spellings of an identifier are the person's, and which values only look like it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.anonymize.erasure.person import Person, read_identifiers, squeeze
from smartsandbox.packs.errors import UsageError


@pytest.mark.parametrize(
    ("identifier", "text"),
    [
        ("ann.marlowe@oakmoor.co.uk", "no charge for ANN.MARLOWE@OakMoor.co.uk"),
        ("ann.marlowe@oakmoor.co.uk", "next=%2Fusers%2Fann.marlowe%40oakmoor.co.uk"),
        ("ann.marlowe@oakmoor.co.uk", "mailto:ann.marlowe&#64;oakmoor.co.uk"),
        ("Ann <Ann.Marlowe@oakmoor.co.uk>", "ann.marlowe@oakmoor.co.uk"),
        ("+44 7700 900123", "call 447700900123 now"),
        ("447700900123", "call +44 (7700) 900-123"),
        ("00447700900123", "+44 7700 900123"),
        ("GB33BUKB20201555555555", "IBAN GB33 BUKB 2020 1555 5555 55"),
        ("4242 4242 4242 4242", '{"card":"4242-4242-4242-4242"}'),
        ("cus_0001AnnQ7", "no customer cus_0001annq7"),
        ("rene\u0301e.dubois@oakmoor.co.uk", "ren\u00e9e.dubois@oakmoor.co.uk"),
        ("ren\u00e9e.dubois@oakmoor.co.uk", "to rene\u0301e.dubois@oakmoor.co.uk"),
    ],
)
def test_an_identifier_is_found_in_another_spelling(identifier: str, text: str) -> None:
    assert Person.of([identifier]).stands_in(text)


@pytest.mark.parametrize(
    ("identifier", "text"),
    [
        ("4711", "total 4711 EUR"),
        ("47110815", "order 47110815"),
        ("447700900123", "44770 and 0900123"),
        ("cus_0001AnnQ7", "cus_0001"),
        ("marlowe", "marlowes"),
    ],
)
def test_a_short_identifier_or_a_part_of_one_is_not_found_in_texts(identifier: str, text: str) -> None:
    assert not Person.of([identifier]).stands_in(text)


@pytest.mark.parametrize(
    ("identifier", "value", "class_name", "expected"),
    [
        ("4711", "4711", "id", True),
        ("4711", "4712", "id", False),
        ("+44 7700 900123", "00447700900123", "phone", True),
        ("+44 7700 900123", "+44 7700 900124", "phone", False),
        ("ann@oakmoor.co.uk", "Ann M <ANN@oakmoor.co.uk>", "email", True),
        ("6f9619ff-8b86-d011-b42d-00cf4fc964ff", "6F9619FF-8B86-D011-B42D-00CF4FC964FF", "uuid", True),
    ],
)
def test_a_whole_value_is_compared_as_its_class_compares(
    identifier: str, value: str, class_name: str, expected: bool
) -> None:
    assert Person.of([identifier]).is_value(value, class_name) is expected


def test_short_identifiers_are_counted_so_that_the_operator_hears_of_it() -> None:
    assert Person.of(["4711", "ann.marlowe@oakmoor.co.uk"]).short == 1


@given(st.text(alphabet="0123456789", min_size=9, max_size=15), st.lists(st.sampled_from(" -().+"), max_size=6))
def test_punctuation_never_hides_a_long_number(digits: str, marks: list[str]) -> None:
    spelled = "".join(f"{digit}{mark}" for digit, mark in zip(digits, [*marks, *[""] * len(digits)], strict=False))

    assert squeeze(spelled) == digits
    assert Person.of([digits]).stands_in(f"call {spelled} now")


def test_identifiers_are_read_one_a_line() -> None:
    text = "# request 17\n ann.marlowe@oakmoor.co.uk \n\n4711\n"

    assert read_identifiers(text, "file") == ("ann.marlowe@oakmoor.co.uk", "4711")


@pytest.mark.parametrize(
    ("text", "message"), [("", "holds no identifier"), ("# only\n", "holds no identifier"), ("abc\nxy\n", "line 2")]
)
def test_a_list_that_names_nobody_is_refused_without_quoting_it(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        read_identifiers(text, "standard input")
    assert "xy" not in str(caught.value)
