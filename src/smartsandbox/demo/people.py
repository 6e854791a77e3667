"""The demo's customers: a population with names, addresses, cards and IBANs that look real and belong to nobody.

The same seed makes the same people. What they are called comes from Faker; where they live from `places`, so that
quasi-identifiers have the sizes of groups that a real customer base has.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, timedelta
from random import Random
from typing import Any

from smartsandbox.demo.account_numbers import card_number, iban
from smartsandbox.demo.places import COUNTRIES, City, Country

_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_OLDEST, _YEARS = date(1946, 1, 1), 60
_SHARES = (30, 25, 25, 20)
_IDENTIFYING = ("name", "email", "phone", "line1", "card_number", "iban", "customer_id", "api_token", "password", "ip")


@dataclass(frozen=True, slots=True)
class Person:
    """One customer. `phone` is E.164, `segment` "gold" or "standard", `risk` "low", "medium" or "high", `role`
    "customer" or "support" (staff of the service, who may see every account)."""

    customer_id: str
    name: str
    gender: str
    email: str
    phone: str
    birth_date: date
    line1: str
    city: str
    postcode: str
    country: str
    currency: str
    card_number: str
    card_brand: str
    iban: str
    api_token: str
    password: str
    ip: str
    segment: str
    risk: str
    role: str


def make_people(seed: int, count: int = 300, support: int = 6) -> tuple[Person, ...]:
    """`count` people, the first `support` of them staff. No two share a name, e-mail or any other identifying value."""
    rng = Random(f"people:{seed}")
    names = _Names(seed)
    people: list[Person] = []
    taken: set[str] = set()
    while len(people) < count:
        country = rng.choices(COUNTRIES, _SHARES)[0]
        person = _person(rng, names, country, "support" if len(people) < support else "customer")
        values = _identifying(person)
        if taken.isdisjoint(values):
            taken.update(values)
            people.append(person)
    return tuple(people)


def originals(people: Iterable[Person]) -> dict[str, set[str]]:
    """Every identifying value by kind: none of them may stand in a published byte.

    Birth date, postcode, city and gender are not here: alone they name nobody, and a published group may hold a real
    one as its common value.
    """
    people = tuple(people)
    return {kind: {getattr(person, kind) for person in people} for kind in _IDENTIFYING}


def to_json(person: Person) -> dict[str, Any]:
    """The fields as JSON values, `birth_date` as an ISO date."""
    row = {field.name: getattr(person, field.name) for field in fields(person)}
    return {**row, "birth_date": person.birth_date.isoformat()}


class _Names:
    """Given and family names by locale. Faker is imported here, as it costs a good part of a second."""

    def __init__(self, seed: int) -> None:
        from faker import Faker

        self._fakers = {country.locale: Faker(country.locale) for country in COUNTRIES}
        for number, faker in enumerate(self._fakers.values()):
            faker.seed_instance(seed * len(self._fakers) + number)

    def draw(self, locale: str, gender: str) -> tuple[str, str]:
        faker = self._fakers[locale]
        first = faker.first_name_female() if gender == "female" else faker.first_name_male()
        return first, faker.last_name()

    def street(self, locale: str) -> str:
        return self._fakers[locale].last_name()


def _person(rng: Random, names: _Names, country: Country, role: str) -> Person:
    gender = rng.choice(("female", "male"))
    first, last = names.draw(country.locale, gender)
    city: City = rng.choice(country.cities)
    brand = rng.choices(("visa", "mastercard", "amex"), (55, 38, 7))[0]
    return Person(
        customer_id="cus_" + token(rng, 14),
        name=f"{first} {last}",
        gender=gender,
        email=_email(rng, first, last, country),
        phone=country.calling_code + rng.choice(country.mobile_prefixes) + _digits(rng, country.subscriber_digits),
        birth_date=_OLDEST + timedelta(days=rng.randrange(_YEARS * 365)),
        line1=country.street.format(number=rng.randint(1, 240), name=names.street(country.locale)),
        city=city.name,
        postcode=rng.choice(city.postcodes),
        country=country.code,
        currency=country.currency,
        card_number=card_number(rng, brand),
        card_brand=brand,
        iban=iban(rng, country.code),
        api_token="hpk_live_" + token(rng, 32),
        password=_password(rng),
        ip=_address(rng),
        segment=rng.choices(("gold", "standard"), (20, 80))[0],
        risk=rng.choices(("low", "medium", "high"), (78, 16, 6))[0],
        role=role,
    )


def token(rng: Random, length: int) -> str:
    """`length` random letters and digits."""
    return "".join(rng.choices(_BASE62, k=length))


def ascii_fold(text: str) -> str:
    """Lower case, without accents, and without anything but letters and digits: "Jürgen O'Neill" is "jurgenoneill"."""
    folded = unicodedata.normalize("NFKD", text.replace("ß", "ss").lower())
    return "".join(char for char in folded if char.isascii() and char.isalnum())


def _email(rng: Random, first: str, last: str, country: Country) -> str:
    given, family = ascii_fold(first), ascii_fold(last)
    local = rng.choice((f"{given}.{family}", f"{given[0]}.{family}", f"{given}_{family}", f"{family}{given[:2]}"))
    return f"{local}{rng.randint(1, 99) if rng.randrange(2) else ''}@{rng.choice(country.mail_domains)}"


def _password(rng: Random) -> str:
    return rng.choice(("Kettle", "Harbor", "Violet", "Copper", "Meadow")) + rng.choice("!#%&-_") + token(rng, 7)


def _address(rng: Random) -> str:
    return ".".join(str(part) for part in (rng.choice((81, 86, 90, 109)), *(rng.randint(1, 254) for _ in range(3))))


def _digits(rng: Random, count: int) -> str:
    return "".join(rng.choices("0123456789", k=count))


def _identifying(person: Person) -> set[str]:
    return {str(getattr(person, kind)) for kind in _IDENTIFYING}
