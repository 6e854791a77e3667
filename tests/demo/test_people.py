from __future__ import annotations

import subprocess
import sys
from collections import Counter

import pytest

from smartsandbox.demo.people import Person, ascii_fold, make_people, originals, to_json
from smartsandbox.packs.checksums import iban_holds, luhn_holds


@pytest.fixture(scope="module")
def people() -> tuple[Person, ...]:
    return make_people(7)


def test_the_same_seed_makes_the_same_people(people: tuple[Person, ...]) -> None:
    assert make_people(7) == people


def test_another_seed_makes_other_people(people: tuple[Person, ...]) -> None:
    assert originals(make_people(8))["email"].isdisjoint(originals(people)["email"])


def test_another_process_with_another_hash_seed_makes_the_same_people(people: tuple[Person, ...]) -> None:
    program = "from smartsandbox.demo.people import make_people; print(make_people(7, 5))"
    runs = [
        subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": s}, capture_output=True, check=True
        ).stdout
        for s in ("1", "2")
    ]
    assert runs[0] == runs[1] == f"{people[:5]}\n".encode()


def test_every_card_number_passes_luhn_and_every_iban_mod_97(people: tuple[Person, ...]) -> None:
    assert all(luhn_holds(person.card_number) for person in people)
    assert all(iban_holds(person.iban) for person in people)


def test_no_two_people_share_an_identifying_value(people: tuple[Person, ...]) -> None:
    assert {kind: len(values) for kind, values in originals(people).items()} == {
        kind: len(people) for kind in originals(people)
    }


def test_every_combination_of_country_and_gender_holds_five_people(people: tuple[Person, ...]) -> None:
    groups = Counter((person.country, person.gender) for person in people)
    assert min(groups.values()) >= 5
    assert len({person.city for person in people}) >= 20
    assert len({person.postcode for person in people}) >= 60


def test_the_first_are_support_staff_and_the_rest_customers(people: tuple[Person, ...]) -> None:
    assert [person.role for person in people[:7]] == ["support"] * 6 + ["customer"]


def test_originals_leave_out_what_a_group_may_publish(people: tuple[Person, ...]) -> None:
    assert not {"birth_date", "postcode", "city", "gender"} & originals(people).keys()


def test_names_fold_to_what_an_address_can_hold() -> None:
    assert ascii_fold("Jürgen O'Neill-Weiß") == "jurgenoneillweiss"


def test_a_person_as_json_has_an_iso_birth_date(people: tuple[Person, ...]) -> None:
    row = to_json(people[0])
    assert row["birth_date"] == people[0].birth_date.isoformat()
    assert row["customer_id"].startswith("cus_")
