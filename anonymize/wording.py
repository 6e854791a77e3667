"""Free texts and common values: which wording may be published, decided once for the whole run."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Set
from dataclasses import dataclass

from smartsandbox.anonymize.commons import is_held_by_enough, is_small_number
from smartsandbox.anonymize.surrogates.book import Book
from smartsandbox.anonymize.surrogates.texts import MAX_TEXT

_CHUNK = re.compile(r"[^\W\d_]+")
_LONG_DIGITS = re.compile(r"\d{4,}")
_PLAIN_NUMBER = re.compile(r"(?:19|20)\d\d|[1-9]0{3,}")
_VALUE = "\x00"


def may_publish(value: str, holders: Set[str], book_is_public: bool, k: int) -> bool:
    """The rule for `common`: public words, a small number, or a constant that k sessions hold."""
    return book_is_public or is_small_number(value) or is_held_by_enough(value, holders, k)


@dataclass(frozen=True, slots=True)
class Wording:
    """Rewrites texts. `shared` are the templates that at least k sessions sent."""

    book: Book
    shared: frozenset[str]

    def text(self, value: str) -> tuple[str, bool]:
        """The text with known values replaced and True, or a neutral one of its length and False."""
        template, rewritten = template_of(value, self.book)
        worded = len(value) <= MAX_TEXT and (template in self.shared or self._is_plain(template))
        if worded and self.book.substitute(rewritten) == rewritten:
            return rewritten, True
        return self.book.of(value, "text"), False

    def _is_plain(self, template: str) -> bool:
        return all(self.book.is_public(word) for word in _CHUNK.findall(template))


def template_of(value: str, book: Book) -> tuple[str, str]:
    """The wording with values and long numbers cut out, and the text with both replaced."""
    template, rewritten = [], []
    for part, replaced in book.pieces(value):
        template.append(_VALUE if replaced else _LONG_DIGITS.sub(_VALUE, part))
        rewritten.append(part if replaced else _LONG_DIGITS.sub(lambda match: _number(match[0], book), part))
    return "".join(template), "".join(rewritten)


def _number(digits: str, book: Book) -> str:
    """The ending of a known card keeps with the card; years and round numbers say nothing; others are drawn anew."""
    ending = book.ending(digits)
    if ending is not None:
        return ending
    return digits if _PLAIN_NUMBER.fullmatch(digits) else book.of(digits, "number")


def shared_templates(texts: Mapping[str, Set[str]], book: Book, k: int) -> frozenset[str]:
    """Templates that at least k sessions sent between them."""
    holders: dict[str, set[str]] = defaultdict(set)
    for value, sessions in texts.items():
        if len(value) <= MAX_TEXT:
            holders[template_of(value, book)[0]] |= sessions
    return frozenset(template for template, sessions in holders.items() if len(sessions) >= k)
