"""Finds known sensitive values inside texts: all in one pass, at word boundaries where a value is like a word."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from enum import IntEnum

import ahocorasick

MIXED_ANYWHERE = 8
"""A value with letters and digits of at least this length is found inside other text as well, not only between words.
"""


class Boundary(IntEnum):
    """What may not stand beside a match."""

    NONE = 0
    DIGIT = 1
    ALNUM = 2


_NUMBER = re.compile(r"-?\d+(?:\.\d+)?|[\d\-]*\d")


def is_plain_number(text: str) -> bool:
    """True for a decimal, and for digits with nothing but dashes between them."""
    return _NUMBER.fullmatch(text) is not None


def lowered(text: str) -> str:
    """Lower case with every character in its place, whatever its length in lower case would be."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(char.lower() if len(char.lower()) == 1 else char for char in text)


def boundary_of(needle: str) -> Boundary:
    """Numbers stand apart from digits, words from letters and digits; a long mixture is found anywhere."""
    bare = [char for char in needle if char.isalnum()]
    if bare and all(char.isdigit() for char in bare):
        return Boundary.DIGIT
    if len(needle) >= MIXED_ANYWHERE and any(not char.isalpha() and char not in " -'." for char in needle):
        return Boundary.NONE
    return Boundary.ALNUM


def is_bounded(text: str, start: int, end: int, boundary: Boundary) -> bool:
    """True if the match at start to end (exclusive) has what its boundary asks on both sides."""
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    if boundary is Boundary.DIGIT:
        return not (before.isdigit() or after.isdigit())
    if boundary is Boundary.ALNUM:
        return not (before.isalnum() or after.isalnum())
    return True


Spans = Callable[[str, tuple[int, int] | None], list[tuple[int, int]]]
"""Start and end of every value that stands in a lower-case text with what its boundary asks on both sides; without
those that cover a given span.
"""


class Finder:
    """Finds values in texts, whatever says where they stand."""

    def __init__(self, spans: Spans) -> None:
        self._spans = spans

    @staticmethod
    def of(needles: Iterable[str]) -> Finder:
        """A finder of lower-case values that fit into memory, with an automaton over them."""
        return Finder(_automaton_spans(needles))

    def find(self, text: str) -> list[tuple[int, int]]:
        """Start and end of the matches, leftmost first, of overlapping ones the leftmost and then the longest."""
        return _without_overlaps(self._spans(lowered(text), None))

    def standing_in(self, text: str) -> set[str]:
        """Every value that stands in the text, overlapping or not."""
        low = lowered(text)
        return {low[start:end] for start, end in self._spans(low, None)}

    def find_inside(self, text: str) -> list[tuple[int, int]]:
        """The same as `find` without a match of the whole text, white space at its ends aside."""
        first, last = len(text) - len(text.lstrip()), len(text.rstrip())
        return _without_overlaps(self._spans(lowered(text), (first, last)))


def covers(span: tuple[int, int], other: tuple[int, int] | None) -> bool:
    """True if all of another span lies in this one."""
    return other is not None and span[0] <= other[0] and other[1] <= span[1]


def _automaton_spans(needles: Iterable[str]) -> Spans:
    automaton = ahocorasick.Automaton()
    for needle in needles:
        automaton.add_word(needle, (len(needle), boundary_of(needle)))
    if len(automaton) == 0:
        return lambda low, but: []
    automaton.make_automaton()

    def spans(low: str, but: tuple[int, int] | None) -> list[tuple[int, int]]:
        found = [
            (end + 1 - length, end + 1)
            for end, (length, boundary) in automaton.iter(low)
            if is_bounded(low, end + 1 - length, end + 1, boundary)
        ]
        return [span for span in found if not covers(span, but)]

    return spans


def _without_overlaps(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    if len(spans) < 2:
        return spans
    kept: list[tuple[int, int]] = []
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept
