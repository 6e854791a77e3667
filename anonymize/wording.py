"""Free texts and common values: which wording may be published, decided once for the whole run, many at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from smartsandbox.anonymize.amounts import AMOUNT, Amounts
from smartsandbox.anonymize.commons import is_held_by_enough, is_small_number
from smartsandbox.anonymize.digests import text_key
from smartsandbox.anonymize.holders import Holders
from smartsandbox.anonymize.pages import pages
from smartsandbox.anonymize.spilled import Scratch, SpilledDict
from smartsandbox.anonymize.surrogates.book import Book
from smartsandbox.anonymize.surrogates.texts import MAX_TEXT

_CHUNK = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(rf"{AMOUNT.pattern}|\d{{4,}}")
_PLAIN_NUMBER = re.compile(r"(?:19|20)\d\d|[1-9]0{3,}")
_VALUE = "\x00"
_WORDED, _NONE = "=", ""


def may_publish(value: str, holders: int, book_is_public: bool, k: int) -> bool:
    """The rule for `common`: public words, a small number, or a constant that k people hold."""
    return book_is_public or is_small_number(value) or is_held_by_enough(value, holders, k)


@dataclass(frozen=True, slots=True)
class Wording:
    """Rewrites texts. `shared` are the templates that at least k people sent."""

    book: Book
    amounts: Amounts
    shared: frozenset[str]

    def worded(self, values: Sequence[str]) -> list[str | None]:
        """Texts with known values replaced, each None if its wording may not be published."""
        self.book.foresee(value for value in values if len(value) <= MAX_TEXT)
        drafts = list(map(self._draft, values))
        self.book.foresee(draft for draft in drafts if draft is not None)
        return [None if draft is None or self.book.substitute(draft) != draft else draft for draft in drafts]

    def _draft(self, value: str) -> str | None:
        """The text with known values replaced, which may hold a value by chance; None for a wording of its own."""
        if len(value) > MAX_TEXT:
            return None
        template, rewritten = template_of(value, self.book, self.amounts)
        return rewritten if template in self.shared or self._is_plain(template) else None

    def _is_plain(self, template: str) -> bool:
        return all(self.book.is_public(word) for word in _CHUNK.findall(template))


def wording_of(value: str, book: Book, amounts: Amounts) -> str:
    """The template alone: what stands in the place of the values is not worked out."""
    template: list[str] = []
    at = 0
    for start, end in book.spans(value):
        template += (_without_numbers(value[at:start], amounts), _VALUE)
        at = end
    return "".join((*template, _without_numbers(value[at:], amounts)))


def _without_numbers(text: str, amounts: Amounts) -> str:
    return _NUMBER.sub(lambda match: _VALUE if match[0].isdigit() or amounts.of(match[0]) else match[0], text)


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


def shared_templates(texts: Holders, book: Book, amounts: Amounts, k: int, scratch: Scratch) -> frozenset[str]:
    """Templates that at least k people sent between them."""
    templates = Holders(scratch, k)
    for page in pages(texts.in_order()):
        book.foresee(value for value, _ in page if len(value) <= MAX_TEXT)
        for value, people in page:
            if len(value) <= MAX_TEXT:
                templates.add(wording_of(value, book, amounts), people)
    shared = frozenset(template for template, people in templates.in_order() if len(people) >= k)
    templates.drop()
    return shared


@dataclass(frozen=True, slots=True)
class Wordings:
    """What became of the texts of a run: `made` has for each that was collected a mark and its wording, or nothing."""

    book: Book
    made: SpilledDict

    @staticmethod
    def settled(wording: Wording, texts: Holders, scratch: Scratch) -> Wordings:
        """Word all texts now."""
        made = scratch.dictionary()
        for page in pages(value for value, _ in texts.in_order()):
            for value, worded in zip(page, wording.worded(page), strict=True):
                made[value] = _NONE if worded is None else _WORDED + worded
        return Wordings(wording.book, made)

    def text(self, value: str) -> tuple[str, bool]:
        """The text with known values replaced and True, or a neutral one of its length and False."""
        made = self.made.get(text_key(value))
        return (made[1:], True) if made else (self.book.of(value, "text"), False)
