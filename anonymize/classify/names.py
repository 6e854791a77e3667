"""What the name of a field says, read with the names of the objects around it. One row a rule; the first that fits
wins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from smartsandbox.anonymize.keynames import tokens_of
from smartsandbox.anonymize.wordlist import words

PEOPLE = frozenset(
    words(
        "customer user owner account person contact profile billing shipping recipient sender employee member author "
        "committer cardholder holder beneficiary payer payee patient student subscriber guest client buyer seller "
        "applicant creator assignee reviewer from to address actor claims individual representative participant"
    )
)


@dataclass(frozen=True, slots=True)
class Rule:
    """`last` are words of which the field name must hold one, `all_of` words it must hold all; `under` words of which
    the path above must hold one; `never` words that rule it out."""

    means: str
    last: frozenset[str] = frozenset()
    all_of: frozenset[str] = frozenset()
    under: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()

    def fits(self, name: frozenset[str], above: frozenset[str]) -> bool:
        """Whether a field name under a path is of this kind."""
        return (
            (not self.last or bool(self.last & name))
            and self.all_of <= name
            and (not self.under or bool(self.under & above))
            and not self.never & name
        )


def _rule(means: str, last: str = "", all_of: str = "", under: frozenset[str] = frozenset(), never: str = "") -> Rule:
    return Rule(means, frozenset(last.split()), frozenset(all_of.split()), under, frozenset(never.split()))


_FLAG = "is has enabled verified required count type status valid allowed supported"

RULES: tuple[Rule, ...] = (
    _rule("email", "email emails mail", never=_FLAG + " template id mailing"),
    _rule("card_ending", all_of="last4"),
    _rule("card_ending", all_of="last four"),
    _rule("card_ending", all_of="last 4"),
    _rule("card_prefix", "bin iin", never=_FLAG),
    _rule("number", "cvc cvv cvn csc pin", never=_FLAG + " check result"),
    _rule("card", all_of="card number"),
    _rule("card", "pan creditcard ccnumber cardnumber", never=_FLAG),
    _rule("card", all_of="number", under=frozenset(("card", "source", "cards"))),
    _rule("iban", "iban", never=_FLAG),
    _rule(
        "secret",
        "password passwd passphrase pwd secret csrf xsrf otp nonce apikey credential credentials signature jwt",
        never="policy expires expiration length min max changed strength enabled required hint status factor type "
        "provider",
    ),
    _rule("secret", all_of="api key"),
    _rule("secret", "token", never=_FLAG + " expires expiry ttl lifetime uri url endpoint"),
    _rule(
        "national_id",
        "ssn passport nin nino tin itin ein vat taxid license licence bsn siret siren cpf cnpj dni",
        never=_FLAG + " name url rate amount plan key software spdx file files expression agreement",
    ),
    _rule("national_id", all_of="tax id"),
    _rule("national_id", all_of="national id"),
    _rule("birth", "birth birthday birthdate dob birthdays"),
    _rule("first_name", "firstname fname forename givenname"),
    _rule("first_name", "first given middle", all_of="name"),
    _rule("last_name", "lastname lname surname familyname"),
    _rule("last_name", "last family", all_of="name"),
    _rule(
        "username",
        "username login handle nickname nick screenname userid",
        never=_FLAG + " url last at date time",
    ),
    _rule("username", "user nick screen login", all_of="name"),
    _rule("person", "fullname displayname realname cardholder accountholder addressee", never=_FLAG),
    _rule(
        "person",
        "full display real holder contact owner customer legal recipient signer preferred",
        all_of="name",
    ),
    _rule("company", "company organisation organization employer business merchant firm", never=_FLAG + " id url"),
    _rule(
        "person",
        all_of="name",
        under=PEOPLE,
        never="host file domain app event field group role type display_type",
    ),
    _rule("phone", "phone phones mobile telephone tel fax msisdn cellphone cell", never=_FLAG + " country id"),
    _rule("gender", "gender sex", never=_FLAG),
    _rule("age", "age", never="max min cache s ms seconds days"),
    _rule("postcode", "postcode postal zip zipcode postalcode plz", never=_FLAG + " file archive ball url"),
    _rule("city", "city town locality municipality suburb", never=_FLAG + " id"),
    _rule(
        "state",
        "state province region county",
        under=frozenset(("address",
        "billing",
        "shipping",
        "location",
        "geo")),
        never=_FLAG,
    ),
    _rule(
        "country",
        "country",
        under=frozenset(("address",
        "billing",
        "shipping",
        "location",
        "person",
        "customer")),
        never=_FLAG,
    ),
    _rule(
        "address",
        "street line1 line2 address1 address2 street1 street2 streetaddress housenumber",
        never=_FLAG + " id ip mac",
    ),
    _rule("address", "line", under=frozenset(("address", "billing", "shipping"))),
    _rule("address", "address", never=_FLAG + " id ip mac email host hash"),
    _rule("coordinate", "lat lng latitude longitude coordinates geolocation lon"),
    _rule("ip", "ip ipaddress remoteaddr ipv4 ipv6", never=_FLAG),
    _rule("user_agent", all_of="user agent"),
    _rule(
        "text",
        "message description error detail details title note notes comment comments reason summary text body "
        "content subject remarks bio about html markdown memo caption label question answer hint",
        never="type code id url at date",
    ),
    _rule("version", "version"),
    _rule("code", "currency currencies locale language lang timezone", never=_FLAG),
    _rule("code", all_of="time zone", never=_FLAG),
    _rule(
        "time",
        "created updated modified expires expiry expiration timestamp date time datetime since until iat exp "
        "nbf started ended finished deleted published issued due reset",
        never="zone timezone format type count ms seconds in",
    ),
    _rule("time", "at on"),
    _rule(
        "amount",
        "amount total price balance fee tax quantity count size limit offset page rate percent width height "
        "length weight duration status level score index max min number_of per",
    ),
    _rule("url", "url uri href link website avatar image photo picture logo"),
    _rule("host", "host hostname domain origin"),
    _rule(
        "id",
        "id ids uuid guid uid sid key ref reference number code hash digest sha checksum fingerprint etag "
        "cursor node serial token session sub jti trace span correlation request after before",
        never="type kind status format name count",
    ),
)  # fmt: skip


def meaning_of(pointer: Sequence[str], resource: str = "") -> str | None:
    """What the last field name of a pointer says, or None. Array marks and encodings are looked through.

    `resource` is what the endpoint is about ("cards"); it stands above every field.
    """
    named = [token for token in pointer if token not in ("*", "{value}") and not token.startswith("(")]
    if not named:
        return None
    named = [resource, *named]
    words = tokens_of(named[-1].split(":")[-1].replace("[", "_").replace("]", ""))
    name = frozenset(words) | {"".join(words)} | {f"{a}{b}" for a, b in pairwise(words)}
    above = frozenset(word for token in named[:-1] for word in _singulars(tokens_of(token)))
    above |= frozenset(_singulars(words[:-1]))
    return next((rule.means for rule in RULES if rule.fits(name, above)), None)


def _singulars(words: Sequence[str]) -> list[str]:
    return [*words, *(word[:-1] for word in words if word.endswith("s"))]
