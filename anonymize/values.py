"""The sensitive values of a run: gathered in the first pass, each under the strongest class it was seen with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from smartsandbox.anonymize.retime import is_time
from smartsandbox.anonymize.substitute import is_plain_number
from smartsandbox.anonymize.surrogates import CLASSES
from smartsandbox.anonymize.surrogates.base import fold
from smartsandbox.anonymize.surrogates.hosts import PUBLIC_HOSTS
from smartsandbox.anonymize.vocabulary import Vocabulary
from smartsandbox.anonymize.wordlist import words

TRIVIAL = frozenset(("", "true", "false", "null", "none", "n/a", "na", "-", "--", "0", "*", "undefined", "nan"))
"""Stand for no value at all in some API; they are never replaced."""

_REDACTED = re.compile(r"[<\[({*#]*\s*(?:redacted|filtered|masked|scrubbed|removed|hidden)\s*[>\])}*#]*|[*x#.•]{2,}")

MAX_NEEDLE = 4096
"""Characters; of a longer value only its parts are searched for."""

_PREFIX = re.compile(r"(?:[A-Za-z]{1,12}[_\-]){1,3}(?=[A-Za-z0-9])")
_ENOUGH = 3
_SHORTEST = {"first_name": 3, "last_name": 3, "city": 4, "text": 6, "company": 5, "address": 6}
IDENTIFYING = frozenset(("email", "phone", "card", "iban", "national_id", "uuid"))
_PLAIN_DIGITS, _DECIMAL_DIGITS = 5, 9
_OPAQUE = 12
KNOWN_PREFIXES = frozenset(
    words(
        "acct_ ba_ card_ ch_ cs_ cus_ dp_ du_ evt_ fee_ in_ ii_ pi_ pk_ pk_test_ pm_ po_ prod_ price_ py_ re_ req_ "
        "rk_test_ seti_ si_ sk_ sk_test_ src_ sub_ tok_ tr_ txn_ txr_ we_ wh_ whsec_ ord_ usr_ user_ org_ pay_ adr_ "
        "shp_ trk_ rate_ W/"
    )
)


def is_opaque(folded: str) -> bool:
    """True for a long mixture of letters and digits, such as a customer's id, which is no word by any chance."""
    digits = sum(map(str.isdigit, folded))
    return len(folded) >= _OPAQUE and digits >= 2 and any(map(str.isalpha, folded)) and " " not in folded


def is_trivial(folded: str) -> bool:
    """True for what stands for no value, and for the marks that a recorder's own redaction leaves."""
    return folded in TRIVIAL or _REDACTED.fullmatch(folded) is not None


@dataclass(slots=True)
class Values:
    """Class by folded value, one spelling of each, and how many ids share a prefix."""

    classes: dict[str, str] = field(default_factory=dict)
    spelling: dict[str, str] = field(default_factory=dict)
    _prefixes: dict[str, set[str]] = field(default_factory=dict)
    _seen: set[tuple[str, str]] = field(default_factory=set)

    def note(self, value: str, class_name: str) -> None:
        """Take up a value and what identifies inside it."""
        if (value, class_name) in self._seen:
            return
        self._seen.add((value, class_name))
        if is_trivial(fold(value)):
            return
        class_name = CLASSES[class_name].narrow(value)
        kind = CLASSES[class_name]
        if kind.joins:
            self._class(fold(value), value, class_name)
            self._class(fold(kind.canonical(value)), kind.canonical(value), class_name)
            if kind.domain == "opaque":
                self._prefix(value)
        for part_class, part in kind.parts(value):
            self.note(part, part_class)

    def _class(self, folded: str, value: str, class_name: str) -> None:
        old = self.classes.get(folded)
        if old is None or CLASSES[class_name].strength > CLASSES[old].strength:
            self.classes[folded] = class_name
        if value < self.spelling.get(folded, "\U0010ffff"):
            self.spelling[folded] = value

    def _prefix(self, value: str) -> None:
        match = _PREFIX.match(value)
        if match:
            members = self._prefixes.setdefault(match[0], set())
            if len(members) < _ENOUGH:
                members.add(value)

    def is_prefix(self, prefix: str, vocabulary: Vocabulary) -> bool:
        """True for a well-known kind of id, and for public words that several different ids begin with."""
        if prefix in KNOWN_PREFIXES:
            return True
        is_frequent = len(self._prefixes.get(prefix, ())) >= _ENOUGH
        return is_frequent and vocabulary.is_public(prefix) and fold(prefix.strip("_-")) not in self.classes

    def needles(self, vocabulary: Vocabulary) -> Iterator[tuple[str, str]]:
        """(folded value, class) of what is searched for in texts; common words and short values are not."""
        for folded, class_name in self.classes.items():
            if len(folded) <= MAX_NEEDLE and _is_needle(folded, self.spelling[folded], class_name, vocabulary):
                yield folded, class_name


def _is_needle(folded: str, spelled: str, class_name: str, vocabulary: Vocabulary) -> bool:
    if folded in PUBLIC_HOSTS or is_trivial(folded) or not any(map(str.isalnum, folded)):
        return False
    if is_plain_number(folded) and len(folded) < (_PLAIN_DIGITS if folded.isdigit() else _DECIMAL_DIGITS):
        return False
    if len(folded) < _SHORTEST.get(class_name, 4):
        return False
    if not folded.isdigit() and is_time(spelled):
        return False
    if class_name in IDENTIFYING or (class_name == "person" and " " in folded):
        return True
    return not vocabulary.is_public(spelled)
