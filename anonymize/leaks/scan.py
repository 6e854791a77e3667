"""One scan: texts are fed in, gathered into buffers, decoded and looked up; candidates are judged against the values.

Memory holds the filter, one buffer and a bounded number of candidates, however many values and bytes there are. The
values are read twice or more: once for the filter, and whenever candidates are judged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from smartsandbox.anonymize.leaks.coded import Seen, as_base64, as_hex
from smartsandbox.anonymize.leaks.escaped import ESCAPES, Escape, unescaped
from smartsandbox.anonymize.leaks.fingerprints import Fingerprints
from smartsandbox.anonymize.leaks.needles import folded, tail_of
from smartsandbox.anonymize.leaks.view import View, joined
from smartsandbox.anonymize.substitute import boundary_of, is_bounded, lowered

BLOCK = 1 << 20
"""Bytes that are decoded and looked up at once."""
DEPTH = 3
"""Encodings inside one another that are undone: base64 in JSON escapes in percent escapes."""
_MOST_CANDIDATES = 50_000
_BESIDE = 8
"""Bytes beside a value that are looked at too: at least one character."""
_C1_CONTROLS = bytes(range(0x80, 0xA0))
_NO_C1 = bytes.maketrans(_C1_CONTROLS, bytes(len(_C1_CONTROLS)))


@dataclass(frozen=True, slots=True)
class _Candidate:
    """`before` is what stands in front of the end, long enough for any value and a character more; in lower case."""

    owner: int
    before: str = field(repr=False)
    after: str = field(repr=False)


@dataclass(slots=True)
class Scan:
    """Feed it texts and close it. Places are whatever the caller wants to be told."""

    needles: Iterable[tuple[str, ...]] = field(repr=False)
    """Of each value, the parts that stand in a text if it does."""
    fingerprints: Fingerprints
    hits: Counter[Hashable] = field(default_factory=Counter)
    """Texts that hold a value, by place; complete when the scan is closed."""
    _waiting: list[tuple[Hashable, bytes]] = field(default_factory=list, repr=False)
    _size: int = 0
    _suspects: list[Hashable] = field(default_factory=list)
    """The places of the texts that have a candidate."""
    _candidates: dict[bytes, set[_Candidate]] = field(default_factory=dict, repr=False)
    _held: int = 0

    def feed(self, place: Hashable, text: bytes) -> None:
        """Search one text. Memory grows with its length: cut what is longer than a few blocks."""
        self._waiting.append((place, text))
        self._size += len(text)
        if self._size >= BLOCK:
            self._look()

    def close(self) -> Counter[Hashable]:
        """Judge what is left; the hits."""
        self._look()
        self._judge()
        return self.hits

    def _look(self) -> None:
        waiting, self._waiting, self._size = self._waiting, [], 0
        if not waiting or not self.fingerprints.count:
            return
        readings = [(owner, reading) for owner, (_, text) in enumerate(waiting) for reading in _readings(text)]
        found = dict.fromkeys(_descend(self.fingerprints, joined(readings)))
        owners = {owner: len(self._suspects) + at for at, owner in enumerate({owner: 0 for owner, *_ in found})}
        self._suspects += [waiting[owner][0] for owner in owners]
        for owner, tail, before, after in found:
            self._candidates.setdefault(tail, set()).add(_Candidate(owners[owner], before, after))
        self._held += len(found)
        if self._held >= _MOST_CANDIDATES:
            self._judge()

    def _judge(self) -> None:
        """Count the suspects that hold one of the values, and forget all of them."""
        if self._held:
            found = {owner for parts in self.needles for owner in self._holders(parts)}
            self.hits.update(self._suspects[owner] for owner in found)
        self._suspects, self._candidates, self._held = [], {}, 0

    def _holders(self, parts: Sequence[str]) -> set[int]:
        """The suspects that hold all parts of a value."""
        found = self._holding(parts[0])
        for part in parts[1:]:
            if not found:
                break
            found &= self._holding(part)
        return found

    def _holding(self, part: str) -> set[int]:
        candidates = self._candidates.get(tail_of(part), ())
        return {candidate.owner for candidate in candidates if _is_match(candidate, part)}


def _readings(data: bytes) -> tuple[bytes, ...]:
    """The bytes as UTF-8; where they are not, as Latin-1 too."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return data, data.translate(_NO_C1).decode("latin-1").encode()
    return (data,)


Found = tuple[int, bytes, str, str]
"""Owner, tail, what stands before the tail's end, and the character behind it."""


@dataclass(frozen=True, slots=True)
class _Step:
    """A view, and which codes to undo in it next."""

    view: View
    escapes: Sequence[Escape] = ESCAPES
    holds_codes: bool = True


def _descend(fingerprints: Fingerprints, text: View) -> Iterator[Found]:
    """Look up a buffer and what it says when it is decoded, level by level, so that nothing is met too deep first."""
    base64_seen, hex_seen = Seen(), Seen()
    level = [_Step(text)]
    for depth in range(DEPTH + 1):
        for step in level:
            yield from _look_up(fingerprints, step.view.lowered())
        if depth < DEPTH:
            steps = (inner for step in level for inner in _inside(step, fingerprints.longest, base64_seen, hex_seen))
            level = [inner for inner in steps if inner.view.data]


def _inside(step: _Step, longest: int, base64_seen: Seen, hex_seen: Seen) -> Iterator[_Step]:
    if step.holds_codes:
        yield _Step(as_base64(step.view, base64_seen))
        yield _Step(as_hex(step.view, hex_seen))
    for plain, escape, left in unescaped(step.view, step.escapes, longest + _BESIDE):
        yield _Step(plain, left, escape.holds_codes)


def _look_up(fingerprints: Fingerprints, low: View) -> Iterator[Found]:
    ends = fingerprints.ends_in(low.data)
    owners = low.owners_at(np.array([end - 1 for end, _ in ends], np.int64)).tolist()
    for (end, length), owner in zip(ends, owners, strict=True):
        before = low.data[max(0, end - fingerprints.longest - _BESIDE) : end].decode("utf-8", "ignore")
        yield owner, low.data[end - length : end], before, low.data[end : end + 8].decode("utf-8", "ignore")[:1]


def _is_match(candidate: _Candidate, needle: str) -> bool:
    end = folded(needle)
    if not candidate.before.endswith(end):
        return False
    before = candidate.before[: -len(end)][-1:]
    text = before + end + candidate.after
    return is_bounded(text, len(before), len(before) + len(end), boundary_of(lowered(needle)))
