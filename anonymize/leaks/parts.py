"""What of a long value is searched for: a part that tells it apart.

Prompts, terms and signatures begin and end alike in many values, and a run may publish what enough people share or
what consists of public words. Found alone, such a commonplace says of no value that it stands there. So the end of a
long value is searched for unless it is one; then its beginning, its middle, or what is in between.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator

import numpy as np

from smartsandbox.anonymize.leaks.needles import LONGEST, folded
from smartsandbox.anonymize.substitute import Boundary, boundary_of
from smartsandbox.anonymize.vocabulary import Vocabulary

COMMON = 5
"""As many values that share a part make it a commonplace."""
_PLACES = (1.0, 0.0, 0.5, 0.25, 0.75, 0.125, 0.375, 0.625, 0.875)
"""Of the parts of a value, from its beginning (0) to its end (1), in the order in which they are tried."""
_CUT_BEFORE, _CUT_BEHIND = re.compile(r"\A[^\W_]*[\W_]+"), re.compile(r"[\W_]+[^\W_]*\Z")


class Parts(Iterable[str]):
    """Of each value what is searched for: all of it if it is no longer than LONGEST characters, else a part of no more
    that is no commonplace; nothing of a value that has none. `values` are read anew each time.
    """

    def __init__(self, values: Iterable[str], vocabulary: Vocabulary) -> None:
        self._values, self._vocabulary = values, vocabulary
        marks = tuple(array("q") for _ in _PLACES)
        for value in values:
            if len(value) > LONGEST:
                for found, part in zip(marks, _cuts(value), strict=True):
                    found.append(hash(folded(part)))
        self._common = tuple(map(_frequent, marks))

    def __iter__(self) -> Iterator[str]:
        for value in self._values:
            part = value if len(value) <= LONGEST else self._telling(value)
            if part is not None:
                yield part

    def _telling(self, value: str) -> str | None:
        for part, common in zip(_cuts(value), self._common, strict=True):
            if hash(folded(part)) not in common and not self._vocabulary.is_public(part):
                return part
        return None


def _cuts(value: str) -> Iterator[str]:
    """The parts of a long value."""
    last = len(value) - LONGEST
    return (_between(value, int(place * last), int(place * last) + LONGEST) for place in _PLACES)


def _between(value: str, start: int, end: int) -> str:
    """The part without a word that is cut in two, where it is looked for between words only."""
    part = value[start:end]
    if boundary_of(part) is Boundary.NONE:
        return part
    if start > 0 and value[start - 1].isalnum():
        part = _CUT_BEFORE.sub("", part)
    if end < len(value) and value[end].isalnum():
        part = _CUT_BEHIND.sub("", part)
    return part


def _frequent(marks: array[int]) -> frozenset[int]:
    found, counts = np.unique(np.frombuffer(marks, np.int64), return_counts=True)
    return frozenset(found[counts >= COMMON].tolist())
