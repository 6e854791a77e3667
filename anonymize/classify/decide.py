"""From what was seen at a leaf to a decision: location tables, then syntax, then the field's name, then its values.

In doubt a string is replaced. Numbers are kept unless name or form says that they identify, or how they are spread.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from smartsandbox.anonymize.classify.headers import HEADERS
from smartsandbox.anonymize.classify.names import meaning_of
from smartsandbox.anonymize.classify.numbers import banded
from smartsandbox.anonymize.classify.recognisers import finds_personal, is_installed
from smartsandbox.anonymize.classify.shapes import holds_card, holds_email, shape_of
from smartsandbox.anonymize.classify.stats import LeafStats
from smartsandbox.anonymize.commons import is_small_number, may_be_common
from smartsandbox.anonymize.keynames import tokens_of
from smartsandbox.anonymize.leaves import BODIES, KEY, Address, Kind, Location
from smartsandbox.anonymize.lexicon import personal_names
from smartsandbox.anonymize.numerals import Numeral
from smartsandbox.anonymize.policy import Action, Decision
from smartsandbox.anonymize.retime import is_time
from smartsandbox.anonymize.vocabulary import Vocabulary
from smartsandbox.anonymize.wordlist import words

KEEP, COMMON, DROP = Decision(Action.KEEP), Decision(Action.COMMON), Decision(Action.DROP)
RETIME, FREE_TEXT = Decision(Action.RETIME), Decision(Action.FREE_TEXT)

QUASI = {
    # meaning: attribute of the policy, surrogate class where too few people are known
    "birth": ("birth_date", "date"),
    "gender": ("gender", "category"),
    "age": ("age", "number"),
    "postcode": ("postcode", "postcode"),
    "city": ("city", "city"),
    "state": ("state", "category"),
    "country": ("country", "category"),
}

_BY_SHAPE = {"uuid": "uuid", "email": "email", "iban": "iban", "card": "card", "url": "url", "path": "url", "ip": "ip"}
_BY_MEANING = {
    "secret": "token",
    "coordinate": "number",
    **{
        name: name
        for name in words("card card_ending card_prefix iban national_id first_name last_name username person phone")
    },
    **{name: name for name in ["company", "address", "user_agent", "url", "host", "ip", "id", "number", "email"]},
}
_OPAQUE_SHAPES = {"hex": "token", "opaque": "token", "prefixed": "id", "digits": "id", "file": "id"}
_MOSTLY = 0.8
_LONG = 40
_OPINIONS = 12
_VERSIONS = 5
_VERSION = re.compile(r"[A-Za-z]{0,8}[ /]?v?\d[\w.+\-]{0,20}")


def surrogate(class_name: str) -> Decision:
    """The decision for a surrogate of a class."""
    return Decision(Action.SURROGATE, class_name)


@dataclass(frozen=True, slots=True)
class Classifier:
    """Proposes decisions. `k` is the number of sessions that make a value common."""

    k: int
    vocabulary: Vocabulary

    def decide(self, address: Address, stats: LeafStats) -> Decision:
        """The proposed decision for a leaf; quasi-identifiers come back as `generalise ATTRIBUTE`."""
        if Kind.OPAQUE in stats.kinds:
            return DROP
        if Kind.TEXT in stats.kinds:
            return FREE_TEXT if address.pointer[-1:] == ("(text)",) else DROP
        fixed = _FIXED.get(address.location) or self._header(address) or _attribute(address)
        if fixed is not None:
            return fixed
        if address.location == Location.TIMING:
            return RETIME if address.pointer in (("started",), ("message",)) else KEEP
        return self._value(address, stats)

    def _header(self, address: Address) -> Decision | None:
        if address.location in (Location.REQUEST_HEADER, Location.RESPONSE_HEADER) and len(address.pointer) == 1:
            return HEADERS.get(address.pointer[0])
        return None

    def _value(self, address: Address, stats: LeafStats) -> Decision:
        values = stats.meaningful
        if address.pointer[-1:] == (KEY,):
            return self._by_shape(values) or surrogate("id")
        meaning = meaning_of(address.pointer, _resource(address))
        if stats.kinds[Kind.NUMBER] and not stats.kinds[Kind.STRING]:
            return self._number(address, meaning, list(stats.values))
        if not values:
            return self._unseen(address, meaning, stats)
        found = self._string(address, meaning, stats, values)
        return found if found not in (COMMON, KEEP) else self._second_opinion(found, values)

    def _unseen(self, address: Address, meaning: str | None, stats: LeafStats) -> Decision:
        """Only null, true, false or nothing: a name that means a person still binds later values."""
        if meaning == "id" and not _names_an_id(address):
            return COMMON
        if stats.kinds[Kind.LITERAL] and not stats.values:
            return self._named(meaning) or banded(address, ()) or COMMON
        return self._named(meaning) or surrogate("text")

    def _named(self, meaning: str | None) -> Decision | None:
        if meaning in QUASI:
            return Decision(Action.GENERALISE, QUASI[meaning][0])
        if meaning in _BY_MEANING:
            return surrogate(_BY_MEANING[meaning])
        return {"time": RETIME, "text": FREE_TEXT}.get(meaning or "")

    def _number(self, address: Address, meaning: str | None, values: list[str]) -> Decision:
        if meaning in QUASI:
            return Decision(Action.GENERALISE, QUASI[meaning][0])
        if meaning == "time":
            return RETIME if any(map(is_time, values)) else banded(address, values) or KEEP
        if meaning == "id":
            is_code = not _names_an_id(address) and all(len(value) <= 3 for value in values)
            return KEEP if is_code else surrogate("id")
        if meaning in ("amount", "text", "url", "host", "company", "address"):
            return banded(address, values) or KEEP
        if meaning in ("person", "username", "first_name", "last_name", "email"):
            return surrogate("id")
        if meaning in _BY_MEANING:
            return surrogate(_BY_MEANING[meaning])
        if all(is_time(value) for value in values):
            return RETIME
        is_id = any(len(value) >= 10 and value.isdigit() for value in values)
        return surrogate("id") if is_id else banded(address, values) or KEEP

    def _string(self, address: Address, meaning: str | None, stats: LeafStats, values: list[str]) -> Decision:
        evident = self._evident(meaning, values)
        if evident is not None:
            return evident
        if meaning == "time":
            return RETIME if any(map(is_time, values)) else COMMON
        if meaning == "text":
            return FREE_TEXT
        if meaning == "version":
            return KEEP if len(values) <= _VERSIONS and all(map(_VERSION.fullmatch, values)) else surrogate("text")
        if meaning == "code" and all(map(may_be_common, values)):
            return COMMON
        if meaning == "amount":
            return self._amount(address, stats, values)
        if meaning in ("id", "host", "url", "company") and self._mostly_public(values) and not _names_an_id(address):
            return COMMON
        if meaning in _BY_MEANING:
            return surrogate(_BY_MEANING[meaning])
        return self._unnamed(address, stats, values)

    def _amount(self, address: Address, stats: LeafStats, values: list[str]) -> Decision:
        found = banded(address, values) if all(map(Numeral.read, values)) else None
        is_small = all(is_small_number(value) for value in values)
        return found or (KEEP if is_small else self._unnamed(address, stats, values))

    def _evident(self, meaning: str | None, values: list[str]) -> Decision | None:
        """What form and check digits tell by themselves; quasi-identifiers and people's names go by their meaning."""
        if meaning in QUASI:
            return Decision(Action.GENERALISE, QUASI[meaning][0])
        if meaning != "text" and holds_email(values):
            return surrogate("email")
        if meaning in (None, "card", "id") and len(values) >= 3 and holds_card(values):
            return surrogate("card")
        return None if meaning == "version" else self._by_shape(values, strict=meaning not in (None, "time"))

    def _by_shape(self, values: list[str], strict: bool = False) -> Decision | None:
        """`strict` leaves digits alone that could be a time or a phone only by their number."""
        shape = shape_of(values)
        if shape == "time" and not (strict and all(value.isdigit() for value in values)):
            return RETIME
        if shape == "phone" and not strict:
            return surrogate("phone")
        if shape == "host" and not strict and not self._mostly_public(values):
            return surrogate("host")
        return surrogate(_BY_SHAPE[shape]) if shape in _BY_SHAPE else None

    def _unnamed(self, address: Address, stats: LeafStats, values: list[str]) -> Decision:
        """A field whose name says nothing: its values decide."""
        if all(is_small_number(value) for value in values):
            return banded(address, values) or COMMON
        if self._mostly_public(values):
            return COMMON
        if _are_names(values):
            return surrogate("person")
        shape = shape_of(values)
        if shape in _OPAQUE_SHAPES:
            return surrogate(_OPAQUE_SHAPES[shape])
        if address.location in _TOKEN_LOCATIONS:
            return surrogate("token" if address.location != Location.PATH else "id")
        if self._is_enumeration(stats, values):
            return COMMON
        return FREE_TEXT if sum(map(len, values)) > _LONG * len(values) else surrogate("text")

    def _mostly_public(self, values: list[str]) -> bool:
        return sum(map(self.vocabulary.is_public, values)) >= _MOSTLY * len(values)

    def _is_enumeration(self, stats: LeafStats, values: list[str]) -> bool:
        few = not stats.overflowed and len(values) <= 20 and stats.count >= 4 * len(values)
        return few and len(stats.sessions) >= self.k and all(map(may_be_common, values))

    def _second_opinion(self, decision: Decision, values: list[str]) -> Decision:
        doubtful = [value for value in values if not self.vocabulary.is_public(value) and not is_small_number(value)]
        if doubtful and is_installed() and finds_personal(doubtful[:_OPINIONS]):
            return surrogate("text")
        return decision


_FIXED: dict[str, Decision] = {
    Location.METHOD: KEEP,
    Location.SCHEME: KEEP,
    Location.HOST: surrogate("host"),
    Location.REASON: COMMON,
    Location.SESSION: surrogate("token"),
}
_TOKEN_LOCATIONS = (Location.REQUEST_COOKIE, Location.RESPONSE_COOKIE, Location.PATH, Location.REQUEST_HEADER,
                    Location.RESPONSE_HEADER)  # fmt: skip
_ID_WORDS = frozenset(["id", "ids", "uuid", "guid", "uid", "sid", "serial", "cursor", "token", "sub", "jti", "session"])


def _attribute(address: Address) -> Decision | None:
    """Attributes of cookies, and the header of a token apart from its key's id."""
    if address.location == Location.RESPONSE_COOKIE and len(address.pointer) == 2:
        return {"expires": RETIME, "domain": surrogate("host"), "path": surrogate("url")}.get(address.pointer[1])
    if address.pointer[-1:] in (("(comment)",), ("(declaration)",)):
        return DROP
    if address.pointer and address.pointer[-1].startswith("@xmlns"):
        return KEEP
    if address.pointer[-3:-1] == ("(jwt)", "header") and address.pointer[-1] in ("alg", "typ", "cty"):
        return KEEP
    return surrogate("token") if address.pointer[-2:] == ("(jwt)", "signature") else None


def _names_an_id(address: Address) -> bool:
    named = [token for token in address.pointer if token != "*" and not token.startswith(("(", "{"))]
    return bool(named) and bool(_ID_WORDS & set(tokens_of(named[-1])))


def _are_names(values: list[str]) -> bool:
    """True if most values are one to four words of which one is a known personal name."""
    return sum(map(_is_name, values)) >= 0.5 * len(values)


def _is_name(value: str) -> bool:
    words = value.replace(",", " ").replace(".", " ").split()
    capitalised = all(word[:1].isupper() for word in words)
    return 1 <= len(words) <= 4 and capitalised and any(word.lower() in personal_names() for word in words)


def _resource(address: Address) -> str:
    """The last literal of the endpoint's path, but for what is said of an error."""
    if address.pointer[:1] in (("error",), ("errors",)) or address.location not in BODIES:
        return ""
    literals = [part for part in address.endpoint.partition(" ")[2].split("/") if part and not part.startswith("{")]
    return literals[-1] if literals else ""
