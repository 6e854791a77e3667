"""The surrogate classes by name. A class is one entry here and one small type in a module of this package."""

from __future__ import annotations

from smartsandbox.anonymize.surrogates.accounts import Email, Username
from smartsandbox.anonymize.surrogates.base import SurrogateClass
from smartsandbox.anonymize.surrogates.dates import PersonalDate
from smartsandbox.anonymize.surrogates.hosts import Host, Ip
from smartsandbox.anonymize.surrogates.names import NameWord, Person
from smartsandbox.anonymize.surrogates.numbers import Card, CardEnding, CardPrefix, Iban, NationalId, Phone
from smartsandbox.anonymize.surrogates.places import AddressLine, City, Company
from smartsandbox.anonymize.surrogates.shape import Shape
from smartsandbox.anonymize.surrogates.texts import Category, Text, UserAgent
from smartsandbox.anonymize.surrogates.urls import Url
from smartsandbox.anonymize.surrogates.uuids import Uuid

_ALL: tuple[SurrogateClass, ...] = (
    NameWord("first_name", "given", 57),
    NameWord("last_name", "family", 56),
    Person(),
    Email(),
    Username(),
    Phone(),
    Card(),
    CardEnding(),
    CardPrefix(),
    Iban(),
    NationalId(),
    Shape("id", "opaque", 40),
    Shape("token", "opaque", 72),
    Uuid(),
    Url(),
    Host(),
    Ip(),
    AddressLine(),
    City(),
    Shape("postcode", "postcode", 41),
    Company(),
    UserAgent(),
    PersonalDate(),
    Shape("number", "number", 2, joins=False, unique=False),
    Category(),
    Text(),
)

CLASSES: dict[str, SurrogateClass] = {one.name: one for one in _ALL}
