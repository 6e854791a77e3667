"""What of a long value is searched for: a part that tells it apart.

Prompts, terms and signatures begin and end alike in many values, and a run may publish what enough people share. Found
alone, such a commonplace says of no value that it stands there. So the end of a long value is searched for unless it is
the end of several others too; then its beginning, or its middle.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator

import numpy as np

from smartsandbox.anonymize.leaks.needles import LONGEST, folded
from smartsandbox.anonymize.substitute import Boundary, boundary_of

COMMON = 5
"""As many values that share a part make it a commonplace."""
_CUT_BEFORE, _CUT_BEHIND = re.compile(r"\A[^\W_]*[\W_]+"), re.compile(r"[\W_]+[^\W_]*\Z")


class Parts(Iterable[str]):
    """Of each value what is searched for: all of it if it is no longer than LONGEST characters, else a part of no more
    that is no commonplace; nothing of a value that has none.

    `values` are read once more each time. Raises nothing.
    """

    def __init__(self, values: Iterable[str]) -> None:
        self._values = values
        marks = tuple(array("q") for _ in _cuts(""))
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
        parts = zip(_cuts(value), self._common, strict=True)
        return next((part for part, common in parts if part and hash(folded(part)) not in common), None)


def _cuts(value: str) -> tuple[str, str, str]:
    """The end, the beginning and the middle of a long value."""
    last = max(0, len(value) - LONGEST)
    return (
        _between(value, last, len(value)),
        _between(value, 0, LONGEST),
        _between(value, last // 2, last // 2 + LONGEST),
    )


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
