"""Where the demo's customers live: real cities with real postcodes, and the streets of the country.

A few cities a country with a few postcodes each, so that a few hundred people form groups of five and more once
postcode and birth date are generalised.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class City:
    """A city and some of its postcodes."""

    name: str
    postcodes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Country:
    """What differs by country. `code` is ISO 3166-1 alpha-2; `street` has a {number} and a {name}."""

    code: str
    locale: str
    calling_code: str
    mobile_prefixes: tuple[str, ...]
    subscriber_digits: int
    currency: str
    mail_domains: tuple[str, ...]
    street: str
    cities: tuple[City, ...]


COUNTRIES: tuple[Country, ...] = (
    Country(
        code="GB",
        locale="en_GB",
        calling_code="+44",
        mobile_prefixes=("7400", "7512", "7733", "7891"),
        subscriber_digits=6,
        currency="GBP",
        mail_domains=("brightpost.co.uk", "tynemail.co.uk", "inboxly.com"),
        street="{number} {name} Road",
        cities=(
            City("Leeds", ("LS1 4AP", "LS2 7HZ", "LS6 2UE", "LS11 5QN")),
            City("Bristol", ("BS1 5TR", "BS3 4QA", "BS8 1UD")),
            City("Manchester", ("M1 3BB", "M4 1HN", "M14 5RQ", "M20 2RN")),
            City("Cardiff", ("CF10 1EP", "CF11 9LN", "CF24 3AA")),
            City("Edinburgh", ("EH1 2NG", "EH3 9DR", "EH6 6RA")),
            City("Norwich", ("NR1 3JU", "NR2 3AT", "NR4 7TJ")),
        ),
    ),
    Country(
        code="US",
        locale="en_US",
        calling_code="+1",
        mobile_prefixes=("614", "503", "512", "412"),
        subscriber_digits=7,
        currency="USD",
        mail_domains=("maplemail.com", "inboxly.com", "prairienet.us"),
        street="{number} {name} Avenue",
        cities=(
            City("Columbus", ("43085", "43201", "43215", "43229")),
            City("Portland", ("97201", "97209", "97214")),
            City("Austin", ("78701", "78704", "78745", "78757")),
            City("Pittsburgh", ("15203", "15213", "15222")),
            City("Tucson", ("85701", "85705", "85719")),
            City("Madison", ("53703", "53711", "53715")),
        ),
    ),
    Country(
        code="DE",
        locale="de_DE",
        calling_code="+49",
        mobile_prefixes=("151", "160", "172", "179"),
        subscriber_digits=8,
        currency="EUR",
        mail_domains=("mailhafen.de", "postkorb.de", "inboxly.com"),
        street="{name}straße {number}",
        cities=(
            City("Leipzig", ("04103", "04109", "04155", "04229")),
            City("Hannover", ("30159", "30167", "30449")),
            City("Nürnberg", ("90402", "90419", "90461")),
            City("Bremen", ("28195", "28203", "28359")),
            City("Freiburg im Breisgau", ("79098", "79100", "79115")),
            City("Köln", ("50667", "50674", "50823", "51103")),
        ),
    ),
    Country(
        code="FR",
        locale="fr_FR",
        calling_code="+33",
        mobile_prefixes=("61", "62", "67", "76"),
        subscriber_digits=7,
        currency="EUR",
        mail_domains=("lettrebox.fr", "courrielo.fr", "inboxly.com"),
        street="{number} rue {name}",
        cities=(
            City("Nantes", ("44000", "44100", "44200", "44300")),
            City("Lille", ("59000", "59160", "59800")),
            City("Rennes", ("35000", "35200", "35700")),
            City("Grenoble", ("38000", "38100")),
            City("Toulouse", ("31000", "31200", "31400", "31500")),
            City("Dijon", ("21000", "21121")),
        ),
    ),
)
