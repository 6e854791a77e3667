"""The sensitive values of a run: gathered in the first pass, each under the strongest class it was seen with."""

from __future__ import annotations

import re
from collections.abc import Iterator

from smartsandbox.anonymize.digests import MAX_TEXT_KEY, text_key
from smartsandbox.anonymize.holders import Holders, holder
from smartsandbox.anonymize.memo import LONGEST, Memo
from smartsandbox.anonymize.spilled import Scratch
from smartsandbox.anonymize.spots import SHORTEST, Spots
from smartsandbox.anonymize.surrogates import CLASSES
from smartsandbox.anonymize.surrogates.base import fold
from smartsandbox.anonymize.vocabulary import Vocabulary
from smartsandbox.anonymize.wordlist import words

TRIVIAL = frozenset(("", "true", "false", "null", "none", "n/a", "na", "-", "--", "0", "*", "undefined", "nan"))
"""Stand for no value at all in some API; they are never replaced."""

_REDACTED = re.compile(r"[<\[({*#]*\s*(?:redacted|filtered|masked|scrubbed|removed|hidden)\s*[>\])}*#]*|[*x#.•]{2,}")
_MARKS = frozenset("<[({*#x.•rfmsh")
"""What such a mark begins with."""

_PREFIX = re.compile(r"(?:[A-Za-z]{1,12}[_\-]){1,3}(?=[A-Za-z0-9])")
_ENOUGH = 3
_AND = "\x00"
KNOWN_PREFIXES = frozenset(
    words(
        "acct_ ba_ card_ ch_ cs_ cus_ dp_ du_ evt_ fee_ in_ ii_ pi_ pk_ pk_test_ pm_ po_ prod_ price_ py_ re_ req_ "
        "rk_test_ seti_ si_ sk_ sk_test_ src_ sub_ tok_ tr_ txn_ txr_ we_ wh_ whsec_ ord_ usr_ user_ org_ pay_ adr_ "
        "shp_ trk_ rate_ W/"
    )
)


def is_trivial(folded: str) -> bool:
    """True for what stands for no value, and for the marks that a recorder's own redaction leaves."""
    return folded in TRIVIAL or (folded[0] in _MARKS and _REDACTED.fullmatch(folded) is not None)


class Values:
    """Class by folded value, one spelling of each, and how many ids share a prefix. They may outgrow memory.

    Of a value longer than MAX_TEXT_KEY only the class is kept, and only its parts are searched for in texts.
    """

    def __init__(self, scratch: Scratch | None = None) -> None:
        self.scratch = scratch or Scratch()
        self.spots = Spots()
        self._known = self.scratch.dictionary()
        """Text key of the folded value to class and spelling."""
        self._prefixes = Holders(self.scratch, _ENOUGH)
        self._seen: Memo[tuple[str, str], bool] = Memo()
        self.classes: set[str] = set()
        """All that any value was seen under."""

    def release(self) -> None:
        """Give back the memory of what lies on disk and of what was noted lately."""
        self._seen.clear()
        self.scratch.release()

    def note(self, value: str, class_name: str) -> None:
        """Take up a value and what identifies inside it."""
        if (value, class_name) in self._seen:
            return
        if len(value) <= LONGEST:
            self._seen.keep((value, class_name), True)
        folded = fold(value)
        if is_trivial(folded):
            return
        class_name = CLASSES[class_name].narrow(value)
        kind = CLASSES[class_name]
        if kind.joins:
            self._class(folded, value, class_name)
            canonical = kind.canonical(value)
            if canonical != value:
                self._class(fold(canonical), canonical, class_name)
            if kind.domain == "opaque":
                self._prefix(value)
        for part_class, part in kind.parts(value):
            self.note(part, part_class)

    def _class(self, folded: str, value: str, class_name: str) -> None:
        key = text_key(folded)
        known = self._known.get(key)
        self.classes.add(class_name)
        if known is None:
            if len(folded) <= MAX_TEXT_KEY:
                self.spots.add(folded)
            self._known[key] = _packed(class_name, "" if len(folded) > MAX_TEXT_KEY else value)
            return
        old, spelled = _unpacked(known)
        stronger = class_name if CLASSES[class_name].strength > CLASSES[old].strength else old
        entry = _packed(stronger, "" if len(folded) > MAX_TEXT_KEY else min(value, spelled))
        if entry != known:
            self._known[key] = entry

    def _prefix(self, value: str) -> None:
        match = _PREFIX.match(value)
        if match and not self._prefixes.is_full(match[0]):
            self._prefixes.add(match[0], (holder(value),))

    def is_prefix(self, prefix: str, vocabulary: Vocabulary) -> bool:
        """True for a well-known kind of id, and for public words that several different ids begin with."""
        if prefix in KNOWN_PREFIXES:
            return True
        is_frequent = self._prefixes.count(prefix) >= _ENOUGH
        return is_frequent and vocabulary.is_public(prefix) and self.class_of(fold(prefix.strip("_-"))) is None

    def class_of(self, folded: str) -> str | None:
        """The strongest class that a folded value was seen under, or None."""
        if SHORTEST <= len(folded) <= MAX_TEXT_KEY and not self.spots.may_hold(folded):
            return None
        known = self._known.get(text_key(folded))
        return None if known is None else _unpacked(known)[0]

    def spelling_of(self, folded: str) -> str | None:
        """The first spelling of a folded value in the order of text; None if it is unknown or too long to be kept."""
        known = self._known.get(text_key(folded))
        return (_unpacked(known)[1] or None) if known is not None else None

    def in_order(self) -> Iterator[tuple[str, str, str]]:
        """Folded value, class and spelling, shorter values first; without those too long to be kept."""
        for folded, known in self._known.in_order():
            class_name, spelled = _unpacked(known)
            if spelled:
                yield folded, class_name, spelled


def _packed(class_name: str, spelled: str) -> str:
    return f"{class_name}{_AND}{spelled}"


def _unpacked(known: str) -> tuple[str, str]:
    class_name, _, spelled = known.partition(_AND)
    return class_name, spelled
