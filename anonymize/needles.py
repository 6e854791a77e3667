"""What is searched for in texts: the values of a run that are no common words and not too short, looked up in place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from smartsandbox.anonymize.memo import Memo
from smartsandbox.anonymize.retime import is_time
from smartsandbox.anonymize.substitute import (
    Boundary,
    Finder,
    boundary_of,
    covers,
    is_bounded,
    is_plain_number,
    lowered,
)
from smartsandbox.anonymize.surrogates.hosts import is_public_host
from smartsandbox.anonymize.vocabulary import Vocabulary

if TYPE_CHECKING:
    from smartsandbox.anonymize.values import Values

_SHORTEST = {"first_name": 3, "last_name": 3, "city": 4, "text": 6, "company": 5, "address": 6}
_PLAIN_DIGITS, _DECIMAL_DIGITS = 5, 9
_OPAQUE = 12
IDENTIFYING = frozenset(("email", "phone", "card", "iban", "national_id", "uuid"))


def is_opaque(folded: str) -> bool:
    """True for a long mixture of letters and digits, such as a customer's id, which is no word by any chance."""
    digits = sum(map(str.isdigit, folded))
    return len(folded) >= _OPAQUE and digits >= 2 and any(map(str.isalpha, folded)) and " " not in folded


def is_needle(folded: str, spelled: str, class_name: str, vocabulary: Vocabulary) -> bool:
    """Whether a value of a class is told apart from the words around it. Trivial values are taken out before."""
    if is_public_host(folded) or not any(map(str.isalnum, folded)):
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


def published_needles(finder: Finder, classes: Mapping[str, str], vocabulary: Vocabulary) -> frozenset[str]:
    """The needles that the policy itself publishes, as a word of a field name or of a path: not searched for.

    What identifies a person by its form alone is never among them: if a policy holds such a value, the checks fail.
    """
    standing = {needle for name in vocabulary.published for needle in finder.standing_in(name)}
    return frozenset(one for one in standing if classes[one] not in IDENTIFYING and not is_opaque(one))


class Needles(Mapping[str, str]):
    """Folded value to class, shorter values first. It is made when all values have been noted."""

    def __init__(self, values: Values, vocabulary: Vocabulary) -> None:
        self._values, self._vocabulary = values, vocabulary
        self._judged: Memo[str, tuple[str, Boundary] | None] = Memo()
        self._candidates: dict[str, list[tuple[int, int]]] = {}
        """By texts that will be searched."""
        self._published: frozenset[str] = frozenset()
        self.finder = Finder(self._spans)
        self._published = published_needles(self.finder, self, vocabulary)
        self._judged.clear()

    def release(self) -> None:
        """Keep no answers at hand."""
        self._judged.clear()
        self._candidates = {}

    def foresee(self, texts: Iterable[str]) -> None:
        """Look through texts that will be searched soon, all at once."""
        lows = list(map(lowered, texts))
        self._candidates = dict(zip(lows, self._values.spots.of_each(lows), strict=True))

    def free(self, texts: Iterable[str]) -> set[str]:
        """Of some texts those that surely hold no value, unless they are one."""
        wholes = {text: lowered(text) for text in texts}
        found = self._values.spots.of_each(list(wholes.values()))
        return {
            text
            for (text, low), spans in zip(wholes.items(), found, strict=True)
            if not spans or spans == [(0, len(low))]
        }

    def _judge(self, folded: str) -> tuple[str, Boundary] | None:
        if folded in self._judged:
            return self._judged[folded]
        return self._judged.keep(folded, self._look_up(folded))

    def _look_up(self, folded: str) -> tuple[str, Boundary] | None:
        class_name = self._values.class_of(folded)
        spelled = None if class_name is None else self._values.spelling_of(folded)
        if class_name is None or spelled is None or not self.holds(folded, class_name, spelled):
            return None
        return class_name, boundary_of(folded)

    def holds(self, folded: str, class_name: str, spelled: str) -> bool:
        """Whether a value is among these, given what is known of it."""
        return folded not in self._published and is_needle(folded, spelled, class_name, self._vocabulary)

    def _spans(self, low: str, but: tuple[int, int] | None) -> list[tuple[int, int]]:
        found = self._candidates.get(low)
        if found is None:
            found = self._values.spots.candidates(low)
        return [span for span in found if not covers(span, but) and self._stands(low, *span)]

    def _stands(self, low: str, start: int, end: int) -> bool:
        judged = self._judge(low[start:end])
        return judged is not None and is_bounded(low, start, end, judged[1])

    def __getitem__(self, folded: str) -> str:
        judged = self._judge(folded)
        if judged is None:
            raise KeyError(folded)
        return judged[0]

    def __contains__(self, folded: object) -> bool:
        return isinstance(folded, str) and self._judge(folded) is not None

    def __iter__(self) -> Iterator[str]:
        return (value for value, name, spelled in self._values.in_order() if self.holds(value, name, spelled))

    def __len__(self) -> int:
        return sum(1 for _ in self)
