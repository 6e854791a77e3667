"""What is searched for of a long value: parts without a gap, all of which stand in a text if the value does.

Prompts, terms and signatures are alike in many values, and a run may publish what enough people share or what consists
of public words. A part that is such a commonplace says of no value that it stands there.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator

import numpy as np

from smartsandbox.anonymize.leaks.needles import LONGEST, folded, is_searchable
from smartsandbox.anonymize.substitute import Boundary, boundary_of
from smartsandbox.anonymize.vocabulary import Vocabulary

COMMON = 5
"""As many values that share a part make it a commonplace."""
_CUT_BEFORE, _CUT_BEHIND = re.compile(r"\A[^\W_]*[\W_]+"), re.compile(r"[\W_]+[^\W_]*\Z")


class Parts(Iterable[tuple[str, ...]]):
    """Of each value that is long enough to be searched for, what must stand in a text if the value does: the value
    itself if it is no longer than LONGEST characters, else its parts of no more, those that tell it apart first. A
    value of commonplaces only is left out. `values` are read anew each time.
    """

    def __init__(self, values: Iterable[str], vocabulary: Vocabulary) -> None:
        self._values, self._vocabulary = values, vocabulary
        marks = array("q")
        for value in values:
            if len(value) > LONGEST:
                marks.extend({hash(folded(part)) for part in _cuts(value)})
        found, counts = np.unique(np.frombuffer(marks, np.int64), return_counts=True)
        self._common = frozenset(found[counts >= COMMON].tolist())

    def __iter__(self) -> Iterator[tuple[str, ...]]:
        for value in filter(is_searchable, self._values):
            parts = (value,) if len(value) <= LONGEST else self._of_long(value)
            if parts:
                yield parts

    def _of_long(self, value: str) -> tuple[str, ...]:
        parts = [part for part in _cuts(value) if is_searchable(part)]
        common = {part for part in parts if hash(folded(part)) in self._common or self._vocabulary.is_public(part)}
        return () if len(common) == len(set(parts)) else tuple(sorted(parts, key=common.__contains__))


def _cuts(value: str) -> Iterator[str]:
    """A long value in as few parts as there can be, the first at its beginning and the last at its end."""
    count, last = -(-len(value) // LONGEST), len(value) - LONGEST
    starts = (at * last // (count - 1) for at in range(count))
    return (_between(value, start, start + LONGEST) for start in starts)


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
