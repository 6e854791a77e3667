"""Free texts and common values: which wording may be published, decided once for the whole run."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass

from smartsandbox.anonymize.amounts import AMOUNT, Amounts
from smartsandbox.anonymize.commons import is_held_by_enough, is_small_number
from smartsandbox.anonymize.surrogates.book import Book
from smartsandbox.anonymize.surrogates.texts import MAX_TEXT

_CHUNK = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(rf"{AMOUNT.pattern}|\d{{4,}}")
_PLAIN_NUMBER = re.compile(r"(?:19|20)\d\d|[1-9]0{3,}")
_VALUE = "\x00"


def may_publish(value: str, holders: Set[str], book_is_public: bool, k: int) -> bool:
    """The rule for `common`: public words, a small number, or a constant that k sessions hold."""
    return book_is_public or is_small_number(value) or is_held_by_enough(value, holders, k)


@dataclass(frozen=True, slots=True)
class Wording:
    """Rewrites texts. `shared` are the templates that at least k sessions sent."""

    book: Book
    amounts: Amounts
    shared: frozenset[str]

    def text(self, value: str) -> tuple[str, bool]:
        """The text with known values replaced and True, or a neutral one of its length and False."""
        template, rewritten = template_of(value, self.book, self.amounts)
        worded = len(value) <= MAX_TEXT and (template in self.shared or self._is_plain(template))
        if worded and self.book.substitute(rewritten) == rewritten:
            return rewritten, True
        return self.book.of(value, "text"), False

    def _is_plain(self, template: str) -> bool:
        return all(self.book.is_public(word) for word in _CHUNK.findall(template))


def template_of(value: str, book: Book, amounts: Amounts) -> tuple[str, str]:
    """The wording with values, amounts and long numbers cut out, and the text with all of them replaced."""
    template, rewritten = [], []
    for part, replaced in book.pieces(value):
        for piece, made in [(part, part)] if replaced else _numbers(part, book, amounts):
            template.append(_VALUE if replaced or made is not None else piece)
            rewritten.append(piece if made is None else made)
    return "".join(template), "".join(rewritten)


def _numbers(text: str, book: Book, amounts: Amounts) -> Iterator[tuple[str, str | None]]:
    """The text in pieces, each with what stands in its place if it is a number that may tell something."""
    at = 0
    for match in _NUMBER.finditer(text):
        made = amounts.of(match[0]) if AMOUNT.fullmatch(match[0]) else None
        if made is None and match[0].isdigit():
            made = _number(match[0], book)
        if made is not None:
            yield text[at : match.start()], None
            yield match[0], made
            at = match.end()
    yield text[at:], None


def _number(digits: str, book: Book) -> str:
    """The ending of a known card keeps with the card; years and round numbers say nothing; others are drawn anew."""
    ending = book.ending(digits)
    if ending is not None:
        return ending
    return digits if _PLAIN_NUMBER.fullmatch(digits) else book.of(digits, "number")


def shared_templates(texts: Mapping[str, Set[str]], book: Book, amounts: Amounts, k: int) -> frozenset[str]:
    """Templates that at least k sessions sent between them."""
    holders: dict[str, set[str]] = defaultdict(set)
    for value, sessions in texts.items():
        if len(value) <= MAX_TEXT:
            holders[template_of(value, book, amounts)[0]] |= sessions
    return frozenset(template for template, sessions in holders.items() if len(sessions) >= k)
