"""The person of an erasure request: their identifiers, and whether a value or a text holds one of them.

A long identifier is looked for inside texts too, through percent, HTML and JSON escapes and, where it has many digits,
through any punctuation. A short one, such as a customer's number 4711, would be found in prices and dates, so it counts
only where it is the whole value of a leaf that the policy takes for a value of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from unicodedata import normalize

from smartsandbox.anonymize.escapes import unescaped
from smartsandbox.anonymize.substitute import Finder, is_plain_number
from smartsandbox.anonymize.surrogates import CLASSES
from smartsandbox.anonymize.surrogates.base import fold
from smartsandbox.packs.errors import UsageError

SHORTEST = 3
_IDENTITIES = ("email", "phone", "card", "iban", "national_id", "uuid")
_TELLING, _TELLING_DIGITS = 6, 9
_SQUEEZED_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Person:
    """Who is to be erased. None of these values is ever printed or written."""

    folded: frozenset[str]
    """The identifiers as `fold` gives them."""
    canonical: frozenset[tuple[str, str]]
    """(domain, canonical form) of the identifiers under every class that they can be of."""
    telling: frozenset[str]
    """Those that are looked for inside texts."""
    squeezed: frozenset[str]
    """Letters and digits alone of those with many digits."""
    finder: Finder

    @staticmethod
    def of(identifiers: Iterable[str]) -> Person:
        """From identifiers as given, in any spelling."""
        given = [one for one in identifiers if fold(one)]
        folded = frozenset(map(fold, given))
        canonical = frozenset(pair for one in given for pair in _canonical(one))
        spellings = folded | {fold(value) for _, value in canonical}
        telling = frozenset(filter(_is_telling, spellings))
        squeezed = frozenset(squeeze(one) for one in spellings if sum(map(str.isdigit, one)) >= _SQUEEZED_DIGITS)
        return Person(folded, canonical, telling, squeezed, Finder(telling))

    def is_value(self, value: str, class_name: str) -> bool:
        """True if a whole value is one of the identifiers; `class_name` is the surrogate class of its leaf, or ""."""
        if fold(value) in self.folded:
            return True
        if not class_name:
            return False
        kind = CLASSES[CLASSES[class_name].narrow(value)]
        return (kind.domain, kind.canonical(value)) in self.canonical

    def stands_in(self, text: str) -> bool:
        """True if an identifier stands in a text, escaped or not."""
        if self._found(text):
            return True
        return any(self._found(plain) for plain, _ in unescaped(text))

    def stands_in_document(self, text: str) -> bool:
        """The same for the text of a whole file, where digits of different values must not be taken together."""
        composed = normalize("NFC", text)
        return bool(self.finder.find(composed)) or any(self.finder.find(plain) for plain, _ in unescaped(composed))

    def _found(self, text: str) -> bool:
        return bool(self.finder.find(normalize("NFC", text))) or self._is_squeezed_in(text)

    def _is_squeezed_in(self, text: str) -> bool:
        if not self.squeezed or sum(map(str.isdigit, text)) < _SQUEEZED_DIGITS:
            return False
        bare = squeeze(text)
        return any(one in bare for one in self.squeezed)

    @property
    def short(self) -> int:
        """How many identifiers are too short to be looked for inside texts."""
        return len(self.folded - self.telling)


def _canonical(identifier: str) -> Iterable[tuple[str, str]]:
    for name in _IDENTITIES:
        kind = CLASSES[name]
        if kind.narrow(identifier) == name:
            yield kind.domain, kind.canonical(identifier)


def _is_telling(folded: str) -> bool:
    return len(folded) >= (_TELLING_DIGITS if is_plain_number(folded) else _TELLING)


def squeeze(text: str) -> str:
    """Letters and digits alone, folded: "+44 (7700) 900-123" and "447700900123" are the same."""
    return "".join(char for char in fold(text) if char.isalnum())


def read_identifiers(text: str, place: str) -> tuple[str, ...]:
    """One identifier a line; empty lines and lines that begin with "#" are passed over.

    Raises UsageError, which names the line and never quotes it.
    """
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        identifier = line.strip()
        if not identifier or identifier.startswith("#"):
            continue
        if len(identifier) < SHORTEST:
            raise UsageError(f"{place} line {number}: an identifier has at least {SHORTEST} characters")
        found.append(identifier)
    if not found:
        raise UsageError(
            f"{place} holds no identifier: give the person's, one a line (e-mail, customer id, phone, ...)"
        )
    return tuple(found)
