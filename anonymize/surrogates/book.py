"""The book of one run: the surrogate of every value, decided once and the same wherever the value stands.

Surrogates are a function of run key, domain and canonical value. A candidate that was given out before, that equals a
value of the capture or contains one is passed over, so no surrogate ever says something true by accident.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from smartsandbox.anonymize.escapes import unescaped
from smartsandbox.anonymize.keys import RunKey
from smartsandbox.anonymize.memo import LONGEST, Memo
from smartsandbox.anonymize.needles import Needles
from smartsandbox.anonymize.pages import pages
from smartsandbox.anonymize.surrogates import CLASSES
from smartsandbox.anonymize.surrogates.base import SurrogateClass, fold
from smartsandbox.anonymize.surrogates.draw import Draw
from smartsandbox.anonymize.surrogates.made import Made, place_of
from smartsandbox.anonymize.surrogates.shape import Shape
from smartsandbox.anonymize.surrogates.taken import Taken
from smartsandbox.anonymize.values import Values, is_trivial
from smartsandbox.anonymize.vocabulary import Vocabulary
from smartsandbox.packs.errors import NotSafeError

_ATTEMPTS = 600
_SHARED_ATTEMPTS = 8
"""For a class whose surrogates are shared: of short numbers all may be values of the capture, which says nothing."""
_EMBEDDED_IN = 12
_EMBEDDED = 6


class Book:
    """Gives surrogates. Build it when the first pass is over; `settle` makes it independent of the order of asking."""

    def __init__(self, key: RunKey, values: Values, vocabulary: Vocabulary) -> None:
        self._key, self._values, self._vocabulary = key, values, vocabulary
        self.needles = Needles(values, vocabulary)
        self._finder = self.needles.finder
        self._made = values.scratch.dictionary()
        """Domain and canonical value to surrogate."""
        self._busy: set[str] = set()
        """Being made; a value that is a part of itself under another class is opaque there."""
        self._taken = Taken()
        """By domain and folded surrogate."""
        self._by_value: Memo[tuple[str, str], str] = Memo()
        self._texts: Memo[str, str] = Memo()
        self._drafts: dict[str, str] = {}
        """First candidates that hold no value of the capture, by the place of what they may stand for."""
        self._apart: set[str] = set()
        """Values that hold no other."""
        self._cards: dict[str, str] | None = None

    def settle(self) -> None:
        """Make every surrogate now, shorter values first, so that collisions fall the same way in every run."""
        for page in pages(self._values.in_order()):
            self._draft(page)
            for folded, class_name, spelled in page:
                kind = CLASSES[CLASSES[class_name].narrow(spelled)]
                if is_trivial(folded) or self._has_shape(kind, spelled):
                    continue
                if kind.joins:
                    kind = CLASSES[class_name]
                self._make(kind, kind.canonical(spelled))
        self._drafts, self._apart = {}, set()

    def _draft(self, page: list[tuple[str, str, str]]) -> None:
        """Draw the first candidates of shapes that hold no other value, and keep those that hold none either."""
        shapes = [
            (kind, kind.canonical(spelled)) for _, name, spelled in page if isinstance(kind := CLASSES[name], Shape)
        ]
        self._apart = self.needles.free(canonical for _, canonical in shapes)
        drafts = {
            place_of(kind.domain, canonical): kind.make(canonical, Draw(self._key, kind.domain, canonical), self)
            for kind, canonical in shapes
            if kind.unique and canonical in self._apart
        }
        free = self.needles.free(drafts.values())
        self._drafts = {
            place: candidate
            for place, candidate in drafts.items()
            if candidate in free and self._values.class_of(fold(candidate)) is None
        }

    def _has_shape(self, kind: SurrogateClass, value: str) -> bool:
        return isinstance(kind, Shape) and place_of(kind.domain, kind.canonical(value)) in self._made

    def drop(self) -> None:
        """Forget every surrogate, so that the book takes no more room."""
        self._made.drop()
        self._taken = Taken()

    def release(self) -> None:
        """Keep no answers at hand: their memory is needed elsewhere."""
        for memo in (self._by_value, self._texts):
            memo.clear()
        self.needles.release()

    def of(self, value: str, class_name: str) -> str:
        """The surrogate of a value. A value seen under a stronger class anywhere takes its surrogate from that one.

        What a shape has in its domain was made when no stronger class of another domain was known, so it is looked up
        before the class is.
        """
        known = self._by_value.get((value, class_name))
        if known is not None:
            return known
        folded = fold(value)
        if is_trivial(folded):
            return value
        kind = CLASSES[CLASSES[class_name].narrow(value)]
        at_hand = None
        if isinstance(kind, Shape) and kind.unique:
            at_hand = self._made.get(place_of(kind.domain, kind.canonical(value)))
        if at_hand is None:
            if kind.joins:
                kind = CLASSES[self._values.class_of(folded) or kind.name]
            at_hand = self._make(kind, kind.canonical(value))
        made = kind.dress(at_hand, value)
        return made if len(value) > LONGEST else self._by_value.keep((value, class_name), made)

    def _make(self, kind: SurrogateClass, canonical: str) -> str:
        if not kind.unique:
            return self._drawn(kind, canonical)
        place = place_of(kind.domain, canonical)
        if place in self._busy:
            kind = CLASSES["token"]
        made = self._made.get(place)
        if made is None:
            self._busy.add(place)
            made = self._made[place] = self._mint(kind, canonical)
            self._busy.discard(place)
        return made

    def _mint(self, kind: SurrogateClass, canonical: str) -> str:
        draft = self._drafts.get(place_of(kind.domain, canonical))
        if draft is not None and draft != canonical and self._taken.take(place_of(kind.domain, fold(draft))):
            return draft
        for attempt in range(_ATTEMPTS):
            candidate = kind.make(canonical, Draw(self._key, kind.domain, canonical, attempt), self)
            folded = fold(candidate)
            if candidate == canonical and self._is_left(kind, canonical):
                return candidate
            place = place_of(kind.domain, folded)
            if not self._is_of_the_capture(folded, candidate) and self._taken.take(place):
                return candidate
        raise NotSafeError(f"no free surrogate of class {kind.name} is left: choose another class for its leaves")

    def _drawn(self, kind: SurrogateClass, canonical: str) -> str:
        """One that others may share, such as a number or a date; drawn again where it is a value of the capture."""
        candidate = canonical
        for attempt in range(_SHARED_ATTEMPTS):
            candidate = kind.make(canonical, Draw(self._key, kind.domain, canonical, attempt), self)
            if not self._is_of_the_capture(fold(candidate), candidate):
                break
        return candidate

    def _is_of_the_capture(self, folded: str, candidate: str) -> bool:
        return self._values.class_of(folded) is not None or bool(self._finder.find(candidate))

    def _is_left(self, kind: SurrogateClass, canonical: str) -> bool:
        """Loopback and example hosts, and texts without a letter or digit, are their own surrogates."""
        return kind.name in ("host", "ip") or not any(char.isalnum() for char in canonical)

    @property
    def made(self) -> Made:
        """(domain, canonical value) to surrogate, as far as asked for."""
        return Made(self._made)

    def standing_in(self, texts: Iterable[str]) -> frozenset[str]:
        """The sensitive values that stand in any of the texts, folded."""
        return frozenset(value for text in texts for value in self._finder.standing_in(text))

    def is_own_surrogate(self, value: str, class_name: str) -> bool:
        """True for values of a class that stay as they are, such as a loopback address."""
        return self._is_left(CLASSES[class_name], value) and self.of(value, class_name) == value

    def knows(self, value: str) -> str | None:
        """The class that a value was seen under in this run, or None."""
        return self._values.class_of(fold(value))

    def is_public(self, value: str) -> bool:
        """True if the value is made of words that say nothing about a person."""
        return self._vocabulary.is_public(value)

    def is_prefix(self, prefix: str) -> bool:
        """True if the prefix marks a kind of id."""
        return self._values.is_prefix(prefix, self._vocabulary)

    def substitute(self, text: str) -> str:
        """The text with every known sensitive value inside it replaced by its surrogate."""
        found = self._texts.get(text)
        if found is None:
            found = self._substituted(text)
            if len(text) <= LONGEST:
                self._texts.keep(text, found)
        return found

    def _substituted(self, text: str) -> str:
        """Also what stands in percent, HTML or JSON escapes; such a text is escaped anew."""
        spans = self._finder.find(text)
        found = self._replaced(text, spans) if spans else text
        for plain, escape in unescaped(found):
            spans = self._finder.find(plain)
            if spans:
                return escape(self._replaced(plain, spans))
        return found

    def _replaced(self, text: str, spans: list[tuple[int, int]]) -> str:
        return "".join(part for part, _ in self._cut(text, spans))

    def foresee(self, texts: Iterable[str]) -> None:
        """Look through texts that will be asked about soon, all at once."""
        self.needles.foresee(texts)

    def pieces(self, text: str) -> list[tuple[str, bool]]:
        """The text in pieces, known values already replaced and marked True."""
        return list(self._cut(text, self.spans(text)))

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Start and end of the known values in a text, in their order."""
        return self._finder.find(text)

    def _cut(self, text: str, spans: list[tuple[int, int]]) -> Iterator[tuple[str, bool]]:
        at = 0
        for start, end in spans:
            yield text[at:start], False
            yield self._known(text[start:end]), True
            at = end
        yield text[at:], False

    def _known(self, value: str) -> str:
        """The surrogate of a value found in a text, by the spelling it was noted with if only the case differs."""
        folded = fold(value)
        class_name = self.needles[folded]
        if CLASSES[class_name].domain == "opaque" and class_name != "uuid":
            spelled = self._values.spelling_of(folded) or value
            made = self.of(spelled, class_name)
            return (
                made
                if spelled == value
                else made.lower()
                if value.islower()
                else made.upper()
                if value.isupper()
                else made
            )
        return self.of(value, class_name)

    def embedded(self, value: str) -> list[tuple[int, int, str]]:
        """Start, end and surrogate of shorter known values inside a value."""
        if len(value) < _EMBEDDED_IN or value in self._apart:
            return []
        spans = [span for span in self._finder.find_inside(value) if span[1] - span[0] >= _EMBEDDED]
        return [(start, end, self._known(value[start:end])) for start, end in spans]

    def ending(self, digits: str) -> str | None:
        """The surrogate ending of a card whose number ends so, if one was seen."""
        if self._cards is None:
            self._cards = _cards_by_ending(self._values)
        card = self._cards.get(digits)
        return None if card is None else self.of("".join(filter(str.isdigit, card)), "card")[-4:]


def _cards_by_ending(values: Values) -> dict[str, str]:
    """Last four digits to the first card, in the order of text, that ends so."""
    cards: dict[str, str] = {}
    if "card" not in values.classes:
        return cards
    for folded, class_name, _ in values.in_order():
        if class_name == "card":
            ending = "".join(filter(str.isdigit, folded))[-4:]
            cards[ending] = min(folded, cards.get(ending, folded))
    return cards
